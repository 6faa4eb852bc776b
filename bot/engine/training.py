"""Training and the model archives: what each was trained from, and which one is current."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.settings import Settings

logger = logging.getLogger(__name__)

CURRENT = "current.json"


class ModelRecord(msgspec.Struct, frozen=True):
    """One archive and what it was trained from: a content hash of files and code."""

    archive: str
    trained_at: str
    trained_from: str
    examples: int
    answers: int


class NoModel(Exception):
    """There is no usable model; the message says what to do."""


def trained_from(settings: Settings) -> str:
    """A hash of everything that a model depends on: contents, not file times.

    The text of an answer is not in it: answers are read when they are sent.
    """
    digest = hashlib.sha256()
    for path in _inputs(settings):
        digest.update(path.as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for name, question in sorted(_questions(settings).items()):
        digest.update(f"{name}={question}\0".encode())
    return digest.hexdigest()


def records(settings: Settings) -> list[ModelRecord]:
    """All archives that are still there, newest first."""
    found = []
    for path in settings.models.glob("*.json"):
        if path.name == CURRENT:
            continue
        try:
            record = msgspec.json.decode(path.read_bytes(), type=ModelRecord)
        except (msgspec.DecodeError, OSError):
            continue
        if (settings.models / record.archive).exists():
            found.append(record)
    return sorted(found, key=lambda record: record.trained_at, reverse=True)


def current(settings: Settings) -> ModelRecord | None:
    """The archive in use: the chosen one, else the newest."""
    known = records(settings)
    try:
        chosen = msgspec.json.decode((settings.models / CURRENT).read_bytes(), type=str)
    except (msgspec.DecodeError, OSError):
        chosen = ""
    return next((r for r in known if r.archive == chosen), known[0] if known else None)


def choose(settings: Settings, archive: str) -> ModelRecord:
    """Makes an archive the one in use.

    Raises:
        NoModel: there is no such archive.
    """
    for record in records(settings):
        if record.archive in (archive, f"{archive}.tar.gz"):
            _write(settings.models / CURRENT, msgspec.json.encode(record.archive))
            return record
    raise NoModel(f"There is no model {archive} in {settings.models}. `faqbot models` lists them.")


def current_archive(settings: Settings) -> Path:
    """The path of the archive in use.

    Raises:
        NoModel: none has been trained.
    """
    record = current(settings)
    if record is None:
        raise NoModel("There is no trained model yet. Run `make train`.")
    return settings.models / record.archive


def is_up_to_date(settings: Settings) -> bool:
    """Whether the archive in use was trained from what is there now."""
    record = current(settings)
    return record is not None and record.trained_from == trained_from(settings)


def train(settings: Settings) -> ModelRecord:
    """Trains with Rasa and makes the new archive the one in use.

    Raises:
        NoModel: Rasa trained nothing; its log says why.
    """
    from rasa.model_training import train as rasa_train

    from bot.knowledge import read_examples

    source = trained_from(settings)
    moment = dt.datetime.now(dt.UTC)
    name = f"{moment:%Y%m%d-%H%M%S}-{source[:8]}"
    project = settings.project
    result = rasa_train(
        domain=str(project / "domain.yml"),
        config=str(project / "config.yml"),
        training_files=[str(settings.data)],
        output=str(settings.models),
        fixed_model_name=name,
        force_training=False,
    )
    if not result.model:
        raise NoModel("Training made no model. The lines above say why.")
    record = ModelRecord(
        archive=Path(result.model).name,
        trained_at=moment.isoformat(timespec="seconds"),
        trained_from=source,
        examples=len(read_examples(settings.data / "nlu")),
        answers=len(_questions(settings)),
    )
    _write(settings.models / f"{name}.json", msgspec.json.encode(record))
    _write(settings.models / CURRENT, msgspec.json.encode(record.archive))
    return record


def _inputs(settings: Settings) -> Iterator[Path]:
    project = settings.project
    yield project / "config.yml"
    yield project / "domain.yml"
    yield from sorted((settings.data / "nlu").glob("*.yml"))
    yield from sorted((settings.data / "rules").glob("*.yml"))
    code = Path(__file__).resolve().parent.parent
    yield from sorted((code / "understanding").glob("*.py"))
    yield code / "engine" / "components.py"
    yield code / "engine" / "importer.py"


def _questions(settings: Settings) -> dict[str, str]:
    from bot.knowledge import AnswerStore

    published = AnswerStore(settings.data / "faq").published()
    return {faq_id: answer.question for faq_id, answer in published.items()}


def _write(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
