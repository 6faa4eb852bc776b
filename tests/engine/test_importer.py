"""The importer joins answers and training data."""

from __future__ import annotations

import copy

from bot.engine import resources
from bot.engine.importer import FaqImporter


def importer() -> FaqImporter:
    project = resources.settings().project
    return FaqImporter(
        config_file=str(project / "config.yml"),
        domain_path=str(project / "domain.yml"),
        training_data_paths=[str(project / "data")],
    )


def test_every_published_answer_has_a_response_with_its_question() -> None:
    responses = importer().get_domain().responses
    for faq_id, answer in resources.answers().published().items():
        assert responses[f"utter_faq/{faq_id}"] == [{"text": answer.question}]


def test_the_domain_keeps_its_own_responses() -> None:
    assert "utter_emergency" in importer().get_domain().responses


def test_examples_of_answers_are_retrieval_intents() -> None:
    data = importer().get_nlu_data()
    keys = {message.get("intent_response_key") for message in data.intent_examples}
    assert {f"faq/{faq_id}" for faq_id in resources.answers().published()} <= keys


def test_the_examples_are_read_once() -> None:
    one = importer()
    assert one.get_nlu_data() is one.get_nlu_data()


def test_a_copied_example_shares_no_features_or_names_with_the_first() -> None:
    first = importer().get_nlu_data().intent_examples[0]
    copied = copy.deepcopy(first)
    copied.set("intent", "another", add_to_output=True)
    assert copied != first
    assert first.get("intent") != "another"
    assert "intent" not in first.output_properties
    assert copied.features is not first.features
