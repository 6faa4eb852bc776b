"""When the conversation may explain a message: short, pointing back, unclear alone.

"Is that common?" says nothing without the answer before it. The rule is narrow on
purpose: a wrong guess here looks like an answer to a question nobody asked.
"""

from __future__ import annotations

import re

LONGEST = 9  # words
_POINTS_BACK = re.compile(
    r"\b(?:that|it|this|those|these|them|they|one|same|so|either|then|too)\b"
    r"|^(?:and|but|what about|how about|what if|or|why|how (?:long|common|often|bad|come|much)"
    r"|for how long|when|is|are|does|do|should|can|will|even|also|with|for|in|on)\b",
    re.IGNORECASE,
)


def points_back(text: str) -> bool:
    """Whether the text is short and leans on what was said before."""
    words = text.split()
    return 0 < len(words) <= LONGEST and bool(_POINTS_BACK.search(text))


def in_context(text: str, topic_question: str) -> str:
    """The text as it reads right after an answer to `topic_question`."""
    return f"{topic_question} {text}"
