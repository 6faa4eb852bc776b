"""The screen as a whole: it fails safe, never raises, and keeps what it had found."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.safety import SafetyScreen
from bot.safety.model import LEVELS, Level, Screening
from bot.safety.similarity import Judgement

SECRET = "my secret words"


def broken(*_: object) -> None:
    raise RuntimeError(SECRET)


@pytest.fixture
def no_rules(screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch) -> SafetyScreen:
    """A screen whose rules break."""
    monkeypatch.setattr(screen, "_hear", broken)
    return screen


@pytest.fixture
def no_second(screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch) -> SafetyScreen:
    """A screen whose second detector breaks."""
    monkeypatch.setattr(screen._similarity, "judge", broken)
    return screen


@pytest.mark.parametrize("text", ["where do I inject", "my throat is closing", ""])
def test_what_breaks_is_treated_with_caution(no_rules: SafetyScreen, text: str) -> None:
    reading = no_rules.read(text)
    assert reading.failed
    assert reading.level == "same_day"
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("text", "level", "rules"),
    [
        ("my throat is closing", "emergency", ["airway_swelling"]),
        ("I want to kill myself", "emergency", ["suicidal_thoughts"]),
        ("I have hives", "same_day", ["hives"]),
        ("my knees ache", "same_day", ["mild_joint_pain"]),
        ("how do I store it", "same_day", []),
    ],
)
def test_what_the_rules_found_is_kept_when_the_second_detector_breaks(
    no_second: SafetyScreen, text: str, level: str, rules: list[str]
) -> None:
    reading = no_second.read(text)
    assert reading.failed
    assert reading.level == level
    assert [finding.rule for finding in reading.findings] == rules


def test_what_is_asked_about_is_kept_when_the_second_detector_breaks(
    no_second: SafetyScreen,
) -> None:
    assert no_second.read("can it make your throat close?").asked == "emergency"


@pytest.mark.parametrize("which", ["no_rules", "no_second"])
def test_a_failure_is_logged_loudly_without_the_patients_words(
    which: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    screen = request.getfixturevalue(which)
    with caplog.at_level(logging.DEBUG):
        screen.read(SECRET)
    (record,) = [r for r in caplog.records if r.levelno == logging.CRITICAL]
    assert "SAFETY SCREEN FAILED (RuntimeError)" in record.getMessage()
    assert "secret" not in caplog.text
    assert record.exc_info is None


def test_a_good_reading_logs_nothing_of_the_message(
    screen: SafetyScreen, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        screen.read("my secret throat is closing")
    assert "secret" not in caplog.text
    assert "throat" not in caplog.text


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
@example("")
@example(" \n\t ")
@example("???")
@example("\ud800 lone surrogate")
@example("\u200b\u202e\x00")
@example("👩‍👩‍👧 ﷽ 𝕞𝕪 𝕥𝕙𝕣𝕠𝕒𝕥")
@example("a" * 50_000)
@example("my throat " * 5_000)
@example("İßﬁ ½ ²")
@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_can_be_read(screen: SafetyScreen, text: str) -> None:
    reading = screen.read(text)
    assert not reading.failed
    assert reading.level in LEVELS
    for finding in reading.findings:
        assert text[finding.start : finding.end] == finding.span


@pytest.mark.parametrize("around", ["{}", "  {}", "👍 {}", "İ\u200b½ {}", "{} \u202e"])
def test_a_finding_says_which_words_of_the_raw_message(
    rules_alone: SafetyScreen, around: str
) -> None:
    text = around.format("My  THROAT is closing.")
    (finding,) = rules_alone.read(text).findings
    assert text[finding.start : finding.end] == finding.span == "THROAT is closing"


@pytest.mark.parametrize(
    "text",
    [
        "my throat is closing",
        "I have hives and my throat is closing",
        "hi, how do I store it, my knees ache, oh and my throat is closing",
    ],
)
def test_of_several_findings_the_highest_level_wins(screen: SafetyScreen, text: str) -> None:
    assert screen.read(text).level == "emergency"


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_a_doubt_about_so_few_words_says_nothing(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch, level: Level
) -> None:
    def judged(chance: float) -> Level:
        judgement = Judgement(level, chance if level == "emergency" else 0.0, chance)
        monkeypatch.setattr(screen._similarity, "judge", lambda *_: judgement)
        return screen.read("green umbrella").level

    assert (judged(0.4), judged(0.6)) == ("none", level)


@pytest.mark.parametrize(
    ("who", "level"),
    [
        ("I have hives", "same_day"),
        ("my baby has hives", "emergency"),
        ("I am pregnant and have hives", "emergency"),
        ("I have hives and no immune system", "emergency"),
        ("I had a transplant and my eczema is oozing", "emergency"),
        ("my 3 month old's eyes are red", "same_day"),
    ],
)
def test_babies_pregnancy_and_weak_immunity_go_one_level_up(
    rules_alone: SafetyScreen, who: str, level: str
) -> None:
    assert rules_alone.read(who).level == level


def test_what_only_the_second_detector_hears_is_at_least_same_day(screen: SafetyScreen) -> None:
    text = "wish the lights would go out on me tonight and not come on again"
    assert screen.read_by_rules(text).level == "none"
    reading = screen.read(text)
    assert reading.guessed
    assert reading.level in ("emergency", "same_day")


def test_a_question_about_a_red_flag_is_remembered_as_asked(screen: SafetyScreen) -> None:
    reading = screen.read("can it make your throat close?")
    assert (reading.level, reading.asked) == ("none", "emergency")


@pytest.mark.parametrize(
    "text",
    [
        "what is dupixent? my mom is short of breath",
        "my son is having a seizure. what is dupixent?",
        "I have been stockpiling my pills. does it hurt?",
        "how do I store the pen?\nmy friend is suicidal\ncan I drink alcohol?",
    ],
)
def test_a_calm_question_beside_it_does_not_calm_a_red_flag(
    screen: SafetyScreen, text: str
) -> None:
    assert screen.read(text).level == "emergency"


def test_without_the_second_detector_the_rules_decide_alone(
    screen: SafetyScreen, rules_alone: SafetyScreen
) -> None:
    text = "my throat is closing"
    assert rules_alone.read(text) == rules_alone.read_by_rules(text)
    assert rules_alone.read(text) == screen.read_by_rules(text)


def by_class(emergency: float, same_day: float, routine: float, none: float) -> np.ndarray:
    """The chances of the second detector's classes; an emergency is one of the body."""
    return np.array([0.0, 0.0, emergency, same_day, routine, none])


