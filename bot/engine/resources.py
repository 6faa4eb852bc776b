"""What every part of one process shares: one encoder, one screen, one set of answers.

Rasa creates its components itself, by name, so they fetch these here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from bot.knowledge import (
    Answer,
    AnswerStore,
    Clinic,
    LiveFile,
    OtherMedicines,
    read_clinic,
    read_examples,
    read_follow_ups,
    read_other_medicines,
)
from bot.safety import GuidedCheck, Replies, SafetyScreen
from bot.safety.examples import read_examples as read_detector_examples
from bot.settings import Settings, read_settings
from bot.understanding import (
    FollowUpExample,
    LastAnswer,
    SentenceEncoder,
    UpperLayers,
    english_words,
)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The checked settings. Raises `DataError` when one is wrong."""
    return read_settings()


@lru_cache(maxsize=1)
def encoder() -> SentenceEncoder:
    """The sentence encoder: 384 numbers a text, loaded once a process."""
    return SentenceEncoder(cache_folder=settings().project / ".cache" / "embeddings")


@lru_cache
def answers_in(folder: Path) -> AnswerStore:
    """The curated answers of a folder, read from disk when they are needed."""
    return AnswerStore(folder)


def answers() -> AnswerStore:
    """The curated answers of this project."""
    return answers_in(settings().data / "faq")


@lru_cache(maxsize=1)
def clinic_file() -> LiveFile[Clinic]:
    """data/clinic.yml, read again when it changes."""
    return LiveFile(settings().data / "clinic.yml", read_clinic)


def clinic() -> Clinic:
    """The clinic's details now. Raises `DataError` when data/clinic.yml was never right."""
    return clinic_file().get()


@lru_cache(maxsize=1)
def _other_medicines_file() -> LiveFile[OtherMedicines]:
    return LiveFile(settings().data / "other_medicines.yml", read_other_medicines)


def other_medicines() -> OtherMedicines:
    """Which medicines are not Dupixent, as data/other_medicines.yml says now."""
    return _other_medicines_file().get()


def last_answer(given: Answer) -> LastAnswer:
    """An answer as the understanding of the next message knows it."""
    return LastAnswer(given.id, given.follow_ups, partial(answers().of_one_group, given.id))


def follow_ups() -> list[tuple[FollowUpExample, LastAnswer]]:
    """The examples of data/follow_ups.yml after published answers, each with its answer."""
    published = answers().published()
    groups = {faq_id: answer.group for faq_id, answer in published.items()}
    last = {
        faq_id: LastAnswer(faq_id, given.follow_ups, partial(_in_group, groups, given.group))
        for faq_id, given in published.items()
    }
    examples = read_follow_ups(settings().data / "follow_ups.yml")
    return [
        (FollowUpExample(example.after, example.text, example.means), last[example.after])
        for example in examples
        if example.after in published
    ]


def _in_group(groups: Mapping[str, str], group: str, faq_id: str) -> bool:
    return groups.get(faq_id) == group


def calm_sentences() -> list[str]:
    """How people ask and talk when nothing is wrong; only the check's are reports of trouble."""
    examples = read_examples(settings().data / "nlu")
    return [example.text for example in examples if example.intent != "start_skin_check"]


@lru_cache(maxsize=1)
def screen() -> SafetyScreen:
    """The safety screen. Raises `DataError` when a rule file is wrong."""
    from bot.safety.similarity import TUNED_LAYERS, Similarity

    triage, used = settings().data / "triage", encoder()
    second = Similarity(
        read_detector_examples(triage),
        encode=used.encode_for_training,
        tuned=UpperLayers(TUNED_LAYERS, used).chances,
        calm=calm_sentences(),
        encode_message=used.encode,
        cache=(settings().project / ".cache" / "safety" / "nearest.joblib", used.name),
    )
    return SafetyScreen.load(triage, used.common_words() | english_words(), second)


@lru_cache(maxsize=1)
def replies() -> Replies:
    """The escalation texts. Raises `DataError` when data/triage/replies.yml is wrong."""
    return Replies.load(settings().data / "triage")


@lru_cache(maxsize=1)
def guided_check() -> GuidedCheck:
    """The guided check. Raises `DataError` when data/triage/advice.yml is wrong."""
    ordinary = encoder().common_words() | english_words()
    return GuidedCheck.load(settings().data / "triage", ordinary)
