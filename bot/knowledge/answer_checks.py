"""What can be checked about an answer file: one small function a rule.

Each check takes one file and what there is besides, and yields a problem for each place
that breaks the rule. The first line of its docstring stands in docs/content-guide.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from bot.knowledge.answers import NOT_REVIEWED, Answer, body_line, body_of
from bot.knowledge.readability import grade, word_count
from bot.problems import Problem, Severity, relative

HIGHEST_GRADE = 8.0
MOST_WORDS = 120
FEWEST_WORDS = 40

_LINK = re.compile(r"\[[^\]]*\]\(\s*([^)\s]*)")
_BARE_LINK = re.compile(r"(?<![(\w])[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_HTML = re.compile(r"<[a-zA-Z/!][^>]*>")
_PRICE = re.compile(r"[$€£]\s?\d[\d,.]*|\b\d[\d,.]*\s?(?:dollars|euros|usd)\b", re.IGNORECASE)
_RARE = re.compile(r"\b(?:rare|rarely|uncommon)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# Words that tell a reader to change a dose …
_DOSE_CHANGE = re.compile(
    r"\b(?:skip (?:it|(?:a|the|your|that|this|one|next)\b[^.]{0,20}\b(?:dose|shot|injection))"
    r"|double (?:the|your|up)|(?:take|inject|use|have) (?:a |an )?(?:extra|double|second|half)"
    r"|(?:take|inject|use) (?:two|three|both) (?:doses|shots|injections|pens|syringes)|extra dose"
    r"|(?:stop|pause|quit) (?:it|taking|using|the injections?|your [a-z]+|dupixent)"
    r"|(?:increase|reduce|lower|raise|halve|change|stretch|space out|delay) (?:the|your)"
    r"[^.]{0,15}\b(?:dose|doses|shots?|injections?)"
    r"|inject (?:less|more) often|restart (?:it|dupixent))",
    re.IGNORECASE,
)
# … unless what stands before them says no, asks, or says that the doctor decides.
_NOT_ADVICE = re.compile(
    r"(?:\b(?:not|never|cannot|without)\b[^,;:]*"
    r"|\b(?:before|if|when|after|who|until|unless|why|whether)\s+(?:(?:you|they|people)\s+)?"
    r"(?:(?:want |plan |need )?to\s+)?"
    r"|\b(?:doctor|prescriber|specialist|clinic)\s+(?:may|might|can|will)\s+)$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:call|contact|tell|ask|message|talk|see|reach|speak|show)\b", re.IGNORECASE
)


class AnswerFile(msgspec.Struct, frozen=True):
    """One file in data/faq. `answer` is None when its front matter cannot be read."""

    path: Path
    text: str
    answer: Answer | None

    @property
    def id(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def body(self) -> str:
        """The text below the front matter."""
        return body_of(self.text)

    def at(self, key: str, message: str, fix: str, severity: Severity = "error") -> Problem:
        """A problem on the line of a front matter key."""
        lines = enumerate(self.text.splitlines(), 1)
        line = next((number for number, line in lines if line.startswith(f"{key}:")), 1)
        return Problem(relative(self.path), line, message, fix, severity)

    def on(self, line: int, message: str, fix: str, severity: Severity = "error") -> Problem:
        """A problem on a line of the body, counted from 0."""
        return Problem(relative(self.path), body_line(self.text) + line, message, fix, severity)


class Library(msgspec.Struct, frozen=True):
    """What an answer is checked against: the day, and the questions of all answers by id."""

    today: dt.date
    questions: Mapping[str, str]


Check = Callable[[AnswerFile, Answer, Library], Iterator[Problem]]
BodyCheck = Callable[[AnswerFile], Iterator[Problem]]


def id_is_file_name(file: AnswerFile, answer: Answer, _: Library) -> Iterator[Problem]:
    """The id is the file's name."""
    if answer.id != file.id:
        yield file.at("id", f"The id is `{answer.id}`, the file `{file.id}`.", "Make them equal.")


