"""What of a conversation is remembered for reading the next message."""

from __future__ import annotations

from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.conversation import Context, context_of


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


def test_an_emergency_is_remembered_for_one_turn() -> None:
    told = [said(), ActionExecuted("utter_emergency"), answered()]
    assert context_of(conversation(*told)).emergency
    assert not context_of(conversation(*told, said())).emergency


def test_the_guided_check_knows_which_question_is_open() -> None:
    context = context_of(
        conversation(
            said(), ActiveLoop("skin_check_form"), SlotSet("requested_slot", "check_where")
        )
    )
    assert context.asking == "where"
