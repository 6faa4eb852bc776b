"""One small reader, trained in a second, and the project's own reader from its archive."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from small_faq import QUESTIONS, all_examples, follow_ups

from bot.understanding import SentenceEncoder, Understanding, english_words


@pytest.fixture(scope="session")
def small(encoder: SentenceEncoder) -> Understanding:
    return Understanding.train(all_examples(), QUESTIONS, encoder, follow_ups())


@pytest.fixture(scope="session")
def trained(
    model: Path, encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Understanding:
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(model) as archive:
        for member in archive.getmembers():
            if Path(member.name).name in (
                "scorer.joblib",
                "understanding.json",
                "follow_ups.joblib",
            ):
                member.name = Path(member.name).name
                archive.extract(member, folder)
    return Understanding.load(folder, encoder)


@pytest.fixture(scope="session")
def encoder_words(encoder: SentenceEncoder) -> frozenset[str]:
    return encoder.common_words() | english_words()
