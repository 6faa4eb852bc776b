"""The answers, the clinic and the training examples: what staff edit, typed and checked."""

from bot.knowledge.answer_store import AnswerStore
from bot.knowledge.answers import NOT_REVIEWED, Answer, Source, read_answer
from bot.knowledge.clinic import Clinic, read_clinic
from bot.knowledge.examples import FAQ_PREFIX, TrainingExample, read_examples
from bot.knowledge.follow_up_examples import FollowUp, read_follow_ups
from bot.knowledge.live_file import LiveFile
from bot.knowledge.other_medicines import OtherMedicines, read_other_medicines

__all__ = [
    "FAQ_PREFIX",
    "NOT_REVIEWED",
    "Answer",
    "AnswerStore",
    "Clinic",
    "FollowUp",
    "LiveFile",
    "OtherMedicines",
    "Source",
    "TrainingExample",
    "read_answer",
    "read_clinic",
    "read_examples",
    "read_follow_ups",
    "read_other_medicines",
]
