"""Rasa as a library: a message in, the patient's messages out."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from threadpoolctl import threadpool_limits

from bot.engine.conversation import READING, stored_reading
from bot.engine.custom_actions import CustomAction, LocalActions
from bot.engine.response_generator import CuratedResponseGenerator

logger = logging.getLogger(__name__)

# Reading a message holds Python's lock only in part: the encoder runs outside it.
_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reader")


def _readers_of_its_own() -> None:
    """A forked process has the pool, but none of its threads."""
    global _READERS
    _READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reader")


os.register_at_fork(after_in_child=_readers_of_its_own)


class Collected(OutputChannel):
    """Collects the messages of one turn in the form that the widget shows."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa's events."""
        return "clinic_chat"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes one of Rasa's responses; all come from our response generator."""
        self.messages.extend(message.get("messages") or [])


class Received(UserMessage):
    """A message as it is kept, and as it was typed, with personal data, which is only read."""

    def __init__(self, kept: str, typed: str, channel: Collected, conversation: str) -> None:
        super().__init__(kept, channel, conversation, input_channel=Collected.name())
        self.typed = typed


class _PredictionOnly(LocalModelStorage):
    """A model archive without its training graph, whose classes bring in TensorFlow."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        metadata = json.loads((directory / MODEL_ARCHIVE_METADATA_FILE).read_bytes())
        return ModelMetadata.from_dict({**metadata, "train_schema": {"nodes": {}}})


class _Processor(MessageProcessor):
    """Rasa's processor, reading off the event loop and leaving the saving to the caller."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        archive = Path(model_path)
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), archive, _PredictionOnly, DaskGraphRunner
            )
        return archive.name, metadata, runner

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        if tracker is None:
            tracker = DialogueStateTracker.from_events(message.sender_id, [])
        masked = isinstance(message, Received) and message.typed != message.text
        read = UserMessage(message.typed) if masked else message
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(
            _READERS, self._parse_message_with_graph, read, tracker, only_output_properties
        )
        self._update_full_retrieval_intent(data)
        return _kept(dict(data), message.text) if masked else dict(data)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction:
            action = CustomAction(action.name(), self.action_endpoint)
        return action, prediction

    async def save_tracker(self, tracker: DialogueStateTracker) -> None:
        """Keeps the turn's tracker for `Assistant.take_turn`, which saves it with the reply."""

    async def turn(self, message: UserMessage) -> DialogueStateTracker:
        tracker = await self.log_message(message, should_save_tracker=False)
        tracker = await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)
        return tracker


class Assistant:
    """A loaded model with its store and actions.

    Args:
        model: path of a model archive.
        store: where conversations are kept; in memory when None.
        action_endpoint: where custom actions run; in this process when None.
    """

    def __init__(
        self,
        model: Path,
        store: TrackerStore | None = None,
        action_endpoint: EndpointConfig | None = None,
    ) -> None:
        self.model = model
        nlg = CuratedResponseGenerator(None, Domain.empty())
        self._processor = _Processor(
            model_path=str(model),
            tracker_store=InMemoryTrackerStore(Domain.empty()),
            lock_store=InMemoryLockStore(),
            generator=nlg,
        )
        # The matrices of one message are small: a second thread would only wait for work,
        # at full speed. It doubled the processor time of a message.
        threadpool_limits(1, user_api="blas")
        self.domain = self._processor.domain
        nlg.responses = self.domain.responses
        self._nlg = nlg
        self.connect(
            store or InMemoryTrackerStore(Domain.empty()), action_endpoint or LocalActions()
        )

    def connect(self, store: TrackerStore, action_endpoint: EndpointConfig) -> None:
        """Holds conversations in this store, with these actions, from the next message on."""
        self.store = store
        self.store.domain = self.domain
        self._processor.tracker_store = store
        self._processor.action_endpoint = action_endpoint

    def knows(self, faq_id: str, question: str) -> bool:
        """Whether the model was trained with this answer, under this question."""
        response = self.domain.responses.get(f"utter_faq/{faq_id}")
        return bool(response) and response[0]["text"] == question

    async def read(self, text: str) -> dict[str, Any]:
        """How one message is read outside any conversation (a `Reading` as builtins)."""
        return await asyncio.get_running_loop().run_in_executor(_READERS, self.read_now, text)

    def read_now(self, text: str) -> dict[str, Any]:
        """Like `read`, for callers without an event loop."""
        nothing = DialogueStateTracker.from_events("", [])
        message = UserMessage(_harmless(text))
        return dict(self._processor._parse_message_with_graph(message, nothing)[READING])

    async def take_turn(
        self, conversation: str, text: str, typed: str | None = None
    ) -> tuple[DialogueStateTracker, list[dict[str, Any]]]:
        """One message and the reply to it. The caller saves the tracker.

        Args:
            conversation: whose message it is.
            text: the message as it may be kept.
            typed: the message as it was typed, where that is something else. It is read
                and then forgotten: what is masked may be what is urgent.

        A turn in which nothing could be said (the action server is away) ends with an
        honest notice and the clinic's phone number.
        """
        channel = Collected()
        kept = _harmless(text)
        message = Received(kept, _harmless(typed) if typed else kept, channel, conversation)
        tracker = await self._processor.turn(message)
        if not channel.messages:
            channel.messages = await self.say("utter_try_again", tracker)
        return tracker, channel.messages

    async def say(
        self, response: str, tracker: DialogueStateTracker | None = None
    ) -> list[dict[str, Any]]:
        """The messages of one response, outside the rules."""
        tracker = tracker or DialogueStateTracker.from_events("", [])
        made = await self._nlg.generate(response, tracker, Collected.name())
        return list(made["messages"]) if made else []

    def reading_of(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        """The reading of the conversation's latest message."""
        return stored_reading(tracker)


def _kept(data: dict[str, Any], text: str) -> dict[str, Any]:
    """How a message was read, without a word of it that may not be kept."""
    reading = data[READING]
    findings = [{**finding, "span": ""} for finding in reading["findings"]]
    return {**data, "text": text, READING: {**reading, "findings": findings}}


def _harmless(text: str) -> str:
    """Text that Rasa can read and a database can keep.

    Rasa takes a leading slash for a command and does not read blank text; patients type both.
    """
    text = text.encode("utf-8", "replace").decode().replace("\0", " ")
    stripped = text.strip()
    if stripped.startswith("/"):
        stripped = stripped.lstrip("/ ")
        return stripped or "?"
    return text if stripped else "?"
