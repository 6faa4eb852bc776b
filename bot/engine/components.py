"""The NLU pipeline: sentence features, FAQ classifier, safety screen.

Rasa reads the argument names of `train` and `process` by reflection; keep them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    RESPONSE_SELECTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine import resources
from bot.engine.conversation import CHECK_SLOT_PREFIX, READING, context_of
from bot.engine.reading import Reading, final_reading, first_reading
from bot.knowledge import FAQ_PREFIX
from bot.understanding import Example, Understanding

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the sentence encoder's 384 numbers to each message, as a dense sentence feature.

    It also fills the encoder's cache in one batch, which the classifier then uses.
    """

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        super().__init__(name, config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The default config: Rasa's own for dense featurizers."""
        return DenseFeaturizer.get_default_config()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Makes the component (see Rasa's GraphComponent)."""
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing in this component's config can be wrong."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds features to every training example that has text."""
        # Their vectors are kept on disk between trainings, unlike those of patients' words.
        self._add(training_data.training_examples, resources.encoder().encode_for_training)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds features to every message that has text."""
        self._add(messages, resources.encoder().encode)
        return messages

    def _add(self, messages: list[Message], encode: Callable[[list[str]], np.ndarray]) -> None:
        with_text = [message for message in messages if message.get(TEXT)]
        if not with_text:
            return
        vectors = encode([message.get(TEXT) for message in with_text])
        for message, vector in zip(with_text, vectors, strict=True):
            message.add_features(
                Features(
                    vector.reshape(1, -1),
                    FEATURE_TYPE_SENTENCE,
                    TEXT,
                    self._config[FEATURIZER_CLASS_ALIAS],
                )
            )


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class FaqClassifier(IntentClassifier, GraphComponent):
    """Decides intent and answer in one step, or says that it is not sure.

    Fills in Rasa's `intent`, `intent_ranking` and `response_selector`, and `reading`
    with all that the reply needs (see `bot.engine.reading.Reading`).
    """

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: Understanding | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FaqClassifier:
        """Makes an untrained component (see Rasa's GraphComponent)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FaqClassifier:
        """Loads the trained classifier from the model archive."""
        with model_storage.read_from(resource) as folder:
            model = Understanding.load(folder, resources.encoder())
        return cls(model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What Rasa does not see: it trains again when the follow-ups have changed."""
        return hashlib.sha256(
            (resources.settings().data / "follow_ups.yml").read_bytes()
        ).hexdigest()

    @property
    def model(self) -> Understanding:
        """The trained understanding. Raises `RuntimeError` before training."""
        if self._model is None:
            raise RuntimeError("The classifier has not been trained. Run `make train`.")
        return self._model

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples with an intent and stores the result in the archive."""
        examples = [
            Example(message.get(TEXT), message.get(INTENT_RESPONSE_KEY) or message.get(INTENT))
            for message in training_data.intent_examples
            if message.get(TEXT)
        ]
        logger.info("Learning from %d examples.", len(examples))
        questions = {
            faq_id: answer.question for faq_id, answer in resources.answers().published().items()
        }
        self._model = Understanding.train(
            examples, questions, resources.encoder(), resources.follow_ups()
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Reads each message in the light of the conversation."""
        answers, others = resources.answers(), resources.other_medicines()
        context = context_of(tracker)
        given = answers.get(context.topic) if context.topic else None
        last = resources.last_answer(given) if given else None
        # What came before explains an unclear message, unless an answer or a call did.
        explains = context.said and not (context.topic or context.standing or context.asking)
        unanswered = context.said[-1].text if explains else ""
        for message in messages:
            text = message.get(TEXT) or ""
            understood = self.model.read(text, last, unanswered)
            set_reading(message, first_reading(understood, answers, others, text))
        return messages


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class SafetyScreenComponent(IntentClassifier, GraphComponent):
    """Has the last word: a red flag in the raw text outranks whatever was understood."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreenComponent:
        """Makes the component; broken rule files stop it here, before any patient writes."""
        resources.screen()
        resources.replies()
        resources.guided_check()
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Screens each message's raw text and sets the final intent."""
        context = context_of(tracker)
        for message in messages:
            text = message.get(TEXT) or ""
            reading: Reading = msgspec.convert(message.get(READING), Reading)
            set_reading(
                message,
                final_reading(
                    text,
                    reading,
                    resources.screen(),
                    resources.guided_check(),
                    resources.replies(),
                    context,
                ),
            )
        return messages


def set_reading(message: Message, reading: Reading) -> None:
    """Writes a reading to the message in Rasa's own terms as well as its own."""
    intent = "faq" if reading.intent.startswith(FAQ_PREFIX) else reading.intent
    ranking = [
        {"name": name, "confidence": confidence} for name, confidence in reading.ranking[:10]
    ]
    message.set(INTENT, {"name": intent, "confidence": reading.confidence}, add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
    faq_id = reading.faq_id
    response = {
        "responses": [{"text": faq_id}] if faq_id else [],
        "confidence": reading.confidence if faq_id else 0.0,
        "intent_response_key": f"{FAQ_PREFIX}{faq_id}" if faq_id else None,
        "utter_action": f"utter_{FAQ_PREFIX}{faq_id}" if faq_id else None,
    }
    message.set(
        RESPONSE_SELECTOR,
        {
            "all_retrieval_intents": ["faq"],
            "faq": {
                "response": response,
                "ranking": [
                    {"intent_response_key": f"{FAQ_PREFIX}{other}", "confidence": confidence}
                    for other, confidence in reading.alternatives
                ],
            },
        },
        add_to_output=True,
    )
    message.set(
        ENTITIES,
        [
            {
                "entity": CHECK_SLOT_PREFIX + question,
                "value": option,
                "start": 0,
                "end": len(message.get(TEXT) or ""),
                "extractor": "SafetyScreenComponent",
            }
            for question, option in reading.check_answers.items()
        ],
        add_to_output=True,
    )
    message.set(READING, msgspec.to_builtins(reading), add_to_output=True)