def question_is_unique(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """No two answers have the same question."""
    asked = comparable(answer.question)
    for other, question in all_.questions.items():
        if other < file.id and comparable(question) == asked:
            yield file.at(
                "question", f"The question is also that of `{other}`.", "Reword one of them."
            )


def has_no_braces(file: AnswerFile, answer: Answer, _: Library) -> Iterator[Problem]:
    """Nothing is filled in in an answer: no {name} in the question or the text."""
    fix = "Write the words themselves; the clinic's phone stands below the answer by itself."
    if "{" in answer.question or "}" in answer.question:
        yield file.at("question", "The question holds a brace.", fix)
    for number, line in enumerate(file.body.splitlines()):
        if "{" in line or "}" in line:
            yield file.on(number, "The text holds a brace, which patients would see.", fix)


def has_sources(file: AnswerFile, answer: Answer, _: Library) -> Iterator[Problem]:
    """An answer names at least one source."""
    if not answer.sources:
        yield file.at("sources", "There is no source.", "Name where each fact comes from.")


def sources_can_be_found(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """A source has exactly one of `url`, `doi` and `pmid`, an https address and a past date."""
    for source in answer.sources:
        given = [link for link in (source.url, source.doi, source.pmid) if link]
        if len(given) != 1:
            yield file.at("sources", f"“{source.title}” needs one of url, doi, pmid.", "Give one.")
        elif not source.link.startswith("https://"):
            yield file.at("sources", f"“{source.title}” has no https address.", "Write https://….")
        if source.accessed > all_.today:
            yield file.at("sources", f"“{source.title}” was accessed in the future.", "Correct it.")


def follow_ups_exist(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """Each follow-up is the id of another answer."""
    for other in answer.follow_ups:
        if other not in all_.questions or other == file.id:
            yield file.at(
                "follow_ups", f"There is no other answer `{other}`.", "Name an answer's id."
            )


def review_is_not_due(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """The day of the next review has not passed (a warning)."""
    if answer.review_by < all_.today:
        yield file.at(
            "review_by", f"The review was due on {answer.review_by}.",
            "Have the answer reviewed, then set a new date.", "warning",
        )  # fmt: skip


def review_is_within_a_year(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """The next review is at most a year away."""
    if answer.review_by > all_.today + dt.timedelta(days=366):
        yield file.at("review_by", "The review is more than a year away.", "Set an earlier date.")


def review_is_honest(file: AnswerFile, answer: Answer, all_: Library) -> Iterator[Problem]:
    """`reviewed_on` and `reviewed_by` name a real review, or both say there was none."""
    if (answer.reviewed_on is None) != (answer.reviewed_by == NOT_REVIEWED):
        yield file.at(
            "reviewed_by", "reviewed_on and reviewed_by do not go together.",
            f"A date needs the reviewer's name; without a review write null and `{NOT_REVIEWED}`.",
        )  # fmt: skip
    if answer.reviewed_on is not None and answer.reviewed_on > all_.today:
        yield file.at("reviewed_on", "The review is in the future.", "Write the day it was done.")


def names_a_contact(file: AnswerFile, answer: Answer, _: Library) -> Iterator[Problem]:
    """Where `contact_level` is not none, the text says whom to contact."""
    if answer.contact_level != "none" and not _CONTACT.search(answer.body):
        yield file.on(
            0, f"contact_level is {answer.contact_level}, but nobody is to be contacted.",
            "Say whom to contact and when, or set contact_level: none.",
        )  # fmt: skip


def is_not_too_long(file: AnswerFile) -> Iterator[Problem]:
    """An answer has at most 120 words."""
    words = word_count(file.body)
    if words > MOST_WORDS:
        yield file.on(0, f"The answer has {words} words.", f"Shorten it to {MOST_WORDS}.")


def is_not_too_short(file: AnswerFile) -> Iterator[Problem]:
    """An answer has at least 40 words (a warning)."""
    words = word_count(file.body)
    if words < FEWEST_WORDS:
        yield file.on(
            0, f"The answer has only {words} words.",
            f"Say what to do as well; {FEWEST_WORDS} words or more.", "warning",
        )  # fmt: skip


def is_easy_to_read(file: AnswerFile) -> Iterator[Problem]:
    """An answer reads at US school grade 8 or below."""
    level = grade(file.body)
    if level > HIGHEST_GRADE:
        yield file.on(
            0, f"It reads at US grade {level:g}.",
            f"Shorter sentences and plainer words, to grade {HIGHEST_GRADE:g} or below.",
        )  # fmt: skip


def has_no_html(file: AnswerFile) -> Iterator[Problem]:
    """There is no raw HTML in an answer."""
    for number, line in enumerate(file.body.splitlines()):
        if _HTML.search(line):
            yield file.on(number, "There is raw HTML.", "Use Markdown.")


def links_are_safe(file: AnswerFile) -> Iterator[Problem]:
    """Links begin with https, tel or mailto."""
    for number, line in enumerate(file.body.splitlines()):
        for link in [*_LINK.findall(line), *_BARE_LINK.findall(line)]:
            if not link.startswith(("https://", "tel:", "mailto:")):
                yield file.on(
                    number, f"The link `{link}` is not https, tel or mailto.", "Change it."
                )


def advises_no_dose_change(file: AnswerFile) -> Iterator[Problem]:
    """No sentence tells a reader to skip, stop, double, stretch or restart a medicine."""
    for number, sentence in _sentences(file):
        for match in _DOSE_CHANGE.finditer(sentence):
            if not _NOT_ADVICE.search(sentence[: match.start()]):
                yield file.on(
                    number, f"“{match[0]}” reads as advice to change a dose.",
                    "Send readers to their prescriber instead.",
                )  # fmt: skip


def names_no_price(file: AnswerFile) -> Iterator[Problem]:
    """No answer names a price: prices change, and depend on the insurance."""
    for number, line in enumerate(file.body.splitlines()):
        if match := _PRICE.search(line):
            yield file.on(number, f"“{match[0]}” is a price.", "Say where to ask for it instead.")


def rare_is_measured(file: AnswerFile) -> Iterator[Problem]:
    """“Rare” and “uncommon” stand with a number, or not at all."""
    for number, sentence in _sentences(file):
        match = _RARE.search(sentence)
        if match and not re.search(r"\d", sentence):
            yield file.on(
                number, f"“{match[0]}” without a number.",
                "Give the measured number with its source, or say that it is not known.",
            )  # fmt: skip


FRONT_MATTER_CHECKS: tuple[Check, ...] = (
    id_is_file_name,
    question_is_unique,
    has_no_braces,
    has_sources,
    sources_can_be_found,
    follow_ups_exist,
    review_is_not_due,
    review_is_within_a_year,
    review_is_honest,
    names_a_contact,
)
BODY_CHECKS: tuple[BodyCheck, ...] = (
    is_not_too_long,
    is_not_too_short,
    is_easy_to_read,
    has_no_html,
    links_are_safe,
    advises_no_dose_change,
    names_no_price,
    rare_is_measured,
)


def comparable(text: str) -> str:
    """Lower case, without punctuation: two texts with the same form say the same."""
    return " ".join(re.sub(r"[^\w\s]", "", text.casefold()).split())


def _sentences(file: AnswerFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.body.splitlines()):
        for sentence in _SENTENCE_END.split(line):
            yield number, sentence
