"""The part of an answer that a further question is about, word for word."""

from __future__ import annotations

from bot.understanding import SentenceEncoder
from bot.understanding.passages import Passage, as_markdown, first_paragraph, nearest, passages

TEXT = """Keep the pens in the fridge. They may be out of it for 14 days.

Call the clinic for:

- pens that were frozen
- pens that are cloudy

1. Take one out.
2. Wait 45 minutes."""


def test_sentences_and_items_are_passages_and_an_item_keeps_what_leads_to_it() -> None:
    paragraph = "Keep the pens in the fridge. They may be out of it for 14 days."
    assert list(passages(TEXT)) == [
        Passage("Keep the pens in the fridge.", paragraph),
        Passage("They may be out of it for 14 days.", paragraph),
        Passage("pens that were frozen", "Call the clinic for:", item=True),
        Passage("pens that are cloudy", "Call the clinic for:", item=True),
        Passage("Take one out.", "", item=True),
        Passage("Wait 45 minutes.", "", item=True),
    ]


def test_the_nearest_passage_is_found(encoder: SentenceEncoder) -> None:
    found = nearest("what if it was frozen", "How do I keep it?", TEXT, encoder.encode)
    assert found is not None
    assert found[0].text == "pens that were frozen"


def test_what_is_about_something_else_has_none(encoder: SentenceEncoder) -> None:
    assert nearest("who won the cup", "How do I keep it?", TEXT, encoder.encode) == ()
    assert nearest("is it cold", "How do I keep it?", "", encoder.encode) is None


def test_the_topics_own_question_is_about_all_of_it(encoder: SentenceEncoder) -> None:
    assert nearest("how do i keep it", "How do I keep it?", TEXT, encoder.encode) is None


def test_passages_are_written_with_what_they_may_not_be_without() -> None:
    sentence, other, item, another = list(passages(TEXT))[:4]
    assert as_markdown([sentence, other, item, another]) == (
        "Keep the pens in the fridge. They may be out of it for 14 days.\n\n"
        "Call the clinic for:\n\n- pens that were frozen\n- pens that are cloudy"
    )


def test_the_first_paragraph_is_what_a_text_says_first() -> None:
    assert first_paragraph("\nYes. It can.\n\n- one\n") == "Yes. It can."
    assert first_paragraph("Call for any of these:\n\n- one\n") == ""
    assert first_paragraph("- one\n- two\n") == ""
