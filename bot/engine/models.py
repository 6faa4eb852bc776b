"""The trained models: archives, what each was trained from, and which one is served."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from bot.settings import Settings

logger = logging.getLogger(__name__)

CURRENT = "current.json"


class ModelRecord(msgspec.Struct, frozen=True):
    """One archive and what it was trained from: a content hash of files and code.

    `misses` says what its own test found; a model with any is never served.
    """

    archive: str
    trained_at: str
    trained_from: str
    examples: int
    answers: int
    misses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The archive's name without its ending."""
        return self.archive.removesuffix(".tar.gz")


class Choice(msgspec.Struct, frozen=True):
    """The archive to serve, and a hash of the data at the time it was chosen."""

    archive: str
    data: str


class NoModel(Exception):
    """There is no usable model; the message says what to do."""


class ModelRefused(NoModel):
    """The model fails its own test; `misses` says where."""

    def __init__(self, name: str, misses: tuple[str, ...]) -> None:
        super().__init__(
            f"The model {name} is refused: {len(misses)} of its own questions or buttons do not "
            f"reach their answer. The model in use stays.\n" + "\n".join(f"  {m}" for m in misses)
        )
        self.misses = misses


def records(settings: Settings) -> list[ModelRecord]:
    """All archives that are still there, newest first."""
    found = []
    for path in settings.models.glob("*.json"):
        try:
            record = msgspec.json.decode(path.read_bytes(), type=ModelRecord)
        except (msgspec.DecodeError, OSError):
            continue  # current.json, or a file that is being replaced
        if (settings.models / record.archive).exists():
            found.append(record)
    return sorted(found, key=lambda record: (record.trained_at, record.archive), reverse=True)


def choice(settings: Settings) -> Choice | None:
    """What was chosen last; None before the first choice. Cheap enough to ask every second."""
    try:
        return msgspec.json.decode((settings.models / CURRENT).read_bytes(), type=Choice)
    except (msgspec.DecodeError, OSError):
        return None


def current(settings: Settings) -> ModelRecord | None:
    """The archive in use: the chosen one, else the newest that passes its own test."""
    good = [record for record in records(settings) if not record.misses]
    chosen = choice(settings)
    if chosen is not None:
        for record in good:
            if record.archive == chosen.archive:
                return record
    return good[0] if good else None


def current_archive(settings: Settings) -> Path:
    """The path of the archive in use.

    Raises:
        NoModel: none has been trained.
    """
    record = current(settings)
    if record is None:
        raise NoModel("There is no trained model yet. Run `make train`.")
    return settings.models / record.archive


def find(settings: Settings, name: str) -> ModelRecord:
    """The record of an archive, by its name with or without `.tar.gz`.

    Raises:
        NoModel: there is no such archive.
        ModelRefused: it failed its own test when it was trained.
    """
    for record in records(settings):
        if name in (record.archive, record.name):
            if record.misses:
                raise ModelRefused(record.name, record.misses)
            return record
    raise NoModel(f"There is no model {name} in {settings.models}. `faqbot models` lists them.")


def previous(settings: Settings) -> ModelRecord:
    """The newest good model that is older than the one in use.

    Raises:
        NoModel: there is none.
    """
    now = current(settings)
    known = records(settings)
    older = known[known.index(now) + 1 :] if now else []
    for record in older:
        if not record.misses:
            return record
    raise NoModel("There is no earlier model to go back to. `faqbot models` lists all.")


def choose(settings: Settings, record: ModelRecord, data: str) -> None:
    """Makes an archive the one in use, on running servers too.

    Args:
        settings: where the models are.
        record: the archive.
        data: the hash of the data now: the choice stands until the data changes.
    """
    chosen = Choice(record.archive, data)
    _write(settings.models / CURRENT, msgspec.json.encode(chosen))


def keep(settings: Settings, record: ModelRecord) -> None:
    """Writes the record of a new archive beside it."""
    _write(settings.models / f"{record.name}.json", msgspec.json.encode(record))


def prune(settings: Settings) -> list[str]:
    """Removes all but the newest good archives and the one in use; returns what was removed.

    The newest of all stays, too, to be looked into where it failed its own test.
    """
    known = records(settings)
    good = [record for record in known if not record.misses]
    kept = [*good[: settings.models_kept], *known[:1], current(settings)]
    removed = []
    for record in known:
        if record not in kept:
            for suffix in (".tar.gz", ".json"):
                (settings.models / f"{record.name}{suffix}").unlink(missing_ok=True)
            removed.append(record.archive)
    return removed


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
