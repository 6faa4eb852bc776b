"""Which of the understood answers may be shown at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import resources
from bot.engine.reading import first_reading
from bot.knowledge import AnswerStore, OtherMedicines
from bot.understanding import Understood


def test_an_answer_that_is_not_published_is_not_given(tmp_path: Path) -> None:
    empty = AnswerStore(tmp_path)
    understood = Understood(
        intent="faq/storage",
        faq_id="storage",
        confidence=0.9,
        suggested=("travel",),
        alternatives=(("storage", 0.9),),
    )
    reading = first_reading(understood, empty, OtherMedicines(), "where do i keep it")
    assert reading.intent == "nlu_fallback"
    assert reading.faq_id is None
    assert reading.suggested == ()
    assert reading.alternatives == ()


OTHERS = OtherMedicines(
    ours=("dupixent",), answers=("other_medicines",), names=(("ozempic", "ibuprofen"),)
)


@pytest.fixture(scope="module")
def published() -> AnswerStore:
    return resources.answers()


def about(faq_id: str, *also: str) -> Understood:
    return Understood(
        intent=f"faq/{faq_id}",
        faq_id=faq_id,
        also=also,
        confidence=0.9,
        alternatives=((faq_id, 0.9), ("travel", 0.05)),
    )


def test_a_question_about_another_medicine_gets_no_answer_about_dupixent(
    published: AnswerStore,
) -> None:
    text = "my Ozempic pen was left in the car"
    reading = first_reading(about("left_out_of_fridge"), published, OTHERS, text)
    assert reading.intent == "out_of_scope"
    assert reading.faq_id is None
    assert reading.suggested == ()


@pytest.mark.parametrize("intent", ["nlu_fallback", "told_first"])
def test_what_is_told_of_another_medicine_is_offered_nothing_about_dupixent(
    published: AnswerStore, intent: str
) -> None:
    understood = Understood(
        intent=intent,
        alternatives=(("missed_dose", 0.2), ("other_medicines", 0.1)),
        suggested=("missed_dose", "other_medicines"),
    )
    reading = first_reading(understood, published, OTHERS, "i forgot my ozempic injection")
    assert (reading.intent, reading.suggested) == ("out_of_scope", ("other_medicines",))


@pytest.mark.parametrize(
    ("faq_id", "text"),
    [
        ("other_medicines", "can i take ibuprofen"),
        ("storage", "do i store dupixent like ozempic"),
        ("storage", "how do i store it"),
    ],
)
def test_other_questions_are_answered(published: AnswerStore, faq_id: str, text: str) -> None:
    assert first_reading(about(faq_id), published, OTHERS, text).faq_id == faq_id


def test_several_questions_are_answered_although_one_names_another_medicine(
    published: AnswerStore,
) -> None:
    text = "can i take ibuprofen and how do i store it"
    reading = first_reading(about("other_medicines", "storage"), published, OTHERS, text)
    assert (reading.faq_id, *reading.also) == ("other_medicines", "storage")
