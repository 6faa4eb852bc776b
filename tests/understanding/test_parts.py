from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import parts


def test_each_question_mark_ends_a_part() -> None:
    assert parts.split("is it safe? does it hurt?") == ["is it safe", "does it hurt"]


def test_and_before_a_new_question_begins_a_part() -> None:
    assert parts.split("can i drink on it and does it make your hair fall out") == [
        "can i drink on it",
        "does it make your hair fall out",
    ]


def test_and_between_two_things_begins_no_part() -> None:
    assert parts.split("can i use creams and lotions") == ["can i use creams and lotions"]


def test_numbers_of_a_list_begin_parts() -> None:
    assert parts.split("1) can i drink 2) can i fly") == ["can i drink", "can i fly"]


def test_a_colon_before_a_question_begins_a_part() -> None:
    assert parts.split("my son hates needles: does numbing cream help") == [
        "my son hates needles",
        "does numbing cream help",
    ]


def test_the_sign_for_and_begins_a_part_before_a_question() -> None:
    assert len(parts.split("is it common & what can i do")) == 2


def test_n_stands_for_and() -> None:
    assert len(parts.split("which one is better n how do i inject it")) == 2


def test_what_tells_more_of_somebody_begins_no_part() -> None:
    assert len(parts.split("my mother, who is 84, has been offered it")) == 1


def test_a_dose_with_a_point_stays_whole() -> None:
    assert parts.split("is 1.14 ml the right amount") == ["is 1.14 ml the right amount"]


def test_and_before_if_or_whether_begins_a_part() -> None:
    assert parts.split("tell me how to store it and if i can fly with it") == [
        "tell me how to store it",
        "if i can fly with it",
    ]


def test_a_line_break_ends_a_part() -> None:
    assert len(parts.split("what causes eczema\nis it catching")) == 2


@pytest.mark.parametrize(
    "hello", ["Hi there", "good morning, team", "sorry to bother you", "thanks"]
)
def test_a_pleasantry_is_no_part(hello: str) -> None:
    assert parts.split(f"{hello}. is it safe?") == ["is it safe"]


def test_there_are_never_more_than_eight_parts() -> None:
    assert len(parts.split("why? " * 100)) == parts.MOST_PARTS


@pytest.mark.parametrize(
    "text",
    [
        "how long does it take",
        "so can i drink",
        "tell me the price",
        "it lay on the counter all night can i use it",
    ],
)
def test_a_question_asks(text: str) -> None:
    assert parts.asks(text)


@pytest.mark.parametrize("text", ["my skin is bad", "thanks a lot"])
def test_a_statement_does_not_ask(text: str) -> None:
    assert not parts.asks(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "does it cause hair loss and weight gain",
            ("does it cause hair loss", "does it cause weight gain"),
        ),
        ("is it safe for kids or babies?", ("is it safe for kids", "is it safe for babies")),
        ("can i drink beer & wine", ("can i drink beer", "can i drink wine")),
        (
            "does it cause hair loss, weight gain, or red eyes?",
            ("does it cause hair loss", "does it cause weight gain", "does it cause red eyes"),
        ),
        ("is it ok for kids and my old dad", ("is it ok for kids", "is it ok for my old dad")),
        (
            "is it fine for my baby, my wife and my dad",
            ("is it fine for my baby", "is it fine for my wife", "is it fine for my dad"),
        ),
    ],
)
def test_things_asked_of_the_same_give_a_reading_each(text: str, readings: tuple[str, ...]) -> None:
    assert parts.coordinated(text) == readings


@pytest.mark.parametrize(
    "text",
    [
        "is it safe",
        "dupixent and alcohol",
        "pneumonia vaccine and dupixent",
        "can i stop it and i want my cream back",
        "can i stop it and my dose is due",
        "will it help, because nothing else i tried has, and soon",
        "and",
        "this or " * 20,
    ],
)
def test_what_is_not_two_questions_gives_none(text: str) -> None:
    assert parts.coordinated(text) == ()


def test_a_question_is_read_together_with_the_statement_before_it() -> None:
    pieces = ["my eyes are red", "what can i do", "does it cost a lot"]
    assert parts.with_context(pieces) == [
        "my eyes are red",
        "my eyes are red what can i do",
        "does it cost a lot",
    ]


@given(st.text(max_size=200))
def test_any_text_splits_into_parts_that_say_something(text: str) -> None:
    assert all(part.strip() for part in parts.split(text))
    parts.coordinated(text)
    assert len(parts.with_context(parts.split(text))) == len(parts.split(text))


@pytest.mark.parametrize(
    "text", ["she is 7", "hes 3", "since march", "and no fever", "10 days", "I'm 82", "both eyes"]
)
def test_a_detail_tells(text: str) -> None:
    assert parts.tells(text)


@pytest.mark.parametrize(
    "text", ["she is 7?", "can she", "zyrtec", "is it ok", "noon", "", "i don't get it"]
)
def test_what_asks_or_names_a_thing_tells_nothing(text: str) -> None:
    assert not parts.tells(text)
