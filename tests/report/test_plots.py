"""The report's plots."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from turns_table import NOW

from bot.report import Activity, Turn, period
from bot.report.plots import volume_plot


def bars(since: str, *days_ago: int) -> int:
    """How many bars, empty ones too, stand in the plot of turns of one outcome."""
    turns = tuple(
        Turn(conversation="one", at=NOW - dt.timedelta(days=days), text="a", outcome="answered")
        for days in days_ago
    )
    uri = volume_plot(Activity(period(since, NOW), turns))
    svg = base64.b64decode(uri.partition(",")[2]).decode()
    # The plot's own patches: two backgrounds, two axes; and the legend's box and key.
    return svg.count('<g id="patch_') - 5


@pytest.mark.parametrize(
    ("since", "days_ago", "shown"),
    [
        ("7d", [0], 8),  # all days of a short period
        ("30d", [0], 31),
        ("0001-01-01", [0], 31),
        ("0001-01-01", [3, 99], 100),  # from the first message on
        ("100d", [100], 101),
    ],
)
def test_days_long_before_the_first_message_are_left_out(
    since: str, days_ago: list[int], shown: int
) -> None:
    assert bars(since, *days_ago) == shown


def test_a_period_without_messages_has_a_plot() -> None:
    assert volume_plot(Activity(period("0001-01-01", NOW), ())).startswith("data:image/svg+xml")
