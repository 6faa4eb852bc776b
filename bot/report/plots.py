"""The report's plots, as SVG that stands inside the page."""

from __future__ import annotations

import base64
import datetime as dt
import io
import itertools
from collections import Counter

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.report.activity import Activity

# The closed list of outcomes in the words and colours of the report. Colours: Okabe and
# Ito's, which people with any kind of colour vision can tell apart.
OUTCOMES = {
    "answered": ("Answered", "#0072B2"),
    "chitchat": ("Small talk", "#BBBBBB"),
    "suggested": ("Questions offered instead", "#E69F00"),
    "declined": ("No answer", "#8C6D00"),
    "escalated_routine": ("Asked to contact the clinic", "#56B4E9"),
    "escalated_same_day": ("Same-day advice", "#CC79A7"),
    "escalated_emergency": ("Emergency advice", "#D55E00"),
    "error": ("Error", "#000000"),
}
_LEAST_DAYS = 31
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STYLE = {
    "svg.fonttype": "path",
    "svg.hashsalt": "report",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.axisbelow": True,
}


def volume_plot(activity: Activity) -> str:
    """Messages of each day, by outcome: an image as a data URI.

    Of a period that began long before the first message, the days from then on.
    """
    days = _busy_days(activity.by_day())
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        axes = figure.add_subplot()
        places = range(len(days))
        floor = [0] * len(days)
        for outcome, (label, colour) in OUTCOMES.items():
            heights = [counted[outcome] for counted in days.values()]
            if any(heights):
                axes.bar(places, heights, 0.8, bottom=floor, label=label, color=colour)
                floor = [low + height for low, height in zip(floor, heights, strict=True)]
        step = max(1, -(-len(days) // 14))
        axes.set_xticks(
            list(places)[::step], [day.strftime("%b %-d") for day in list(days)[::step]]
        )
        axes.set_ylabel("Messages")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color="#e5e5e5")
        if any(floor):
            figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
        return _data_uri(figure)


def _busy_days(days: dict[dt.date, Counter[str]]) -> dict[dt.date, Counter[str]]:
    """The days from the first message on, but a month at least."""
    before = list(itertools.takewhile(lambda day: not days[day], days))
    skipped = max(0, min(len(before), len(days) - _LEAST_DAYS))
    return dict(itertools.islice(days.items(), skipped, None))


def hours_plot(activity: Activity) -> str:
    """Messages by weekday and hour, as an image in a data URI."""
    hours = activity.by_hour()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 2.6), layout="constrained")
        axes = figure.add_subplot()
        most = max(max(row) for row in hours) or 1
        image = axes.imshow(hours, cmap="Blues", aspect="auto", vmin=0, vmax=most)
        axes.set_yticks(range(7), WEEKDAYS)
        axes.set_xticks(range(0, 24, 2), [f"{hour}:00" for hour in range(0, 24, 2)])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        ticks = sorted({0, most // 2, most})
        figure.colorbar(image, ax=axes, label="Messages", ticks=ticks, pad=0.01)
        return _data_uri(figure)


def _data_uri(figure: Figure) -> str:
    image = io.BytesIO()
    figure.savefig(image, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(image.getvalue()).decode()
