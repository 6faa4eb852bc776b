"""What is told and asks nothing, and what may stand beside a call to make."""

from __future__ import annotations

import pytest
from settled import ANSWER, FALLBACK, settle

from bot.engine.conversation import Context, Standing
from bot.engine.reading import Reading


@pytest.mark.parametrize("text", ["she is 7", "since march", "no fever", "mostly my knees"])
def test_a_detail_after_an_answer_is_taken_note_of(text: str) -> None:
    after = Context(topic="storage")
    more = Reading(intent="faq/storage", faq_id="storage", confidence=0.9, again=True)
    assert settle(FALLBACK, text, after).intent == "told_more"
    assert settle(more, text, after).intent == "told_more"
    assert settle(ANSWER, text, after).intent == "faq/storage"


@pytest.mark.parametrize("text", ["never had that before", "that is a lot of money", "hm odd"])
def test_a_remark_after_an_answer_does_not_bring_it_again(text: str) -> None:
    after = Context(topic="storage")
    more = Reading(intent="faq/storage", faq_id="storage", confidence=0.9, again=True)
    assert settle(more, text, after).intent == "told_more"
    assert settle(more, f"{text}?", after).intent == "faq/storage"


def test_what_a_detail_only_sounds_like_is_no_answer() -> None:
    likely = Reading(intent="faq/storage", faq_id="storage", confidence=0.7)
    assert settle(likely, "for 3 weeks now", Context(topic="eye_problems")).intent == "told_more"
    assert settle(likely, "for 3 weeks now").intent == "faq/storage"


@pytest.mark.parametrize("text", ["took my first one this morning", "she is 7", "had it tuesday"])
def test_what_is_told_before_anything_is_asked_is_taken_note_of(text: str) -> None:
    assert settle(FALLBACK, text).intent == "told_first"
    outside = Reading(intent="out_of_scope", confidence=0.9)
    assert settle(outside, text).intent == "out_of_scope"


@pytest.mark.parametrize("text", ["and covid", "or at night", "any pills", "with food"])
def test_what_takes_up_a_question_is_no_remark(text: str) -> None:
    more = Reading(intent="faq/storage", faq_id="storage", confidence=0.9, again=True)
    assert settle(more, text, Context(topic="storage")).intent == "faq/storage"


@pytest.mark.parametrize("text", ["eyes almost shut", "cold turkey", "and hot", "breathing ok"])
def test_a_remark_after_a_call_to_make_is_taken_note_of(text: str) -> None:
    after = Context(standing=Standing("same_day"))
    likely = Reading(intent="faq/storage", faq_id="storage", confidence=0.7)
    assert settle(FALLBACK, text, after).intent == "told_more"
    assert settle(likely, text, after).intent == "told_more"
    assert settle(ANSWER, text, after).intent == "faq/storage"


def test_a_remark_is_not_answered_beside_a_call_to_make_today() -> None:
    likely = Reading(intent="faq/storage", faq_id="storage", confidence=0.7)
    remark = settle(likely, "swollen and hot", level="same_day")
    asked = settle(likely, "is it swollen and hot", level="same_day")
    assert (remark.intent, remark.faq_id) == ("escalate_same_day", None)
    assert (asked.intent, asked.faq_id) == ("escalate_same_day", "storage")


def test_how_to_go_on_with_the_doses_is_not_said_beside_a_call_to_make() -> None:
    doses = Reading(
        intent="faq/missed_dose", faq_id="missed_dose", also=("storage",), confidence=0.95
    )
    now = settle(doses, "what about my next dose", level="same_day")
    assert (now.intent, now.faq_id, now.also) == ("escalate_same_day", "storage", ())
    later = settle(doses, "what about my next dose", Context(standing=Standing("same_day")))
    assert (later.intent, later.faq_id) == ("after_escalation", None)
    assert settle(doses, "what about my next dose").faq_id == "missed_dose"


def test_what_should_be_told_within_days_is_no_mere_detail() -> None:
    more = Reading(intent="faq/storage", faq_id="storage", confidence=0.9, again=True)
    reading = settle(more, "my knees hurt", Context(topic="storage"), level="routine")
    assert (reading.intent, reading.level) == ("faq/storage", "routine")


@pytest.mark.parametrize("text", ["is she too young", "she is 7?", "zyrtec", "in " + "so " * 10])
def test_what_asks_or_is_long_is_no_detail(text: str) -> None:
    assert settle(FALLBACK, text, Context(topic="storage")).intent == "nlu_fallback"
