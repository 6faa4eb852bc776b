"""When a person is needed: red flags, how they are meant, advice. Knows nothing of Rasa."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.safety.advice import Advice, GuidedCheck
from bot.safety.model import LEVELS, Finding, Level, Screening
from bot.safety.redaction import Redacted, redact
from bot.safety.replies import ClinicContact, EscalationReply, Replies

if TYPE_CHECKING:
    from bot.safety.screen import SafetyScreen

__all__ = [
    "LEVELS",
    "Advice",
    "ClinicContact",
    "EscalationReply",
    "Finding",
    "GuidedCheck",
    "Level",
    "Redacted",
    "Replies",
    "SafetyScreen",
    "Screening",
    "redact",
]


def __getattr__(name: str) -> Any:
    """The screen brings spaCy: seconds and 80 MB that the action server has no use for."""
    if name == "SafetyScreen":
        from bot.safety.screen import SafetyScreen

        return SafetyScreen
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
