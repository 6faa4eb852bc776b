"""A message, what was understood and found in it, and what the assistant settles on."""

from __future__ import annotations

from bot.engine import resources
from bot.engine.conversation import Context
from bot.engine.reading import Reading, final_reading
from bot.safety import Screening

ANSWER = Reading(intent="faq/storage", faq_id="storage", confidence=0.9)
FALLBACK = Reading(intent="nlu_fallback", suggested=("storage",))


class Screen:
    """Finds what it is told to find."""

    def __init__(self, **found: object) -> None:
        self._found = Screening(**found)  # type: ignore[arg-type]

    def read(self, text: str) -> Screening:
        return self._found


def settle(
    reading: Reading, text: str = "…", context: Context | None = None, **found: object
) -> Reading:
    return final_reading(
        text,
        reading,
        Screen(**found),  # type: ignore[arg-type]
        resources.guided_check(),
        resources.replies(),
        context or Context(),
    )
