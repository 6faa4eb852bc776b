"""Everything that can be checked about answers and examples, for `faqbot check`."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.knowledge.answers import Answer, body_line, read_answer
from bot.knowledge.examples import FAQ_PREFIX, TrainingExample, read_examples
from bot.knowledge.readability import grade, word_count
from bot.problems import DataError, Problem, read_text, relative

LEAST_EXAMPLES = 15
HIGHEST_GRADE = 8.0
MOST_WORDS = 120
FEWEST_WORDS = 40

_LINK = re.compile(r"\[[^\]]*\]\(\s*([^)\s]*)")
_BARE_LINK = re.compile(r"(?<![(\w])[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_HTML = re.compile(r"<[a-zA-Z/!][^>]*>")
# Phrases that tell a reader to change a dose, unless the sentence denies them.
_DOSE_CHANGE = re.compile(
    r"\b(?:skip (?:a|the|your|that|this|one)\b[^.]{0,20}\b(?:dose|shot|injection)"
    r"|double (?:the|your|up)|take (?:an )?extra|take two doses|extra dose"
    r"|stop (?:taking|using|your|dupixent|the injections?)"
    r"|(?:increase|reduce|lower|raise|halve|change|stretch|space out|delay) (?:the|your)"
    r"[^.]{0,15}\b(?:dose|doses|shots?|injections?)"
    r"|inject (?:less|more) often|restart (?:it|dupixent))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|don't|do not|without|before you|before they|should not|cannot|if you|when you"
    r"|may|might|whether|when people|people who|who stop|after you|asks?|want"
    r"|decide[sd]?|doctors?|prescriber"
    r"|unless|until|than|instead of)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:call|contact|tell|ask|message|talk|see|reach|speak|show)\b", re.IGNORECASE
)


def check_knowledge(data: Path, today: dt.date | None = None) -> Iterator[Problem]:
    """Every problem in data/faq and data/nlu.

    Args:
        data: the data folder.
        today: the day to judge reviews by; today if None.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    answers: dict[str, tuple[Path, Answer]] = {}
    broken: set[str] = set()
    for path in sorted((data / "faq").glob("*.md")):
        try:
            answers[path.stem] = (path, read_answer(path))
        except DataError as error:
            broken.add(path.stem)
            yield from error.problems
    for path, answer in answers.values():
        yield from _answer_problems(path, answer, set(answers) | broken, today)
    yield from _duplicate_questions(answers)
    try:
        examples = read_examples(data / "nlu")
    except DataError as error:
        yield from error.problems
        return
    yield from _example_problems(examples, answers, broken, data)


def _answer_problems(
    path: Path, answer: Answer, known: set[str], today: dt.date
) -> Iterator[Problem]:
    text = read_text(path)

    def at(key: str, message: str, fix: str, severity: str = "error") -> Problem:
        line = next(
            (n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f"{key}:")), 1
        )
        return Problem(relative(path), line, message, fix, severity)  # type: ignore[arg-type]

    if answer.id != path.stem:
        yield at("id", f"The id is `{answer.id}`, the file `{path.stem}`.", "Make them the same.")
    if not answer.sources:
        yield at("sources", "There is no source.", "Name where each fact comes from.")
    for source in answer.sources:
        given = [link for link in (source.url, source.doi, source.pmid) if link]
        if len(given) != 1:
            yield at("sources", f"“{source.title}” needs one of url, doi, pmid.", "Give one.")
        elif not source.link.startswith("https://"):
            yield at("sources", f"“{source.title}” has no https address.", "Write https://….")
        if source.accessed > today:
            yield at("sources", f"“{source.title}” was accessed in the future.", "Correct it.")
    for other in answer.follow_ups:
        if other not in known or other == answer.id:
            yield at("follow_ups", f"There is no other answer `{other}`.", "Name an answer's id.")
    if answer.review_by < today:
        yield at(
            "review_by", f"The review was due on {answer.review_by}.",
            "Have the answer reviewed, then set a new date.", "warning",
        )  # fmt: skip
    if answer.review_by > today + dt.timedelta(days=366):
        yield at("review_by", "The review is more than a year away.", "Set an earlier date.")
    if (answer.reviewed_on is None) != answer.reviewed_by.startswith("not yet"):
        yield at(
            "reviewed_by", "reviewed_on and reviewed_by do not go together.",
            "A date needs the reviewer; without one write `not yet reviewed by a clinician`.",
        )  # fmt: skip
    yield from _body_problems(path, answer, text)


