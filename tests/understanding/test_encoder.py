from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.problems import DataError
from bot.understanding import SentenceEncoder
from bot.understanding.encoder import DIMENSIONS, _batches, _package_file


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["is it safe", "", "🙂"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_like_means_near(encoder: SentenceEncoder) -> None:
    safe, harmless, weather = encoder.encode(
        ["is the injection safe", "is the shot harmless", "will it rain tomorrow"]
    )
    assert safe @ harmless > safe @ weather + 0.2


def test_a_text_has_the_same_vector_alone_and_in_company(encoder: SentenceEncoder) -> None:
    fresh = SentenceEncoder()
    together = fresh.encode(["does it hurt", "a much longer text about storage in the fridge"])[0]
    assert np.allclose(SentenceEncoder().encode(["does it hurt"])[0], together, atol=1e-4)


def test_capitals_change_nothing(encoder: SentenceEncoder) -> None:
    lower, upper = encoder.encode(["is it safe", "IS IT SAFE"])
    assert np.array_equal(lower, upper)


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_training_vectors_come_back_from_disk(tmp_path: Path) -> None:
    first = SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"])
    assert list(tmp_path.iterdir())
    again = SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"])
    assert np.array_equal(first, again)


@pytest.mark.parametrize("end", [0, 3, 300, -30])
def test_a_broken_cache_is_made_anew(end: int, tmp_path: Path) -> None:
    SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"])
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:end])
    assert SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"]).any()
    assert path.read_bytes() == whole


def test_something_else_in_place_of_the_cache_is_replaced(tmp_path: Path) -> None:
    SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"])
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"not a cache")
    assert SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"]).any()


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file")
    encoder = SentenceEncoder(cache_folder=tmp_path / "cache")
    with caplog.at_level(logging.WARNING):
        assert encoder.encode_for_training(["is it safe"]).any()
    assert "could not be kept on disk" in caplog.text


def test_training_texts_are_encoded_on_the_cores_that_this_process_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pool(ThreadPoolExecutor):
        def __init__(self, threads: int) -> None:
            asked.append(threads)
            super().__init__(threads)

    asked: list[int] = []
    monkeypatch.setattr("bot.understanding.encoder.ThreadPoolExecutor", Pool)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    SentenceEncoder(cache_folder=tmp_path).encode_for_training(["is it safe"])
    assert asked == [1]


def test_what_patients_write_is_not_kept_on_disk(tmp_path: Path) -> None:
    SentenceEncoder(cache_folder=tmp_path).encode(["my name is Anna"])
    assert not list(tmp_path.iterdir())


def test_a_missing_model_file_is_explained() -> None:
    with pytest.raises(DataError, match="make train"):
        _package_file("bot", "*.onnx", "0" * 64)


def test_texts_of_like_length_go_together_and_none_is_lost() -> None:
    lengths = {"a" * length: length for length in (3, 4, 5, 60, 61, 200)}
    batches = list(_batches(lengths))
    assert sorted(text for batch in batches for text in batch) == sorted(lengths)
    assert all(len(batch[-1]) <= 1.1 * len(batch[0]) + 1 for batch in batches)
    assert len(batches) < len(lengths)
