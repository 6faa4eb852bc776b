"""Who has the last word: the safety screen, the guided check, the answer."""

from __future__ import annotations

import pytest
from settled import ANSWER, FALLBACK, settle

from bot.engine.conversation import Context, Standing
from bot.engine.reading import Reading
from bot.safety import Finding, Level
from bot.safety.advice import NOT_ASKED


def test_an_answer_stays_when_nothing_is_found() -> None:
    assert settle(ANSWER).intent == "faq/storage"


def test_an_emergency_takes_the_answer_away() -> None:
    reading = settle(ANSWER, level="emergency")
    assert (reading.intent, reading.faq_id) == ("escalate_emergency", None)


def test_the_same_day_keeps_the_answer_for_after_the_escalation() -> None:
    reading = settle(ANSWER, level="same_day")
    assert (reading.intent, reading.faq_id) == ("escalate_same_day", "storage")


def test_routine_contact_follows_an_answer() -> None:
    assert settle(ANSWER, level="routine").intent == "faq/storage"


def test_routine_contact_is_said_when_there_is_no_answer() -> None:
    assert settle(FALLBACK, level="routine").intent == "escalate_routine"


def test_an_unsure_emergency_is_asked_about_and_keeps_its_level() -> None:
    reading = settle(ANSWER, level="emergency", guessed=True, unsure=True)
    assert (reading.intent, reading.level) == ("confirm_red_flag", "emergency")


def test_a_no_that_itself_reads_like_an_emergency_ends_the_question() -> None:
    found = {"level": "emergency", "guessed": True, "unsure": True}
    reading = settle(Reading(intent="deny"), "no i'm not", Context(confirming=True), **found)
    assert (reading.intent, reading.level) == ("red_flag_denied", "none")


def test_a_broken_screen_gets_the_cautious_reply() -> None:
    assert settle(ANSWER, level="same_day", failed=True).intent == "screen_failed"


def test_an_emergency_is_said_even_when_part_of_the_screen_broke() -> None:
    assert settle(ANSWER, level="emergency", failed=True).intent == "escalate_emergency"


@pytest.mark.parametrize("text", ["Yes, it is happening now", "yes, it is happening now"])
def test_the_yes_button_confirms_an_emergency(text: str) -> None:
    reading = settle(FALLBACK, text, Context(confirming=True))
    assert (reading.intent, reading.level) == ("escalate_emergency", "emergency")


def test_a_typed_yes_confirms_an_emergency() -> None:
    reading = settle(Reading(intent="affirm"), "yeah", Context(confirming=True))
    assert reading.level == "emergency"


@pytest.mark.parametrize(
    ("text", "intent"), [("No, it is not happening now", "nlu_fallback"), ("nope", "deny")]
)
def test_a_no_ends_the_question(text: str, intent: str) -> None:
    reading = settle(Reading(intent=intent), text, Context(confirming=True))
    assert (reading.intent, reading.level) == ("red_flag_denied", "none")


def test_an_answer_waits_for_the_question_and_follows_a_no() -> None:
    asked = settle(ANSWER, level="emergency", guessed=True, unsure=True)
    assert (asked.faq_id, asked.held) == (None, ("storage",))
    context = Context(confirming=True, held=asked.held)
    denied = settle(Reading(intent="deny"), "no", context)
    assert (denied.intent, denied.faq_id) == ("red_flag_denied", "storage")
    confirmed = settle(Reading(intent="affirm"), "yes", context)
    assert (confirmed.intent, confirmed.faq_id) == ("escalate_emergency", None)


@pytest.mark.parametrize("text", ["not sure", "i think so"])
def test_doubt_is_no_no(text: str) -> None:
    # The classifier takes both for a denial.
    reading = settle(Reading(intent="deny"), text, Context(confirming=True))
    assert (reading.intent, reading.level) == ("escalate_emergency", "emergency")


@pytest.mark.parametrize(
    "intent",
    ["nlu_fallback", "out_of_scope", "deny", "none_of_these", "can_it_wait", "what_should_i_do"],
)
def test_what_is_no_reply_is_asked_again(intent: str) -> None:
    context = Context(confirming=True, held=("storage",))
    reading = settle(Reading(intent=intent), "hm what", context)
    assert (reading.intent, reading.level) == ("confirm_red_flag", "emergency")
    assert reading.held == ("storage",)


@pytest.mark.parametrize("intent", ["deny", "nlu_fallback"])
def test_a_no_with_a_sign_that_a_rule_hears_is_no_end(intent: str) -> None:
    reading = settle(
        Reading(intent=intent),
        "no. my eye hurts and light hurts it",
        Context(confirming=True),
        level="same_day",
    )
    assert (reading.intent, reading.level) == ("escalate_same_day", "same_day")
    context = Context(confirming=True)
    confirmed = settle(FALLBACK, "yes, and my eye hurts", context, level="same_day")
    assert confirmed.intent == "escalate_emergency"


