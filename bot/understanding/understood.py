"""What a message means: the result of reading it, and the intents that are treated apart."""

from __future__ import annotations

import msgspec

from bot.understanding.classifier import OUT_OF_SCOPE

FALLBACK = "nlu_fallback"
# "What do I do?" names no subject: after an answer it is about that answer.
WHAT_SHOULD_I_DO = "what_should_i_do"
# Asks about the call to make rather than about an answer.
CAN_IT_WAIT = "can_it_wait"
# "Had my shot an hour ago": says something of oneself, and asks nothing.
TOLD_FIRST = "told_first"
# "So yes or no?": asks for the gist of the answer just given.
IN_SHORT = "in_short"
SUGGESTIONS = 3


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a message means, with what else it could mean and why it was decided so.

    `again` says that it asks more of the answer just given, which has no more.
    """

    intent: str
    faq_id: str | None = None
    also: tuple[str, ...] = ()
    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    suggested: tuple[str, ...] = ()
    repaired: str = ""
    reasons: tuple[str, ...] = ()
    again: bool = False

    @property
    def faq_ids(self) -> tuple[str, ...]:
        """The answers that it asks for, in order."""
        return (self.faq_id, *self.also) if self.faq_id else ()

    def declined(self, reason: str) -> Understood:
        """The same message, for sure without an answer; what it could mean is suggested."""
        return msgspec.structs.replace(
            self,
            intent=OUT_OF_SCOPE,
            confidence=1.0,
            faq_id=None,
            also=(),
            suggested=tuple(faq_id for faq_id, _ in self.alternatives[:SUGGESTIONS]),
            reasons=(*self.reasons, reason),
            again=False,
        )
