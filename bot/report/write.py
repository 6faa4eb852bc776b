"""Makes the report of a period and writes it to a file."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.engine import resources
from bot.engine.database import connect, database_url
from bot.report.activity import Activity, read_activity
from bot.report.groups import group_by_likeness
from bot.report.page import page
from bot.report.period import period
from bot.settings import Settings


def write_report(settings: Settings, since: str, out: Path) -> Activity:
    """Writes the report.

    Args:
        settings: which database to read.
        since: how far back (see `bot.report.period`).
        out: the HTML file; only its owner may read it.

    Returns:
        What the report is about.

    Raises:
        ValueError: `since` is no period.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read.
        OSError: the file cannot be written.
    """
    now = dt.datetime.now(ZoneInfo(resources.clinic().time_zone))
    span = period(since, now)
    engine = connect(database_url(settings))
    try:
        activity = read_activity(engine, span)
    finally:
        engine.dispose()
    asked = [turn.text for turn in activity.unanswered()]
    groups = group_by_likeness(asked, lambda texts: resources.encoder().encode(texts))
    questions = {
        faq_id: answer.question for faq_id, answer in resources.answers().published().items()
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        # The mode above is for a new file alone. A pipe or /dev/null is not ours to close.
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
        file.write(page(activity, groups, questions))
    return activity
