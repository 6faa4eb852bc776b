"""The answers as they are on disk at this moment.

An editor saves a file and the next reply uses it: nothing is trained or restarted.
A file that is broken at that moment does not take an answer away: the last good
version stays until the file is mended.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from bot.knowledge.answers import Answer, read_answer
from bot.problems import DataError

logger = logging.getLogger(__name__)

_Stamp = tuple[int, int, int]


class AnswerStore:
    """Reads `data/faq/<id>.md` on demand and keeps the last good version of each.

    Thread-safe. A file is read again when its size, inode or modification time changes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._good: dict[str, Answer] = {}
        self._stamps: dict[str, _Stamp] = {}

    def get(self, faq_id: str) -> Answer | None:
        """The published answer with this id, or None (no such answer, or a draft)."""
        answer = self._current(faq_id)
        return answer if answer is not None and answer.status == "published" else None

    def ids(self) -> list[str]:
        """The ids of all published answers, sorted."""
        files = sorted(self._folder.glob("*.md"))
        return [path.stem for path in files if self.get(path.stem) is not None]

    def published(self) -> dict[str, Answer]:
        """All published answers by id."""
        return {faq_id: answer for faq_id in self.ids() if (answer := self.get(faq_id))}

    def of_one_group(self, one: str, other: str) -> bool:
        """Whether both are published answers of the same group."""
        first, second = self.get(one), self.get(other)
        return first is not None and second is not None and first.group == second.group

    def _current(self, faq_id: str) -> Answer | None:
        if not faq_id or "/" in faq_id or "\\" in faq_id or faq_id.startswith("."):
            return None
        path = self._folder / f"{faq_id}.md"
        try:
            stat = path.stat()
        except (OSError, ValueError):
            with self._lock:
                if faq_id in self._good:
                    logger.warning("The answer %s was removed from disk.", faq_id)
                self._good.pop(faq_id, None)
                self._stamps.pop(faq_id, None)
            return None
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        with self._lock:
            if self._stamps.get(faq_id) != stamp:
                self._stamps[faq_id] = stamp
                try:
                    answer = read_answer(path)
                    if answer.id != faq_id:
                        raise ValueError(f"its id is {answer.id!r}, not the file's name")
                    self._good[faq_id] = answer
                except (DataError, ValueError) as error:
                    kept = "the last good version stays" if faq_id in self._good else "no answer"
                    logger.error("The answer %s is broken (%s): %s", faq_id, kept, error)
            return self._good.get(faq_id)
