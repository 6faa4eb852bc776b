"""What can be checked about the training examples: one small function a rule.

The first line of each docstring stands in docs/content-guide.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from bot.knowledge.answer_checks import comparable
from bot.knowledge.examples import FAQ_PREFIX, TrainingExample
from bot.problems import Problem, relative

LEAST_EXAMPLES = 15
ENOUGH_EXAMPLES = 25


class Examples(msgspec.Struct, frozen=True):
    """All training examples, the files of the answers by id, and the domain's intents.

    Without a domain (`intents` is None) any intent is taken to be known.
    """

    examples: Sequence[TrainingExample]
    answers: Mapping[str, Path]
    intents: Collection[str] | None = None

    @property
    def counts(self) -> Counter[str]:
        """How many examples each intent has."""
        return Counter(example.intent for example in self.examples)


ExampleCheck = Callable[[Examples], Iterator[Problem]]


def stands_under_one_intent(all_: Examples) -> Iterator[Problem]:
    """An example stands under one intent only, also after lower-casing and punctuation."""
    for example, same in _repeats(all_):
        if same.intent != example.intent:
            yield Problem(
                example.path, example.line,
                f"“{example.text}” also stands under {same.intent} ({same.path}:{same.line}).",
                "Keep it where it belongs.",
            )  # fmt: skip


def stands_only_once(all_: Examples) -> Iterator[Problem]:
    """An example stands only once under its intent (a warning)."""
    for example, same in _repeats(all_):
        if same.intent == example.intent:
            yield Problem(
                example.path, example.line, f"“{example.text}” stands twice (line {same.line}).",
                "Remove one of the two.", "warning",
            )  # fmt: skip


def examples_have_an_answer(all_: Examples) -> Iterator[Problem]:
    """Examples under `faq/<id>` have an answer `data/faq/<id>.md`."""
    seen: set[str] = set()
    for example in all_.examples:
        faq_id = example.intent.removeprefix(FAQ_PREFIX)
        if faq_id == example.intent or faq_id in all_.answers or faq_id in seen:
            continue
        seen.add(faq_id)
        yield Problem(
            example.path, example.line, f"There are examples of faq/{faq_id} but no answer.",
            f"Write data/faq/{faq_id}.md or remove them.",
        )  # fmt: skip


def intents_are_in_the_domain(all_: Examples) -> Iterator[Problem]:
    """An intent that is no answer's stands in domain.yml, where its reply is."""
    seen: set[str] = set()
    for example in all_.examples:
        intent = example.intent
        if all_.intents is None or intent.startswith(FAQ_PREFIX) or intent in seen:
            continue
        seen.add(intent)
        if intent not in all_.intents:
            yield Problem(
                example.path, example.line, f"The intent `{intent}` is not in domain.yml.",
                "Correct its name, or add it there with a rule and a response.",
            )  # fmt: skip


def answers_have_examples(all_: Examples) -> Iterator[Problem]:
    """An answer has at least 15 examples; fewer than 25 is a warning."""
    counts = all_.counts
    places = {example.intent: example for example in reversed(all_.examples)}
    for faq_id, path in all_.answers.items():
        intent = FAQ_PREFIX + faq_id
        count = counts[intent]
        if count == 0:
            yield Problem(
                relative(path), 1, "The answer has no training examples.",
                f"Write at least {ENOUGH_EXAMPLES} under {intent} in data/nlu/faq.yml.",
            )  # fmt: skip
        elif count < ENOUGH_EXAMPLES:
            yield Problem(
                places[intent].path, places[intent].line,
                f"{intent} has only {count} examples.",
                f"Write {ENOUGH_EXAMPLES} or more, each as another person would say it.",
                "error" if count < LEAST_EXAMPLES else "warning",
            )  # fmt: skip


EXAMPLE_CHECKS: tuple[ExampleCheck, ...] = (
    stands_under_one_intent,
    stands_only_once,
    examples_have_an_answer,
    intents_are_in_the_domain,
    answers_have_examples,
)


def _repeats(all_: Examples) -> Iterator[tuple[TrainingExample, TrainingExample]]:
    """Each example that an earlier one already says, with the earlier one."""
    first: dict[str, TrainingExample] = {}
    for example in all_.examples:
        same = first.setdefault(comparable(example.text), example)
        if same is not example:
            yield example, same
