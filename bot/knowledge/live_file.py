"""A file that editors change while the assistant runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from bot.problems import DataError

logger = logging.getLogger(__name__)

T = TypeVar("T")


class LiveFile(Generic[T]):
    """What a file says at this moment, or said when it was last sound.

    Thread-safe. The file is read again when its size, inode or modification time changes.

    Args:
        path: the file.
        read: reads it; raises `DataError` when it is wrong.
    """

    def __init__(self, path: Path, read: Callable[[Path], T]) -> None:
        self._path = path
        self._read = read
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._good: T | None = None

    def get(self) -> T:
        """Its content. Raises `DataError` when it has never been sound."""
        with self._lock:
            stamp = self._stamp_now()
            if self._good is None or stamp != self._stamp:
                self._good = self._read_again(self._good)
                self._stamp = stamp
            return self._good

    def _read_again(self, good: T | None) -> T:
        try:
            return self._read(self._path)
        except DataError as error:
            if good is None:
                raise
            logger.error("%s is broken (the last good version stays): %s", self._path.name, error)
            return good

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
