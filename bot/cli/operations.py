"""Commands for those who run it: report, retention, kill switch, audit trail."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.common import Add, say
from bot.settings import Settings


def register(add: Add) -> None:
    """Adds these commands."""
    command = add("report", _report, "Write an HTML page: what was asked, what had no answer.")
    command.add_argument("--since", default="7d", help="36h, 7d, 4w or a date (7d)")
    command.add_argument("--out", type=Path, help="the file (report.html in FAQBOT_VAR)")
    command = add("purge", _purge, "Remove conversations older than the retention time.")
    command.add_argument("--days", type=float, help="another age than FAQBOT_RETENTION_DAYS")
    command = add("pause", _pause, "Switch the assistant off on all servers, at once.")
    command.add_argument("--reason", required=True, help="for the audit trail, not for patients")
    add("resume", _resume, "Switch the assistant on again.")
    command = add("audit", _audit, "Who changed settings, paused, resumed or purged, and when.")
    command.add_argument("--last", type=int, default=50, help="how many entries (50)")


def _report(settings: Settings, options: argparse.Namespace) -> int:
    import sqlalchemy.exc

    from bot.report import write_report

    out: Path = options.out or settings.var / "report.html"
    try:
        activity = write_report(settings, options.since, out)
    except ValueError as error:
        return say(str(error))
    except sqlalchemy.exc.SQLAlchemyError as error:
        return say(f"The database cannot be read ({type(error).__name__}).")
    except OSError as error:
        return say(f"{out} cannot be written: {error.strerror}.")
    print(f"Wrote {out}: {len(activity.turns)} messages, {activity.period}.")
    return 0


def _purge(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    days = settings.retention_days if options.days is None else options.days
    try:
        count = staff.purge(settings, days)
    except ValueError as error:
        return say(str(error))
    print(f"Removed {count} conversations that were silent for {days:g} days.")
    return 0


def _pause(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    if not options.reason.strip():
        return say('Say why, for those who read the audit trail: --reason "…".')
    place = staff.place(settings)
    staff.pause(settings, options.reason)
    print(f"Paused on all servers that use {place}.")
    print("Patients see the clinic's phone. `faqbot resume` ends it.")
    return 0


def _resume(settings: Settings, _: argparse.Namespace) -> int:
    from bot import staff

    print("Resumed." if staff.resume(settings) else "It was not paused.")
    return 0


def _audit(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    for entry in staff.audit(settings, options.last):
        print(entry)
    return 0
