"""How far back a report looks."""

from __future__ import annotations

import datetime as dt

import pytest
from turns_table import NOW, ZONE

from bot.report import period


@pytest.mark.parametrize(("since", "hours"), [("36h", 36), ("7d", 168), (" 4W ", 672), ("1 d", 24)])
def test_an_age_is_counted_back_from_now(since: str, hours: int) -> None:
    span = period(since, NOW)
    assert span.end == NOW
    assert span.start == NOW - dt.timedelta(hours=hours)


def test_a_date_begins_at_midnight_in_the_clinic() -> None:
    assert period("2026-11-20", NOW).start == dt.datetime(2026, 11, 20, tzinfo=ZONE)


def test_every_day_that_is_touched_belongs_to_the_period() -> None:
    days = period("2d", NOW).days
    assert days == [dt.date(2026, 11, day) for day in (22, 23, 24)]


@pytest.mark.parametrize("since", ["0001-01-01", "1999-12-31", "9999w", "999w"])
def test_what_is_longer_ago_than_anything_is_kept_begins_there(since: str) -> None:
    span = period(since, NOW)
    assert span.start == NOW - dt.timedelta(days=3650)
    assert len(span.days) == 3651


@pytest.mark.parametrize("since", ["", "soon", "7", "0d", "-7d", "2026-13-01", "2026-11-25", "7y"])
def test_anything_else_is_refused_with_what_to_write(since: str) -> None:
    with pytest.raises(ValueError, match="Write 36h, 7d, 4w"):
        period(since, NOW)
