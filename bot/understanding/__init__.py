"""Text to meaning: spelling, sentence encoder, classifier. Knows nothing of Rasa."""

from bot.understanding.encoder import SentenceEncoder
from bot.understanding.english import english_words
from bot.understanding.followups import FollowUpExample, LastAnswer
from bot.understanding.text import comparable, normal
from bot.understanding.understanding import VERY_CLEAR, Example, Understanding
from bot.understanding.understood import (
    CAN_IT_WAIT,
    SUGGESTIONS,
    TOLD_FIRST,
    WHAT_SHOULD_I_DO,
    Understood,
)
from bot.understanding.upper_layers import UpperLayers

__all__ = [
    "CAN_IT_WAIT",
    "SUGGESTIONS",
    "TOLD_FIRST",
    "VERY_CLEAR",
    "WHAT_SHOULD_I_DO",
    "Example",
    "FollowUpExample",
    "LastAnswer",
    "SentenceEncoder",
    "Understanding",
    "Understood",
    "UpperLayers",
    "comparable",
    "english_words",
    "normal",
]
