"""What patients asked and what they got: one self-contained HTML page for the staff."""

from bot.report.activity import Activity, Turn, read_activity
from bot.report.groups import Group, group_by_likeness
from bot.report.page import page
from bot.report.period import Period, period
from bot.report.write import write_report

__all__ = [
    "Activity",
    "Group",
    "Period",
    "Turn",
    "group_by_likeness",
    "page",
    "period",
    "read_activity",
    "write_report",
]