def _body_problems(path: Path, answer: Answer, text: str) -> Iterator[Problem]:
    first = body_line(text)
    lines = answer.body.splitlines()

    def at(line: int, message: str, fix: str) -> Problem:
        return Problem(relative(path), first + line, message, fix)

    words = word_count(answer.body)
    if words > MOST_WORDS:
        yield at(0, f"The answer has {words} words.", f"Shorten it to {MOST_WORDS}.")
    if words < FEWEST_WORDS:
        yield Problem(
            relative(path), first, f"The answer has only {words} words.",
            f"Say what to do as well; {FEWEST_WORDS} words or more.", "warning",
        )  # fmt: skip
    level = grade(answer.body)
    if level > HIGHEST_GRADE:
        yield at(
            0, f"It reads at US grade {level:g}.",
            f"Shorter sentences and plainer words, to grade {HIGHEST_GRADE:g} or below.",
        )  # fmt: skip
    if answer.contact_level != "none" and not _CONTACT.search(answer.body):
        yield at(
            0, f"contact_level is {answer.contact_level}, but nobody is to be contacted.",
            "Say whom to contact and when, or set contact_level: none.",
        )  # fmt: skip
    for number, line in enumerate(lines):
        if _HTML.search(line):
            yield at(number, "There is raw HTML.", "Use Markdown.")
        for link in [*_LINK.findall(line), *_BARE_LINK.findall(line)]:
            if not link.startswith(("https://", "tel:", "mailto:")):
                yield at(number, f"The link `{link}` is not https, tel or mailto.", "Change it.")
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            match = _DOSE_CHANGE.search(sentence)
            if match and not _DENIED.search(sentence):
                yield at(
                    number, f"“{match[0]}” reads as advice to change a dose.",
                    "Send readers to their prescriber instead.",
                )  # fmt: skip


def _duplicate_questions(answers: dict[str, tuple[Path, Answer]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for faq_id, (path, answer) in answers.items():
        other = seen.setdefault(_comparable(answer.question), faq_id)
        if other != faq_id:
            yield Problem(
                relative(path), 3, f"The question is also that of `{other}`.", "Reword one of them."
            )


def _example_problems(
    examples: Iterable[TrainingExample],
    answers: dict[str, tuple[Path, Answer]],
    broken: set[str],
    data: Path,
) -> Iterator[Problem]:
    counts: Counter[str] = Counter()
    places: dict[str, TrainingExample] = {}
    first_seen: dict[str, TrainingExample] = {}
    unknown: dict[str, TrainingExample] = {}
    for example in examples:
        counts[example.intent] += 1
        first_seen.setdefault(example.intent, example)
        same = places.setdefault(_comparable(example.text), example)
        if same.intent != example.intent:
            yield Problem(
                example.path, example.line,
                f"“{example.text}” also stands under {same.intent} ({same.path}:{same.line}).",
                "Keep it where it belongs.",
            )  # fmt: skip
        elif same is not example:
            yield Problem(
                example.path, example.line, f"“{example.text}” stands twice (line {same.line}).",
                "Remove one of the two.", "warning",
            )  # fmt: skip
        faq_id = example.intent.removeprefix(FAQ_PREFIX)
        if example.intent.startswith(FAQ_PREFIX) and faq_id not in answers and faq_id not in broken:
            unknown.setdefault(example.intent, example)
    for intent, example in unknown.items():
        yield Problem(
            example.path, example.line, f"There are examples of {intent} but no answer.",
            f"Write data/faq/{intent.removeprefix(FAQ_PREFIX)}.md or remove them.",
        )  # fmt: skip
    nlu = relative(data / "nlu" / "faq.yml")
    for faq_id, (path, _) in answers.items():
        count = counts[FAQ_PREFIX + faq_id]
        if count == 0:
            yield Problem(
                relative(path), 1, "The answer has no training examples.",
                f"Write at least {LEAST_EXAMPLES} under faq/{faq_id} in {nlu}.",
            )  # fmt: skip
        elif count < LEAST_EXAMPLES:
            example = first_seen[FAQ_PREFIX + faq_id]
            yield Problem(
                example.path, example.line, f"faq/{faq_id} has only {count} examples.",
                f"Write at least {LEAST_EXAMPLES}, each as another person would say it.",
            )  # fmt: skip


def _comparable(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.casefold()).split())
