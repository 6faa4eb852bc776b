"""Everything that can be checked about answers and examples, for `faqbot check`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.answer_checks import BODY_CHECKS, FRONT_MATTER_CHECKS, AnswerFile, Library
from bot.knowledge.answers import Answer, read_answer
from bot.knowledge.example_checks import EXAMPLE_CHECKS, Examples
from bot.knowledge.examples import read_examples
from bot.problems import DataError, Problem, load_yaml, read_text


def check_knowledge(data: Path, today: dt.date | None = None) -> Iterator[Problem]:
    """Every problem in data/faq and data/nlu: a broken file does not hide the others.

    Args:
        data: the data folder.
        today: the day to judge reviews by; today if None.
    """
    files: list[AnswerFile] = []
    for path in sorted((data / "faq").glob("*.md")):
        try:
            text = read_text(path)
        except DataError as error:
            yield from error.problems
            continue
        answer: Answer | None = None
        try:
            answer = read_answer(path)
        except DataError as error:
            yield from error.problems
        files.append(AnswerFile(path, text, answer))
    questions = {file.id: file.answer.question if file.answer else file.id for file in files}
    library = Library(today or dt.datetime.now(dt.UTC).date(), questions)
    for file in files:
        if file.answer is not None:
            for check in FRONT_MATTER_CHECKS:
                yield from check(file, file.answer, library)
        if file.body:
            for body_check in BODY_CHECKS:
                yield from body_check(file)
    try:
        paths = {file.id: file.path for file in files}
        examples = Examples(read_examples(data / "nlu"), paths, _intents(data.parent))
    except DataError as error:
        yield from error.problems
        return
    for example_check in EXAMPLE_CHECKS:
        yield from example_check(examples)


def _intents(project: Path) -> frozenset[str] | None:
    """The intents that domain.yml names; None where there is no such file.

    Raises:
        DataError: the file is no YAML.
    """
    path = project / "domain.yml"
    if not path.exists():
        return None
    domain = load_yaml(read_text(path), path)
    named = domain.get("intents") if isinstance(domain, dict) else None
    return frozenset(
        name for item in named or () for name in ([item] if isinstance(item, str) else item)
    )
