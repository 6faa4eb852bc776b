"""Where one message holds several questions, and where it only looks like it."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_PARTS = 8
LONGEST_COORDINATED = 16  # words
LONGEST_IN_LIST = 4  # words
_LONGEST_CHARACTERS = 200  # of so many words; the expression below takes long over more
_ASKS = (
    r"(?:do|does|did|can|could|is|are|am|was|will|would|should|shall|may|has|have|what|whats|what's"
    r"|how|hows|how's|where|wheres|when|whens|why|which|who|whose|any|whether|if (?:i|it|you|my))"
)
# A new sentence, or a joining word before what reads like a new question.
_BREAKS = re.compile(
    r"[?!;\n]+|\.(?=\s|$)"
    r"|(?:^|\s)\(?[1-9]\)\s*"  # "1) can I drink 2) can I travel"
    rf"|(?:\s&|:)\s+(?={_ASKS}\b)"
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
# "Is it ok for my baby and my dad": a person, no clause of its own.
_WHOSE = frozenset(("my", "our", "his", "her"))
_SOMEBODY = re.compile(
    r"(?:my|our|his|her)\b(?!.*\b(?:is|are|was|were|has|have|had|do|does|did)\b)"
)
# How a message begins that says who, how long, where or how much; "I want to know" asks.
_DETAIL = re.compile(
    r"(?:(?:and|but|well|oh|so)\s+)?(?!i (?:do not|don'?t|want|need|would|mean|wonder)\b)"
    r"(?:\d|(?:i|we|he|she|they|it|my|our|his|her|their)(?:'?s|'?m|'?re|'?ve)?\b"
    r"|(?:no|not|since|for|about|around|mostly|mainly|only|just|both|on|in|under|yesterday|today"
    r"|last|this|every|once|twice|one|two|three|four|five|six|few|a|never|always|still|sometimes"
    r"|took|had|got|did|gave|been|started|starting|stopped|injected|missed|tried|work)\b)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|or|plus|also|any|even|with|without)\b", re.IGNORECASE)
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


def tells(text: str) -> bool:
    """Whether a message only adds a detail: "she is 7", "since March", "no fever"."""
    return bool(_DETAIL.match(text)) and not asks(text) and "?" not in text


def goes_on(text: str) -> bool:
    """Whether a message takes up the question before it: "and tylenol", "or at night"."""
    return bool(_GOES_ON.match(text))


def coordinated(text: str) -> tuple[str, ...]:
    """The readings of "does it cause rashes, hair loss and weight gain": one for each thing.

    All but the first take over its beginning. The first must ask something ("wine and
    dupixent" is one topic), and no other may be a clause of its own ("... and my dose is
    due"). Empty for other texts.
    """
    if len(text) > _LONGEST_CHARACTERS or len(text.split()) > LONGEST_COORDINATED + 1:
        return ()
    match = _JOINED.fullmatch(text)
    if match is None:
        return ()
    left, *middle = (part.strip() for part in match["left"].strip(" ,").split(","))
    things = (*middle, match["right"])
    first = left.split()
    if len(first) < 2 or not asks(left) or not all(map(_names_a_thing, things)):
        return ()
    if any(len(thing.split()) > LONGEST_IN_LIST for thing in middle):
        return ()
    return left, *(" ".join((*_shared(first, thing), thing)) for thing in things)


def _shared(first: Sequence[str], thing: str) -> Sequence[str]:
    """What another thing takes over: all before the words that it replaces.

    As many as it has, three at most; somebody replaces somebody ("for my son and my dad").
    """
    if not _SOMEBODY.match(thing):
        return first[: len(first) - min(len(thing.split()), 3)]
    somebody = [place for place, word in enumerate(first) if word.lower() in _WHOSE]
    return first[: somebody[-1] if somebody else len(first) - 1]


def _names_a_thing(text: str) -> bool:
    return bool(text) and (not _CLAUSE.match(text) or bool(_SOMEBODY.match(text)))
