"""A red flag that is told over several messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine import resources
from bot.engine.conversation import Context, Said
from bot.engine.reading import Reading, final_reading
from bot.safety import Level, Screening

ANSWER = Reading(intent="faq/storage", faq_id="storage", confidence=0.9)
FALLBACK = Reading(intent="nlu_fallback")


class Pieces:
    """Hears something only in several messages together."""

    def __init__(self, level: Level) -> None:
        self._level = level

    def read(self, text: str) -> Screening:
        return Screening()

    def read_together(
        self, messages: Sequence[str], latest: Screening, rules_only: bool = False
    ) -> Screening:
        told = ". ".join(messages)
        return Screening(level=self._level if "oozing. it is hot" in told else "none")


def in_pieces(
    text: str,
    reading: Reading = FALLBACK,
    level: Level = "emergency",
    earlier: Level = "none",
    screen: Pieces | None = None,
    **context: object,
) -> Reading:
    """How `text` is read after "her skin is oozing"."""
    return final_reading(
        text,
        reading,
        screen or Pieces(level),  # type: ignore[arg-type]
        resources.guided_check(),
        resources.replies(),
        Context(said=(Said("her skin is oozing", earlier),), **context),  # type: ignore[arg-type]
    )


def test_a_sign_told_in_pieces_is_put_together() -> None:
    assert in_pieces("it is hot").intent == "escalate_emergency"
    assert in_pieces("it is hot", level="same_day").intent == "escalate_same_day"
    assert in_pieces("it is hot", earlier="same_day").intent == "escalate_emergency"


def test_what_was_escalated_already_is_not_put_together_again() -> None:
    assert in_pieces("it is hot", earlier="emergency").intent == "told_first"
    assert in_pieces("it is hot", level="same_day", earlier="same_day").intent == "told_first"


def test_pieces_are_not_put_together_for_advice_within_days() -> None:
    assert in_pieces("it is hot", level="routine").intent == "told_first"


def test_a_clear_question_is_no_piece() -> None:
    assert in_pieces("it is hot here, how do i store it", ANSWER).intent == "faq/storage"


def test_a_long_message_is_no_piece() -> None:
    assert in_pieces("it is hot " + "and we had a very nice day " * 2).intent == "nlu_fallback"


def test_a_sign_told_in_replies_to_the_check_breaks_in() -> None:
    assert in_pieces("it is hot", asking="where").intent == "escalate_emergency"


def test_what_a_reply_to_the_check_only_sounds_like_does_not_hide_what_rules_hear() -> None:
    class Guesses(Pieces):
        def read(self, text: str) -> Screening:
            return Screening(level="emergency", guessed=True)

    def reply(screen: Pieces) -> Reading:
        return final_reading(
            "dizzy",
            FALLBACK,
            screen,  # type: ignore[arg-type]
            resources.guided_check(),
            resources.replies(),
            Context(said=(Said("her skin is oozing. it is hot", "none"),), asking="warnings"),
        )

    assert reply(Guesses("emergency")).intent == "escalate_emergency"
    assert reply(Guesses("none")).intent == "answer_check"


def test_a_guess_over_several_replies_to_the_check_does_not() -> None:
    class Guesses(Pieces):
        def read_together(
            self, messages: Sequence[str], latest: Screening, rules_only: bool = False
        ) -> Screening:
            return Screening() if rules_only else super().read_together(messages, latest)

    reading = in_pieces("it is green", screen=Guesses("emergency"), asking="where")
    assert reading.intent == "unclear_check_answer"


def test_a_doubt_about_calm_pieces_asks_nothing() -> None:
    class Doubts(Pieces):
        def read_together(
            self, messages: Sequence[str], latest: Screening, rules_only: bool = False
        ) -> Screening:
            return Screening(level="emergency", unsure=True)

    reading = in_pieces("it is hot", screen=Doubts("emergency"))
    assert reading.intent == "told_first"


def test_what_is_clear_only_together_needs_no_question() -> None:
    class Doubts(Pieces):
        def read(self, text: str) -> Screening:
            return Screening(level="emergency", guessed=True, unsure=True)

    reading = in_pieces("it is hot", screen=Doubts("emergency"))
    assert reading.intent == "escalate_emergency"


def test_more_of_what_was_asked_about_is_a_yes() -> None:
    reading = in_pieces("it is hot, 39 degrees", earlier="emergency", confirming=True)
    assert reading.intent == "escalate_emergency"


def test_a_no_stays_a_no_whatever_was_said_before() -> None:
    class Alarmed:
        def read(self, text: str) -> Screening:
            return Screening(level="emergency" if "oozing" in text else "none")

    reading = final_reading(
        "no",
        Reading(intent="deny"),
        Alarmed(),  # type: ignore[arg-type]
        resources.guided_check(),
        resources.replies(),
        Context(said=(Said("her skin is oozing", "emergency"),), confirming=True),
    )
    assert reading.intent == "red_flag_denied"