def always(*chances: float) -> Callable[..., np.ndarray]:
    """What the second detector takes every text for."""
    return lambda *_: by_class(*chances)


@pytest.mark.parametrize(
    ("chances", "level"),
    [
        ((0.2, 0.0, 0.1, 0.7), "none"),  # of least cost would be "routine", which nobody thinks
        ((0.0, 0.0, 0.6, 0.4), "routine"),
        ((0.9, 0.1, 0.0, 0.0), "emergency"),
    ],
)
def test_routine_is_no_hedge_against_an_emergency(
    screen: SafetyScreen,
    monkeypatch: pytest.MonkeyPatch,
    chances: tuple[float, ...],
    level: str,
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(*chances))
    assert screen.read("the kettle is on").level == level


@pytest.mark.parametrize(
    ("chances", "level", "unsure"),
    [
        ((0.6, 0.0, 0.0, 0.4), "emergency", False),
        ((0.45, 0.0, 0.0, 0.55), "emergency", True),
        ((0.1, 0.9, 0.0, 0.0), "same_day", False),
    ],
)
def test_an_emergency_that_is_not_the_likelier_is_asked_about(
    screen: SafetyScreen,
    monkeypatch: pytest.MonkeyPatch,
    chances: tuple[float, ...],
    level: str,
    unsure: bool,
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(*chances))
    found = screen.read("the kettle is on")
    assert (found.level, found.unsure) == (level, unsure)


def test_a_denied_word_silences_its_own_clause_alone(screen: SafetyScreen) -> None:
    text = "the redness is spreading fast and hot. no fever"
    heard = screen._hear(text)
    denied = [text[a:b]
              for a, b in heard.denied]  # fmt: skip
    assert set(denied) <= {"fever", "no fever"}


