"""Where one message holds several questions, and where it only looks like it."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_PARTS = 8
LONGEST_COORDINATED = 16  # words
_ASKS = (
    r"(?:do|does|did|can|could|is|are|am|was|will|would|should|shall|may|has|have|what|whats|what's"
    r"|how|hows|how's|where|wheres|when|whens|why|which|who|whose|any|whether|if (?:i|it|you|my))"
)
# A new sentence, or a joining word before what reads like a new question.
_BREAKS = re.compile(
    r"[?!;\n]+|\.(?=\s|$)"
    rf"|,?\s*\b(?:and|n|or|but|also|plus|then|oh)\b(?:\s+(?:and|also|then|another|second))*"
    rf"\s*,?\s+(?={_ASKS}\b)"
    r"|,?\s*\b(?:and also|also|plus|another question|one more thing|second question"
    r"|2nd question)\b[:,]?\s+"
    # "My mother, who is 84, has been offered it" is one sentence.
    rf"|,\s*(?!who|which|has|have)(?={_ASKS}\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    rf"^(?:(?:so|ok|okay|well|hi|hello|hey|please|um|and|but|also|plus|if so)[,\s]+)*{_ASKS}\b"
    # The question may follow a story without a stop: "it lay out all night can i use it".
    r"|\b(?:do|does|did|can|could|is|are|am|will|would|should|may|has|have)"
    r" (?:i|we|it|you|he|she|they|this|that|there|my|our|the)\b"
    r"|\b(?:how|what|where|when|why|which|whether|if (?:i|it|you|my)|tell me|want to know"
    r"|wondering|need to know|explain|safe to|ok to|okay to|allowed)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?P<left>.+?)\s*(?:\b(?:and|or|plus)\b|[&+/])\s*(?P<right>[^&+/]+?)[\s?.!]*", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"(?:i|we|you|he|she|they|it|this|that|there|my|our|his|her|not)\b|i'", re.IGNORECASE
)
_ENOUGH = re.compile(r"\w")
# Words of a greeting, an apology or a thank-you: a piece of nothing else asks and tells nothing.
_COURTESIES = frozenset(
    "hi hello hey hiya there good morning afternoon evening day dear all team doc doctor nurse "
    "thanks thank you thx please sorry to bother quick question ok okay so well um uh yes just "
    "curious wondering i was am pls".split()
)


def split(text: str) -> list[str]:
    """The pieces of a message that could each be a question, in order; no pleasantries."""
    pieces = [piece.strip(" ,.-") for piece in _BREAKS.split(text)]
    return [p for p in pieces if _ENOUGH.search(p) and not _courteous(p)][:MOST_PARTS]


def with_context(pieces: Sequence[str]) -> list[str]:
    """Each piece, a question together with the statement right before it."""
    before = ("", *pieces)
    return [
        f"{said} {piece}" if said and asks(piece) and not asks(said) else piece
        for said, piece in zip(before, pieces, strict=False)
    ]


def _courteous(text: str) -> bool:
    return _COURTESIES.issuperset(text.lower().replace(",", " ").split())


def asks(text: str) -> bool:
    """Whether a piece reads like a question or a request."""
    return bool(_QUESTION.search(text))


def coordinated(text: str) -> tuple[str, str] | None:
    """The two readings of "does it cause hair loss and weight gain", or None.

    The second takes over the beginning of the first: as many words are replaced as
    stand after the joining word, three at most. The first half must ask something
    ("wine and dupixent" is one topic), and the second must not be a clause of its own
    ("... and my dose is due").
    """
    match = _JOINED.fullmatch(text)
    if match is None or not asks(match["left"]) or _CLAUSE.match(match["right"]):
        return None
    left, right = match["left"].split(), match["right"].split()
    replaced = min(len(right), 3)
    if len(left) < 2 or not right or len(left) + len(right) > LONGEST_COORDINATED:
        return None
    return " ".join(left), " ".join((*left[: len(left) - replaced], *right))
