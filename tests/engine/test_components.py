"""The NLU components speak Rasa's language."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.assistant import Assistant
from bot.engine.components import FaqClassifier, SentenceFeaturizer, set_reading
from bot.engine.reading import Reading
from bot.understanding import Understood


async def parse(assistant: Assistant, text: str) -> dict:
    from rasa.core.channels.channel import UserMessage

    return await assistant._processor.parse_message(UserMessage(text))


async def test_an_answer_fills_in_intent_and_response_selector(assistant: Assistant) -> None:
    data = await parse(assistant, "Can I drink alcohol on Dupixent?")
    assert data["intent"]["name"] == "faq"
    selector = data["response_selector"]["faq"]
    assert selector["response"]["intent_response_key"] == "faq/alcohol"
    assert selector["response"]["utter_action"] == "utter_faq/alcohol"
    assert selector["ranking"][0]["intent_response_key"] == "faq/alcohol"
    assert data["intent_ranking"][0]["confidence"] == data["intent"]["confidence"]


async def test_below_the_threshold_the_intent_is_fallback_and_nothing_is_selected(
    assistant: Assistant,
) -> None:
    data = await parse(assistant, "مرحبا")
    assert data["intent"]["name"] == "nlu_fallback"
    assert data["response_selector"]["faq"]["response"]["intent_response_key"] is None


async def test_the_safety_screen_has_the_last_word(assistant: Assistant) -> None:
    data = await parse(assistant, "can i drink wine? also i can't breathe")
    assert data["intent"]["name"] == "escalate_emergency"


async def test_the_same_text_is_read_the_same_again(assistant: Assistant) -> None:
    text = "where on my body do the shots go"
    assert await assistant.read(text) == await assistant.read(text)


def test_the_featurizer_adds_one_dense_sentence_feature() -> None:
    featurizer = SentenceFeaturizer("test", {"alias": "test"})
    message = Message({TEXT: "hello"})
    featurizer.process([message, Message({})])
    (feature,) = message.features
    assert feature.is_dense()
    assert feature.features.shape == (1, 384)


def test_replies_inside_the_check_become_entities() -> None:
    message = Message({TEXT: "my face"})
    set_reading(message, Reading(intent="answer_check", check_answers={"where": "face"}))
    (entity,) = message.get("entities")
    assert (entity["entity"], entity["value"]) == ("check_where", "face")


class Noting:
    """Stands for the trained model; notes the message that an unclear one is read with."""

    def __init__(self) -> None:
        self.before = ""

    def read(self, text: str, last: object, before: str) -> Understood:
        self.before = before
        return Understood(intent="nlu_fallback")


@pytest.mark.parametrize(
    ("reply", "level", "before"),
    [("utter_no_answer", "none", "i have lupus"), ("utter_same_day", "same_day", "")],
)
def test_a_message_that_got_a_call_is_not_read_into_the_next_one(
    reply: str, level: str, before: str
) -> None:
    message = {"kind": "escalation", "level": level, "faq_id": None}
    earlier = [
        UserUttered("i have lupus", parse_data={"reading": {"intent": "x"}}),
        BotUttered("…", metadata={"utter_action": reply, "messages": [message]}),
    ]
    model = Noting()
    classifier = FaqClassifier(None, None, model)  # type: ignore[arg-type]
    tracker = DialogueStateTracker.from_events("test", earlier)
    classifier.process([Message(data={TEXT: "can i take it"})], tracker)
    assert model.before == before
