"""When a person is needed: red flags, how they are meant, advice. Knows nothing of Rasa."""

from bot.safety.advice import Advice, GuidedCheck
from bot.safety.model import LEVELS, Finding, Level, Screening
from bot.safety.redaction import Redacted, redact
from bot.safety.replies import ClinicContact, EscalationReply, Replies
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