def test_both_ends_of_a_long_message_are_read(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kettle(text: str, *_: object) -> np.ndarray:
        return by_class(0, 1, 0, 0) if "kettle" in text else by_class(0, 0, 0, 1)

    monkeypatch.setattr(screen._similarity, "_chances", kettle)
    calm = "we had a lovely weekend at the lake and the children swam all day " * 12
    assert screen.read(f"the kettle is on {calm}").level == "same_day"
    assert screen.read(f"{calm} the kettle is on").level == "same_day"
    assert screen.read(calm).level == "none"


def test_a_message_that_leaves_a_doubt_is_read_sentence_by_sentence(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def doubt(text: str, *_: object) -> np.ndarray:
        read.append(text)
        urgent = text == "then the kettle sang."
        return by_class(0, 0.8, 0, 0.2) if urgent else by_class(0, 0.12, 0, 0.88)

    monkeypatch.setattr(screen._similarity, "_chances", doubt)
    assert screen.read("the day was long. then the kettle sang.").level == "same_day"
    assert read[1:] == ["the day was long.", "then the kettle sang."]
    assert screen.read("the day was long. and the night too.").level == "none"


@pytest.mark.parametrize(("today", "level"), [(0.03, "none"), (0.05, "emergency")])
def test_what_sounds_like_a_red_flag_alone_counts_as_asked_about(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch, today: float, level: str
) -> None:
    text = "my kettle's throat is closing"
    assert screen.read_by_rules(text).level == "emergency"
    monkeypatch.setattr(screen._similarity, "_chances", always(today, 0, 0, 1 - today))
    found = screen.read(text)
    assert found.level == level
    assert found.asked == ("emergency" if level == "none" else "none")


@pytest.mark.parametrize("text", ["I want to kill myself", "no puedo respirar"])
def test_some_rules_stand_always(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(0, 0, 0, 1))
    assert screen.read(text).level == "emergency"


def test_in_a_long_message_no_rule_is_doubted(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(0, 0, 0, 1))
    story = "we drove to the lake and the children swam and we ate cake and "
    assert screen.read(f"{story} my kettle's throat is closing").level == "none"
    assert screen.read(f"{story * 5} my kettle's throat is closing").level == "emergency"


def test_a_red_flag_in_one_sentence_is_not_outweighed_by_the_others(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(text: str, *_: object) -> np.ndarray:
        return (
            by_class(0.9, 0, 0, 0.1) if text == "my throat is closing up." else by_class(0, 0, 0, 1)
        )

    monkeypatch.setattr(screen._similarity, "_chances", alone)
    assert screen.read("the kettle sings. my throat is closing up.").level == "emergency"
    monkeypatch.setattr(screen._similarity, "_chances", always(0, 0, 0, 1))
    assert screen.read("the kettle sings. my throat is closing up.").level == "none"


def test_a_guess_about_something_else_is_another_finding(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rules(*chances: float) -> list[str]:
        monkeypatch.setattr(screen._similarity, "_chances", lambda *_: np.array(chances))
        return [finding.rule for finding in screen.read("the kettle is on").findings]

    assert rules(0, 0, 1, 0, 0, 0) == ["reads_like_emergency"]
    assert rules(0, 1, 0, 0, 0, 0) == ["reads_like_emergency_taken"]
    assert rules(1, 0, 0, 0, 0, 0) == ["reads_like_emergency_crisis"]


def test_no_word_of_a_patients_own_is_kept_in_memory(screen: SafetyScreen) -> None:
    screen.read("my neighbour zbigniewowa has a swollen tongue")
    assert "zbigniewowa" not in screen._context._nlp.vocab.strings


@pytest.mark.parametrize("text", ["my throat is closing", "my eye hurts so much"])
def test_beside_what_a_rule_hears_nobody_is_asked(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    assert screen.read_by_rules(text).level in ("emergency", "same_day")
    monkeypatch.setattr(screen._similarity, "_chances", always(0.4, 0.0, 0.0, 0.6))
    found = screen.read(text)
    assert (found.level, found.unsure) == ("emergency", False)


@pytest.mark.parametrize(("today", "level"), [(0.02, "none"), (0.05, "same_day")])
def test_what_is_nothing_by_itself_adds_nothing_to_the_messages_before_it(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch, today: float, level: str
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(0, 1, 0, 0))
    latest = Screening(today=today)
    assert screen.read_together(["the kettle is on", "it sings"], latest).level == level


def test_the_rules_hear_messages_together_all_the_same(screen: SafetyScreen) -> None:
    pieces = ["her eczema is oozing", "she has a fever of 39"]
    together = screen.read_together(pieces, Screening(today=0.0))
    assert together.level == "emergency"
    assert not together.guessed


def test_a_reading_says_how_likely_it_is_that_somebody_is_needed_today(
    screen: SafetyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen._similarity, "_chances", always(0.01, 0.01, 0, 0.98))
    assert screen.read("the kettle is on").today == pytest.approx(0.02)
    assert screen.read_by_rules("the kettle is on").today == 1
