"""How far back a report looks."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from bot.settings import RETENTION_DAYS

_AGE = re.compile(r"(\d{1,4})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
# Nothing is kept for longer.
_LONGEST = dt.timedelta(days=RETENTION_DAYS[1])


class Period(msgspec.Struct, frozen=True):
    """From `start` to `end`, both in the clinic's time zone."""

    start: dt.datetime
    end: dt.datetime

    @property
    def days(self) -> list[dt.date]:
        """Every calendar day that the period touches."""
        first, last = self.start.date(), self.end.date()
        return [first + dt.timedelta(n) for n in range((last - first).days + 1)]

    def __str__(self) -> str:
        form = "%B %-d, %Y, %H:%M"
        return f"{self.start.strftime(form)} – {self.end.strftime(form)}"


def period(since: str, now: dt.datetime) -> Period:
    """The period that `--since` means.

    Args:
        since: 36h, 7d or 4w, counted back from now, or a date: 2026-11-01. What is longer
            ago than anything can be kept begins there.
        now: this moment, in the clinic's time zone.

    Raises:
        ValueError: it is none of these; the message says what to write.
    """
    text = since.strip().lower()
    if match := _AGE.fullmatch(text):
        hours = int(match[1]) * _HOURS[match[2]]
        if hours:
            return Period(now - min(dt.timedelta(hours=hours), _LONGEST), now)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is not None and day <= now.date():
        start = dt.datetime.combine(day, dt.time(), now.tzinfo)
        return Period(max(start, now - _LONGEST), now)
    raise ValueError(f"`{since}` is no period. Write 36h, 7d, 4w or a past date: 2026-11-01.")
