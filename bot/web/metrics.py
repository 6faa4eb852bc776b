"""What is counted for Prometheus. Every label has a closed list of values."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.engine.reading import CONFIRM, ESCALATE

OUTCOMES = (
    "answered", "suggested", "declined", "escalated_emergency", "escalated_same_day",
    "escalated_routine", "chitchat", "error",
)  # fmt: skip
HELPFUL = ("yes", "no")
# The statuses of `Refused`. What the guard (403) and the router (405) turn away is not counted.
REFUSALS = ("400", "401", "404", "408", "413", "415", "422", "429", "503")


class Metrics:
    """The server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "faqbot_messages", "Messages answered, by outcome.", ["outcome"], registry=self.registry
        )
        self.seconds = Histogram(
            "faqbot_reply_seconds",
            "Time from a message to its reply.",
            buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )
        self.sessions = Counter("faqbot_sessions", "Sessions started.", registry=self.registry)
        self.refused = Counter(
            "faqbot_refused_requests", "Requests refused, by status.", ["status"],
            registry=self.registry,
        )  # fmt: skip
        self.ratings = Counter(
            "faqbot_ratings", "Thumbs given to answers.", ["helpful"], registry=self.registry
        )
        self.redactions = Counter(
            "faqbot_redacted_messages", "Messages with masked personal data.",
            registry=self.registry,
        )  # fmt: skip
        self.ready = Gauge("faqbot_ready", "1 when the model is warm.", registry=self.registry)
        # All series are there from the start, so that a rate is right from the first event.
        for outcome in OUTCOMES:
            self.messages.labels(outcome)
        for helpful in HELPFUL:
            self.ratings.labels(helpful)
        for status in REFUSALS:
            self.refused.labels(status)


# What was not understood, or is not for this assistant.
MISSED = ("nlu_fallback", "out_of_scope")
# Of a reply to these a call to make is the point; beside others it is said once more.
ESCALATING = (*ESCALATE.values(), CONFIRM, "after_escalation")


def outcome_of(reading: dict[str, object], messages: list[dict[str, object]]) -> str:
    """The one outcome, of `OUTCOMES`, under which a turn is counted."""
    levels = {message.get("level") for message in messages if message["kind"] == "escalation"}
    intent = str(reading.get("intent", ""))
    if reading.get("standing") and intent not in ESCALATING:
        levels.clear()  # The call to make was counted when it was told first.
    for level in ("emergency", "same_day"):
        if level in levels:
            return f"escalated_{level}"
    kinds = {message["kind"] for message in messages}
    if "answer" in kinds:
        return "answered"
    if "routine" in levels:
        return "escalated_routine"
    if "suggestions" in kinds:
        return "suggested"
    if not reading:
        return "error"
    if intent in MISSED:
        return "declined"
    return "chitchat"
