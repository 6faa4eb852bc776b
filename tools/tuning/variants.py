"""Other ways to type a message: what surrounds it, and slips of the finger.

None of it changes how urgent a message is. The second detector learns one such variant
beside each of its messages (data augmentation: Wei and Zou 2019, "EDA", arXiv:1901.11196),
so that "is that normal?" after an emergency, or a missing letter in it, weighs nothing.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

# Shares of messages with something put after or before them, and with slips.
_ENDED = 0.4
_OPENED = 0.25
_WITH_SLIPS = 0.45
_WORDS_A_SLIP = 6
_SHORTEST = 4  # letters of a word that slips


def variants(texts: Sequence[str], openings: Sequence[str], endings: Sequence[str]) -> list[str]:
    """One variant of each text, the same ones each time.

    Args:
        texts: messages.
        openings: what people put before a message: a greeting, an excuse.
        endings: what they put after it: "what should i do".
    """
    chance = random.Random(0)
    return [_variant(text, openings, endings, chance) for text in texts]


def _variant(
    text: str, openings: Sequence[str], endings: Sequence[str], chance: random.Random
) -> str:
    turn = chance.random()
    if turn < _ENDED:
        joint = chance.choice((". ", ", ", " ", "... "))
        text = text.rstrip(" ?.!") + joint + chance.choice(endings)
    elif turn < _ENDED + _OPENED:
        text = f"{chance.choice(openings)} {text}"
    if turn < 1 - _WITH_SLIPS:
        return text
    words = text.split()
    for place in chance.sample(range(len(words)), -(-len(words) // _WORDS_A_SLIP)):
        words[place] = _slip(words[place], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    """The word with a letter lost, two letters swapped, one doubled or its last one gone."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at:],
            word[:-1],
        )
    )