def test_another_question_instead_of_a_reply_is_answered() -> None:
    assert settle(ANSWER, "where do pens go", Context(confirming=True)).intent == "faq/storage"


def test_a_new_emergency_outranks_a_no() -> None:
    reading = settle(Reading(intent="deny"), "no", Context(confirming=True), level="emergency")
    assert reading.intent == "escalate_emergency"


def test_what_is_not_understood_after_an_emergency_repeats_the_number() -> None:
    after = Context(standing=Standing("emergency"))
    assert settle(FALLBACK, context=after).intent == "after_escalation"


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_can_it_wait_is_answered_with_the_call_to_make(level: Level) -> None:
    after = Context(standing=Standing(level))
    assert settle(Reading(intent="can_it_wait"), context=after).intent == "after_escalation"
    assert settle(Reading(intent="can_it_wait")).intent == "can_it_wait"


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_nothing_less_urgent_takes_the_place_of_a_call_to_make(level: Level) -> None:
    after = Context(standing=Standing(level))
    routine = settle(FALLBACK, context=after, level="routine")
    check = settle(Reading(intent="start_skin_check"), context=after)
    assert (routine.intent, check.intent) == ("after_escalation", "after_escalation")


def test_questions_are_answered_beside_a_call_to_make() -> None:
    after = Context(standing=Standing("emergency", ("allergic",)))
    reading = settle(ANSWER, context=after)
    assert (reading.intent, reading.standing) == ("faq/storage", after.standing)


def test_a_lesser_sign_after_an_emergency_gets_the_call_and_no_answer() -> None:
    after = Context(standing=Standing("emergency"))
    assert settle(ANSWER, context=after, level="routine").intent == "after_escalation"
    later = Context(standing=Standing("same_day"))
    assert settle(ANSWER, context=later, level="routine").intent == "faq/storage"


def test_a_guess_after_an_emergency_is_not_asked_about() -> None:
    after = Context(standing=Standing("emergency"))
    reading = settle(FALLBACK, context=after, level="emergency", guessed=True, unsure=True)
    assert reading.intent == "after_escalation"


def test_inside_the_check_a_second_unclear_reply_counts_as_not_known() -> None:
    once = settle(FALLBACK, "hm", Context(asking="where"))
    twice = settle(FALLBACK, "hm", Context(asking="where", unclear=True))
    assert (once.intent, twice.intent) == ("unclear_check_answer", "answer_check")
    assert twice.check_answers == {"where": "unknown"}


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("affirm", "yes please"), ("can_it_wait", "should i worry"),
        ("good_news", "i feel ok otherwise"), ("nlu_fallback", "no fever no pain"),
    ],
)  # fmt: skip
def test_inside_the_check_a_remark_is_no_mistake(intent: str, text: str) -> None:
    reading = settle(Reading(intent=intent), text, Context(asking="where"))
    assert (reading.intent, reading.check_answers) == ("check_goes_on", {})


def test_a_question_that_only_sounds_like_trouble_needs_no_contact() -> None:
    assert settle(ANSWER, "how do i keep it", level="routine", guessed=True).level == "none"
    assert settle(ANSWER, "how do i keep it", level="routine").level == "routine"
    assert settle(ANSWER, "it keeps itching", level="routine", guessed=True).level == "routine"


def test_a_question_after_an_emergency_is_answered() -> None:
    assert settle(ANSWER, context=Context(standing=Standing("emergency"))).intent == "faq/storage"


@pytest.mark.parametrize(
    ("stands", "guess", "intent"),
    [
        ("allergic", "taken", "after_escalation"),
        ("general", "general", "after_escalation"),
        ("poisoning", "general", "escalate_emergency"),
        ("allergic", "crisis", "escalate_emergency"),
    ],
)
def test_a_guess_puts_nothing_in_place_of_a_call_that_stands(
    stands: str, guess: str, intent: str
) -> None:
    found = Finding("reads_like_emergency", "emergency", "x", 0, 1, "asserted", guess)
    context = Context(standing=Standing("emergency", (stands,)))
    reading = settle(
        FALLBACK, "i took two benadryl", context,
        level="emergency", guessed=True, findings=(found,),
    )  # fmt: skip
    assert reading.intent == intent


def test_inside_the_check_a_plain_reply_is_not_guessed_at() -> None:
    reading = settle(
        FALLBACK, "on my arms", Context(asking="where"), level="emergency", guessed=True
    )
    assert (reading.intent, reading.check_answers) == ("answer_check", {"where": "body"})
    assert reading.level == "none"


def test_inside_the_check_a_rule_breaks_in() -> None:
    reading = settle(FALLBACK, "on my arms", Context(asking="where"), level="emergency")
    assert reading.intent == "escalate_emergency"


def test_inside_the_check_a_guess_about_more_than_was_asked_breaks_in() -> None:
    reading = settle(
        FALLBACK,
        "my chest feels so very heavy",
        Context(asking="where"),
        level="emergency",
        guessed=True,
    )
    assert reading.intent == "escalate_emergency"


