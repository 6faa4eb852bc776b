"""What of a conversation is remembered for reading the next message."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.conversation import Context, Said, Standing, context_of, repeated
from bot.safety import Level


def conversation(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("test", list(events))


def said(text: str = "hello") -> UserUttered:
    return UserUttered(text)


def answered(faq_id: str | None = None, rules: tuple[str, ...] = ()) -> BotUttered:
    return BotUttered("…", metadata={"messages": [{"faq_id": faq_id, "rules": list(rules)}]})


def test_there_is_no_context_without_a_conversation() -> None:
    assert context_of(None) == Context()


def test_the_topic_is_the_answer_given_last() -> None:
    context = context_of(conversation(said(), answered("storage"), said(), answered("travel")))
    assert context.topic == "travel"


def test_the_topic_survives_one_message_without_an_answer() -> None:
    assert context_of(conversation(said(), answered("storage"), said())).topic == "storage"


def test_the_topic_fades_after_two_messages() -> None:
    assert context_of(conversation(said(), answered("storage"), said(), said())).topic is None


def test_details_told_about_the_topic_do_not_make_it_fade_at_once() -> None:
    detail = UserUttered("3 days", parse_data={"reading": {"intent": "told_more"}})
    answer = [said(), answered("missed_dose")]
    assert context_of(conversation(*answer, detail, detail, said())).topic == "missed_dose"
    assert context_of(conversation(*answer, *[detail] * 4)).topic is None


def test_rules_already_told_are_remembered_through_the_conversation() -> None:
    context = context_of(conversation(said(), answered(rules=("chest_pain:emergency",)), said()))
    assert context.told == {"chest_pain:emergency"}


def test_the_confirming_question_is_remembered_for_one_turn() -> None:
    asked = [said(), ActionExecuted("utter_confirm_red_flag"), answered()]
    assert context_of(conversation(*asked)).confirming
    assert not context_of(conversation(*asked, said())).confirming


def test_an_answer_that_waits_is_remembered_with_the_question() -> None:
    message = UserUttered("…", parse_data={"reading": {"held": ["storage", "travel"]}})
    asked = [message, ActionExecuted("utter_confirm_red_flag"), answered()]
    assert context_of(conversation(*asked)).held == ("storage", "travel")
    assert context_of(conversation(message, answered())).held == ()


def escalated(level: str, kind: str = "general", action: str = "") -> list[Event]:
    findings = [{"level": level, "kind": kind}, {"level": "routine", "kind": "skin"}]
    message = UserUttered("…", parse_data={"reading": {"findings": findings}})
    reply = {"utter_action": action or f"utter_{level}"}
    return [message, BotUttered("…", metadata={**reply, "messages": [
        {"kind": "escalation", "level": level, "rules": []}
    ]})]  # fmt: skip


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_a_call_to_make_stands_for_three_messages(level: Level) -> None:
    told = escalated(level, "eyes")
    assert context_of(conversation(*told)).standing == Standing(level, ("eyes",))
    assert context_of(conversation(*told, said(), said())).standing
    assert context_of(conversation(*told, said(), said(), said())).standing is None


def test_the_most_urgent_call_stands() -> None:
    told = [*escalated("emergency"), *escalated("same_day")]
    assert context_of(conversation(*told)).standing == Standing("emergency", ("general",))


def test_a_question_about_a_red_flag_and_routine_contact_are_no_call() -> None:
    asked = escalated("emergency", action="utter_confirm_red_flag")
    assert context_of(conversation(*asked, *escalated("routine"))).standing is None


def test_the_guided_checks_advice_is_a_call() -> None:
    told = escalated("same_day", action="utter_advice")
    assert context_of(conversation(*told)).standing


def test_the_guided_check_knows_which_question_is_open() -> None:
    context = context_of(
        conversation(
            said(), ActiveLoop("skin_check_form"), SlotSet("requested_slot", "check_where")
        )
    )
    assert context.asking == "where"


def read_as(text: str, **reading: object) -> UserUttered:
    return UserUttered(text, parse_data={"reading": reading})


def test_the_last_two_messages_are_remembered_with_their_levels() -> None:
    messages = (said("one"), read_as("two", level="same_day"), said("three"))
    assert context_of(conversation(*messages)).said == (
        Said("two", "same_day"),
        Said("three", "none"),
    )


def test_thanks_and_what_the_check_asked_about_time_and_signs_are_no_pieces() -> None:
    messages = (
        read_as("my eyes are red", level="routine", intent="start_skin_check"),
        read_as("recently", intent="answer_check", check_answers={"since": "recently"}),
        read_as("none", intent="answer_check", check_answers={"warnings": "none"}),
        read_as("thanks", intent="thanks"),
    )
    assert context_of(conversation(*messages)).said == (Said("my eyes are red", "routine"),)
    where = read_as("arms", intent="answer_check", check_answers={"where": "body"})
    assert context_of(conversation(where)).said == (Said("arms", "none"),)


@pytest.mark.parametrize("intent", ["red_flag_denied", "call_taken_back"])
def test_what_was_denied_is_not_heard_again(intent: str) -> None:
    messages = (said("my chest feels odd"), read_as("no", intent=intent), said("how much is it"))
    assert context_of(conversation(*messages)).said == (Said("how much is it", "none"),)


def test_what_was_said_long_ago_is_no_piece() -> None:
    thanks = [read_as("thanks", intent="thanks")] * 7
    assert context_of(conversation(said("my eyes are red"), *thanks)).said == ()


def test_inside_the_check_its_replies_are_remembered() -> None:
    texts = ("rash", "arms", "last week", "itchy")
    asked = [ActiveLoop("skin_check_form"), SlotSet("requested_slot", "check_since")]
    context = context_of(conversation(*asked, *map(said, texts)))
    assert [each.text for each in context.said] == list(texts)


def test_what_was_said_before_starting_over_is_not_remembered() -> None:
    assert context_of(conversation(said("one"), Restarted(), said("two"))).said == (
        Said("two", "none"),
    )


def test_of_a_guess_the_rules_kinds_are_remembered_too() -> None:
    told = escalated("same_day", "guessed")
    standing = context_of(conversation(*told)).standing
    assert standing == Standing("same_day", ("guessed", "skin"))


def test_a_call_that_was_taken_back_stands_no_longer() -> None:
    told = escalated("emergency")
    taken_back = read_as("that was years ago", intent="call_taken_back")
    assert context_of(conversation(*told, taken_back)).standing is None
    assert context_of(conversation(*told, taken_back, *escalated("same_day"))).standing


def test_a_less_urgent_call_before_the_one_taken_back_still_stands() -> None:
    told = (*escalated("same_day"), *escalated("emergency"))
    standing = {"level": "emergency", "kinds": []}
    taken_back = read_as("nothing is happening", intent="call_taken_back", standing=standing)
    still = context_of(conversation(*told, taken_back)).standing
    assert still is not None
    assert still.level == "same_day"


@pytest.mark.parametrize("anew", [Restarted(), SessionStarted()])
def test_a_question_about_a_red_flag_does_not_outlive_its_session(anew: Event) -> None:
    asked = (said(), ActionExecuted("utter_confirm_red_flag"))
    assert context_of(conversation(*asked)).confirming
    assert not context_of(conversation(*asked, anew)).confirming


def test_repeats_are_counted_up_to_another_answer() -> None:
    again = read_as("and?", again=True, faq_id="storage")
    assert repeated(conversation(said(), again, answered(), again)) == 2
    assert repeated(conversation(again, said(), again)) == 1
    assert repeated(conversation(again, said())) == 0
    assert repeated(conversation(said(), read_as("fever?", again=True), again)) == 1
