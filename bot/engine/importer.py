"""Joins the answers in data/faq with Rasa's own training data."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.engine import resources


class FaqImporter(RasaFileImporter):
    """Rasa's file importer, plus one response `utter_faq/<id>` for each published answer.

    The response holds the question, not the answer: the answer is read when it is
    sent, so editing its text changes nothing that a model is trained from.
    """

    def get_domain(self) -> Domain:
        """The domain with a response for each answer (see the parent class)."""
        responses = {
            f"utter_faq/{faq_id}": [{"text": answer.question}]
            for faq_id, answer in resources.answers().published().items()
        }
        return super().get_domain().merge(Domain.from_dict({"responses": responses}))

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training examples (see the parent class); Rasa asks twice and copies them."""
        data = super().get_nlu_data(language)
        data.training_examples = [_Example(m.data) for m in data.training_examples]
        return data


class _Example(Message):
    """A training example that is copied quickly.

    Rasa copies each of them ten times on its way into the graph, down to the last string.
    Nothing changes the values, only what is set under a name: new names are enough.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> _Example:
        copied = _Example(self.data, set(self.output_properties), self.time, list(self.features))
        memo[id(self)] = copied
        return copied