@pytest.mark.parametrize("intent", ["affirm", "complaint", "goodbye", "thanks", "what_can_you_do"])
def test_small_talk_after_an_emergency_gets_the_call_alone(intent: str) -> None:
    after = Context(standing=Standing("emergency"))
    assert settle(Reading(intent=intent), context=after).intent == "after_escalation"
    later = Context(standing=Standing("same_day"))
    assert settle(Reading(intent=intent), context=later).intent == intent


def test_who_asks_for_the_clinic_after_an_emergency_hears_of_it() -> None:
    after = Context(standing=Standing("emergency"))
    assert settle(Reading(intent="clinic_hours"), context=after).intent == "clinic_hours"


def test_what_is_no_clear_question_after_an_emergency_gets_no_answer() -> None:
    after = Context(standing=Standing("emergency"))
    likely = Reading(intent="faq/storage", faq_id="storage", confidence=0.6)
    more = Reading(intent="faq/storage", faq_id="storage", confidence=0.9, again=True)
    for reading in (likely, more):
        assert settle(reading, context=after).intent == "after_escalation"


def test_inside_the_check_what_another_question_will_ask_is_kept() -> None:
    reading = settle(FALLBACK, "since tuesday", Context(asking="where"))
    assert (reading.intent, reading.check_answers) == ("answer_check", {"since": "recently"})


def test_inside_the_check_a_remark_is_no_question() -> None:
    reading = settle(ANSWER, "it was green", Context(asking="where"))
    assert reading.intent == "unclear_check_answer"


def test_inside_the_check_a_question_is_answered() -> None:
    assert settle(ANSWER, "how do i keep it", Context(asking="where")).intent == "faq/storage"


def test_inside_the_check_an_unclear_reply_is_asked_again() -> None:
    reading = settle(FALLBACK, "green", Context(asking="where"))
    assert reading.intent == "unclear_check_answer"


def test_inside_the_check_stop_is_heard() -> None:
    assert settle(Reading(intent="stop"), "stop", Context(asking="where")).intent == "stop"


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_what_was_long_ago_takes_the_call_back(level: Level) -> None:
    after = Context(standing=Standing(level, ("allergic",)))
    assert settle(FALLBACK, "oh sorry, that was years ago", after).intent == "call_taken_back"
    assert settle(FALLBACK, "oh sorry, that was years ago").intent == "nlu_fallback"


def test_thoughts_of_suicide_and_what_is_urgent_now_are_not_taken_back() -> None:
    crisis = Context(standing=Standing("emergency", ("crisis",)))
    assert settle(FALLBACK, "that was years ago", crisis).intent == "after_escalation"
    after = Context(standing=Standing("emergency", ("allergic",)))
    worse = settle(FALLBACK, "that was years ago", after, level="same_day")
    assert worse.intent == "escalate_same_day"
    asked = settle(FALLBACK, "that was years ago, should i still call", after)
    assert asked.intent == "after_escalation"


def test_what_was_long_ago_is_a_no_to_whether_it_happens_now() -> None:
    reading = settle(FALLBACK, "it was years ago", Context(confirming=True))
    assert reading.intent == "red_flag_denied"


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_what_should_i_do_after_a_call_to_make_gets_the_call(level: Level) -> None:
    after = Context(standing=Standing(level))
    reading = settle(Reading(intent="what_should_i_do"), "what do i do", after)
    assert reading.intent == "after_escalation"


def test_what_should_i_do_read_as_more_of_an_answer_gets_the_call_too() -> None:
    after = Context(standing=Standing("same_day"))
    more = Reading(
        intent="faq/storage", faq_id="storage", again=True, ranking=(("what_should_i_do", 0.9),)
    )
    assert settle(more, "what do i do", after).intent == "after_escalation"
    assert settle(more, "what do i do").intent == "faq/storage"


def test_the_check_asks_no_more_than_could_change_a_call_today() -> None:
    eyes = Context(asking="since", checked={"what": "eyes", "where": "eye_area"})
    reading = settle(FALLBACK, "it kinda hurts", eyes)
    assert reading.intent == "answer_check"
    assert reading.check_answers == {"since": NOT_ASKED, "warnings": "some"}


def test_the_check_asks_on_where_the_call_is_still_open() -> None:
    skin = Context(asking="where", checked={"what": "new_rash"})
    reading = settle(FALLBACK, "it hurts", skin)
    assert reading.check_answers == {"warnings": "some"}


def test_who_denies_a_rash_is_not_asked_about_one() -> None:
    denied = Finding("new_or_worse_rash", "routine", "rash", 0, 4, "negated", "skin")
    start = Reading(intent="start_skin_check", confidence=0.9)
    assert settle(start, "I do not have a rash", findings=(denied,)).intent == "told_first"
    assert settle(start, "I have a rash").intent == "start_skin_check"
    fever = Finding("fever", "routine", "fever", 0, 5, "negated", "general")
    acts_up = settle(start, "my skin acts up, no fever", findings=(fever,))
    assert acts_up.intent == "start_skin_check"
