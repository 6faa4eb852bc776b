"""Training: what a model depends on, and how one is made, tested and put to use."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import hashlib
import io
import logging
import os
from collections.abc import Iterator
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import joblib

from bot.engine import models, resources
from bot.engine.assistant import Assistant
from bot.engine.models import ModelRecord, ModelRefused, NoModel
from bot.engine.test_all import misses
from bot.knowledge import read_examples
from bot.settings import Settings

logger = logging.getLogger(__name__)


def trained_from(settings: Settings) -> str:
    """A hash of everything that a model depends on: contents, not file times or folders.

    A model belongs to the same data and code on another machine, too. The text of an answer
    is not in the hash: answers are read when they are sent.
    """
    digest = hashlib.sha256()
    for folder, path in _inputs(settings):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for name, question in sorted(_questions(settings).items()):
        digest.update(f"{name}={question}\0".encode())
    return digest.hexdigest()


def is_up_to_date(settings: Settings) -> bool:
    """Whether the model in use belongs to the data as it is now.

    It does if it was trained from it, or if somebody chose it since the data last changed.
    """
    record, chosen = models.current(settings), models.choice(settings)
    if record is None:
        return False
    now = trained_from(settings)
    stands = chosen is not None and chosen.archive == record.archive and chosen.data == now
    return stands or record.trained_from == now


def train(settings: Settings) -> ModelRecord:
    """Trains with Rasa, tests the new model on itself and makes it the one in use.

    Raises:
        NoModel: Rasa trained nothing; the message says why.
        ModelRefused: the new model fails its own test; the one in use stays.
    """
    with _nothing_collected():
        return _train(settings)


def _train(settings: Settings) -> ModelRecord:
    source = trained_from(settings)
    moment = dt.datetime.now(dt.UTC)
    archive = _train_with_rasa(settings, f"{moment:%Y%m%d-%H%M%S}-{source[:8]}")
    logger.info("Testing the model: every question and every button.")
    record = ModelRecord(
        archive=archive.name,
        trained_at=moment.isoformat(timespec="milliseconds"),
        trained_from=source,
        examples=len(read_examples(settings.data / "nlu")),
        answers=len(_questions(settings)),
        misses=own_test(Assistant(archive), joblib.cpu_count()),
    )
    models.keep(settings, record)
    if not record.misses:
        models.choose(settings, record, source)
    models.prune(settings)
    if record.misses:
        raise ModelRefused(record.name, record.misses)
    return record


def own_test(assistant: Assistant, processes: int = 1) -> tuple[str, ...]:
    """What a model gets wrong of its own questions and buttons (see `bot.engine.test_all`).

    Several `processes` share the work. They are forked, so ask for them only where no other
    thread is at work: not in a server.
    """
    if processes == 1:
        return tuple(asyncio.run(misses(assistant)))
    with get_context("fork").Pool(processes, _share, (assistant, processes)) as pool:
        found = pool.map(_misses_of_part, range(processes), chunksize=1)
    return tuple(chain.from_iterable(found))


_shared: tuple[Assistant, int]


def _share(assistant: Assistant, parts: int) -> None:
    global _shared
    _shared = assistant, parts


def _misses_of_part(part: int) -> list[str]:
    assistant, parts = _shared
    return asyncio.run(misses(assistant, part, parts))


def _train_with_rasa(settings: Settings, name: str) -> Path:
    project = settings.project
    with _quiet() as printed:
        from rasa.model_training import train as rasa_train

        result = rasa_train(
            domain=str(project / "domain.yml"),
            config=str(project / "config.yml"),
            training_files=[str(settings.data)],
            output=str(settings.models),
            fixed_model_name=name,
            # Rasa's own idea of what has changed knows nothing of the code in bot/.
            force_training=True,
        )
    if not result.model:
        raise NoModel(f"Training made no model. Rasa says: {printed.getvalue().strip()}")
    return Path(result.model)


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """No garbage collector: it would go through millions of objects that all stay, for seconds."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """Holds back Rasa's progress bars and colours; gives what it prints."""
    before = os.environ.get("LOG_LEVEL")
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa shows its bars at lower levels
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            yield printed
    finally:
        if before is None:
            del os.environ["LOG_LEVEL"]
        else:
            os.environ["LOG_LEVEL"] = before


def _inputs(settings: Settings) -> Iterator[tuple[Path, Path]]:
    """The files that a model depends on, each after the folder that its name counts from."""
    project = settings.project
    paths = [project / "config.yml", project / "domain.yml"]
    paths += sorted((settings.data / "nlu").glob("*.yml"))
    paths += sorted((settings.data / "rules").glob("*.yml"))
    paths.append(settings.data / "follow_ups.yml")
    yield from ((project, path) for path in paths)
    code = Path(__file__).resolve().parent.parent
    paths = [code / "engine" / "components.py", code / "engine" / "importer.py"]
    paths += sorted((code / "understanding").glob("*.py"))
    yield from ((code, path) for path in paths)


def _questions(settings: Settings) -> dict[str, str]:
    published = resources.answers_in(settings.data / "faq").published()
    return {faq_id: answer.question for faq_id, answer in published.items()}
