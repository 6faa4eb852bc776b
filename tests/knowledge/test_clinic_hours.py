"""“Are you open now?” is worked out in the clinic's time zone, whatever the server's is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot.knowledge import Clinic
from bot.knowledge.clinic import Holiday, Place

NEW_YORK = ZoneInfo("America/New_York")
PLACE = Place("Somewhere", "202-555-0100")
CLINIC = Clinic(
    name="Clinic",
    phone="202-555-0100",
    time_zone="America/New_York",
    hours={
        "monday": ("08:00-17:00",),
        "tuesday": ("08:00-12:00", "13:00-17:00"),
        "wednesday": ("08:00-17:00",),
        "friday": ("08:00-24:00",),
        "saturday": ("00:00-02:00",),
        "sunday": ("01:00-04:00",),
    },
    holidays=(Holiday(dt.date(2026, 12, 25), "Christmas Day"),),
    after_hours=PLACE,
    urgent_care=PLACE,
    eye_care=PLACE,
    emergency_number="911",
    address="1 Street",
    portal="https://portal.example.org",
)


def new_york(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T16:59:59", True),
        ("2026-11-23T17:00:00", False),
        ("2026-11-24T12:30:00", False),  # lunch
        ("2026-11-24T13:00:00", True),
        ("2026-11-26T10:00:00", False),  # a Thursday: not in the list
        ("2026-11-27T23:59:59", True),  # open until midnight …
        ("2026-11-28T00:00:00", True),  # … and on through the night
        ("2026-11-28T02:00:00", False),
        ("2026-12-25T10:00:00", False),  # a Friday, but a holiday
    ],
)
def test_open_at(moment: str, open_: bool) -> None:
    assert CLINIC.is_open(new_york(moment)) is open_


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Honolulu", "America/New_York"])
def test_the_visitors_and_servers_time_zones_do_not_matter(zone: str) -> None:
    moment = new_york("2026-11-23T08:00:00").astimezone(ZoneInfo(zone))
    assert CLINIC.is_open(moment)
    assert not CLINIC.is_open(moment - dt.timedelta(seconds=1))
    assert CLINIC.open_now_text(moment) == "The clinic is open now, until 5 PM."


def test_summer_and_winter_time_open_at_eight_on_the_clock() -> None:
    winter = dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC)
    summer = dt.datetime(2026, 7, 20, 12, 0, tzinfo=dt.UTC)
    for opening in (winter, summer):
        assert CLINIC.is_open(opening)
        assert not CLINIC.is_open(opening - dt.timedelta(minutes=1))


def test_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    opening = dt.datetime(2027, 3, 14, 6, 0, tzinfo=dt.UTC)  # 1 AM, before the change
    assert CLINIC.is_open(opening)
    assert CLINIC.is_open(opening + dt.timedelta(minutes=119))  # 3:59 AM in summer time
    assert not CLINIC.is_open(opening + dt.timedelta(hours=2))


def test_the_night_the_clocks_go_back_is_an_hour_longer() -> None:
    opening = dt.datetime(2026, 11, 1, 5, 0, tzinfo=dt.UTC)  # 1 AM, the first time
    assert CLINIC.is_open(opening)
    assert CLINIC.is_open(opening + dt.timedelta(hours=1))  # 1 AM again
    assert CLINIC.is_open(opening + dt.timedelta(minutes=239))
    assert not CLINIC.is_open(opening + dt.timedelta(hours=4))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-23T06:00", "The clinic is closed now. It opens today at 8 AM."),
        ("2026-11-23T18:00", "The clinic is closed now. It opens tomorrow at 8 AM."),
        ("2026-11-24T12:15", "The clinic is closed now. It opens today at 1 PM."),
        ("2026-11-25T18:00", "The clinic is closed now. It opens on Friday, November 27 at 8 AM."),
        ("2026-11-27T22:00", "The clinic is open now, until 12 AM."),
        (
            "2026-12-25T10:00",
            "The clinic is closed now for Christmas Day. It opens tomorrow at 12 AM.",
        ),
    ],
)
def test_what_it_says(moment: str, text: str) -> None:
    assert CLINIC.open_now_text(new_york(moment)) == text


def test_a_clinic_that_opens_in_a_month_names_no_day() -> None:
    holidays = tuple(
        Holiday(dt.date(2026, 12, 1) + dt.timedelta(days=day), "Winter break") for day in range(31)
    )
    clinic = msgspec.structs.replace(CLINIC, holidays=holidays)
    moment = new_york("2026-12-02T10:00")
    assert clinic.next_change(moment) is None
    assert clinic.open_now_text(moment) == "The clinic is closed now for Winter break."


def test_hours_as_a_list_joins_equal_days() -> None:
    clinic = msgspec.structs.replace(
        CLINIC, hours=dict.fromkeys(("monday", "tuesday", "wednesday"), ("08:00-17:00",))
    )
    assert clinic.hours_text() == (
        "- Monday to Wednesday: 8 AM to 5 PM\n- Thursday to Sunday: closed"
    )
