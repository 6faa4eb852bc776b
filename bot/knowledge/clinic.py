"""The clinic: whom patients can reach, how, and when. Read from data/clinic.yml."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bot.problems import (
    DataError,
    KeyPath,
    Problem,
    line_of,
    load_yaml,
    read_text,
    relative,
    to_struct,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
# Three digits at least, as in 911.
_PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})\+?[0-9() .-]{3,20}")


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to call: an after-hours line, urgent care, eye care."""

    name: str
    phone: str


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day on which the clinic is closed."""

    date: dt.date
    name: str


class Clinic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The clinic as data/clinic.yml describes it.

    `hours` maps each weekday to spans such as "08:00-17:00" in the clinic's time zone;
    a weekday without spans is closed.
    """

    name: str
    phone: str
    time_zone: str
    hours: dict[str, tuple[str, ...]]
    after_hours: Place
    urgent_care: Place
    eye_care: Place
    emergency_number: str
    address: str
    portal: str
    demo: bool = False
    crisis_line: str = "988"
    poison_line: str = "1-800-222-1222"
    violence_line: str = "1-800-799-7233"
    holidays: tuple[Holiday, ...] = ()

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the clinic is open at `now` (an aware datetime)."""
        return any(start <= now < end for start, end in self._spans(self._local(now).date()))

    def next_change(self, now: dt.datetime) -> dt.datetime | None:
        """When it next closes (if open) or opens (if closed), in clinic time.

        None if it does not open within two weeks.
        """
        local = self._local(now)
        for offset in range(15):
            for start, end in self._spans(local.date() + dt.timedelta(days=offset)):
                if start <= now < end:
                    return end
                if start > now:
                    return start
        return None

    def holiday(self, now: dt.datetime) -> Holiday | None:
        """The holiday that `now` falls on, if any."""
        today = self._local(now).date()
        return next((holiday for holiday in self.holidays if holiday.date == today), None)

    def open_now_text(self, now: dt.datetime) -> str:
        """One sentence: open or closed, and until when."""
        change = self.next_change(now)
        if self.is_open(now):
            return f"The clinic is open now, until {_clock(change)}." if change else "Open now."
        holiday = self.holiday(now)
        why = f" for {holiday.name}" if holiday else ""
        if change is None:
            return f"The clinic is closed now{why}."
        days = (change.date() - self._local(now).date()).days
        day = {0: "today", 1: "tomorrow"}.get(days, f"on {change.strftime('%A, %B')} {change.day}")
        return f"The clinic is closed now{why}. It opens {day} at {_clock(change)}."

    def hours_text(self) -> str:
        """The opening hours as a Markdown list, one line a run of equal days."""
        runs: list[tuple[list[str], tuple[str, ...]]] = []
        for day in WEEKDAYS:
            spans = self.hours.get(day, ())
            if runs and runs[-1][1] == spans:
                runs[-1][0].append(day)
            else:
                runs.append(([day], spans))
        lines = []
        for days, spans in runs:
            first, last = days[0].title(), days[-1].title()
            label = first if first == last else f"{first} to {last}"
            text = " and ".join(_span_text(span) for span in spans) or "closed"
            lines.append(f"- {label}: {text}")
        return "\n".join(lines)

    def _local(self, now: dt.datetime) -> dt.datetime:
        return now.astimezone(ZoneInfo(self.time_zone))

    def _spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        if any(holiday.date == day for holiday in self.holidays):
            return []
        zone = ZoneInfo(self.time_zone)
        spans = []
        for text in self.hours.get(WEEKDAYS[day.weekday()], ()):
            start, end = (_time(day, part, zone) for part in text.split("-"))
            spans.append((start, end))
        return sorted(spans)


def read_clinic(path: Path) -> Clinic:
    """Reads data/clinic.yml.

    Raises:
        DataError: a value is missing or impossible; every reason is listed.
    """
    data = load_yaml(read_text(path), path)
    clinic = to_struct(data, Clinic, path)
    problems: list[Problem] = []

    def wrong(keys: KeyPath, message: str, fix: str) -> None:
        problems.append(Problem(relative(path), line_of(data, keys), message, fix))

    try:
        ZoneInfo(clinic.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        wrong(
            ("time_zone",),
            f"There is no time zone `{clinic.time_zone}`.",
            "Use a name such as America/New_York.",
        )
    for day, spans in clinic.hours.items():
        if day not in WEEKDAYS:
            wrong(("hours", day), f"`{day}` is no weekday.", f"Use: {', '.join(WEEKDAYS)}.")
        last_end = "00:00"
        for span in sorted(spans):
            start, _, end = span.partition("-")
            if not _HOURS.match(span) or start >= end or end > "24:00":
                wrong(("hours", day), f"`{span}` is no span of hours.", "Write 08:00-17:00.")
            elif start < last_end:
                wrong(("hours", day), f"`{span}` overlaps the one before.", "Join the spans.")
            last_end = end
    if not any(clinic.hours.values()):
        wrong(("hours",), "The clinic is never open.", "Give at least one day its hours.")
    phones: dict[KeyPath, str] = {
        ("phone",): clinic.phone,
        ("after_hours", "phone"): clinic.after_hours.phone,
        ("urgent_care", "phone"): clinic.urgent_care.phone,
        ("eye_care", "phone"): clinic.eye_care.phone,
        ("emergency_number",): clinic.emergency_number,
        ("crisis_line",): clinic.crisis_line,
        ("poison_line",): clinic.poison_line,
        ("violence_line",): clinic.violence_line,
    }
    for keys, phone in phones.items():
        if not _PHONE.fullmatch(phone):
            wrong(keys, f"`{phone}` is no phone number.", 'Write it in quotes: "555-010-0123".')
    if not clinic.portal.startswith("https://"):
        wrong(("portal",), "The portal is no https address.", "Write https://….")
    texts: dict[KeyPath, str] = {
        ("name",): clinic.name,
        ("address",): clinic.address,
        ("portal",): clinic.portal,
        ("after_hours", "name"): clinic.after_hours.name,
        ("urgent_care", "name"): clinic.urgent_care.name,
        ("eye_care", "name"): clinic.eye_care.name,
        **{("holidays", n, "name"): day.name for n, day in enumerate(clinic.holidays)},
    }
    for keys, text in texts.items():
        if not text.strip():
            wrong(keys, f"`{keys[-1]}` is empty.", "Fill it in.")
        if "{" in text or "}" in text:
            wrong(keys, f"`{keys[-1]}` holds a brace.", "Remove it: nothing is filled in here.")
    if problems:
        raise DataError(problems)
    return clinic


def _time(day: dt.date, text: str, zone: ZoneInfo) -> dt.datetime:
    hour, minute = (int(part) for part in text.split(":"))
    if hour == 24:
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), zone)
    return dt.datetime.combine(day, dt.time(hour, minute), zone)


def _clock(moment: dt.datetime | dt.time) -> str:
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {'AM' if moment.hour < 12 else 'PM'}"


def _span_text(span: str) -> str:
    start, end = span.split("-")

    def clock(text: str) -> str:
        hour, minute = (int(part) for part in text.split(":"))
        return _clock(dt.time(hour % 24, minute))

    return f"{clock(start)} to {clock(end)}"
