"""Answers are read when they are sent: an edit is live, a broken file takes nothing away."""

from __future__ import annotations

import logging
import os
import threading

import pytest
from knowledge_folder import Folder

from bot.knowledge import AnswerStore


@pytest.fixture
def store(folder: Folder) -> AnswerStore:
    return AnswerStore(folder.path / "faq")


def test_an_edit_is_live_at_the_next_read(folder: Folder, store: AnswerStore) -> None:
    before = store.get("storage")
    folder.replace(folder.storage, "away from light", "away from the sun")
    after = store.get("storage")
    assert before is not None
    assert after is not None
    assert "away from light" in before.body
    assert "away from the sun" in after.body


def test_an_edit_of_the_same_length_and_time_stamp_is_live_when_the_file_is_replaced(
    folder: Folder, store: AnswerStore
) -> None:
    store.get("storage")
    stat = folder.storage.stat()
    replacement = folder.storage.with_suffix(".new")
    replacement.write_text(folder.storage.read_text().replace("fridge", "cooler"))
    os.utime(replacement, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    replacement.replace(folder.storage)
    answer = store.get("storage")
    assert answer is not None
    assert "cooler" in answer.body


def test_a_new_answer_is_there_at_once(folder: Folder, store: AnswerStore) -> None:
    assert store.get("flying") is None
    text = folder.travel.read_text().replace("id: travel", "id: flying")
    (folder.path / "faq" / "flying.md").write_text(text)
    assert store.get("flying") is not None
    assert store.ids() == ["flying", "storage", "travel"]


@pytest.mark.parametrize("broken", ["status: live", "status: [", "id: other\nstatus: published"])
def test_a_broken_file_keeps_the_last_good_version_and_logs_why(
    folder: Folder, store: AnswerStore, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    good = store.get("storage")
    folder.replace(folder.storage, "status: published", broken)
    with caplog.at_level(logging.ERROR):
        assert store.get("storage") == good
        assert store.get("storage") == good
    (record,) = caplog.records  # once, not at every message
    assert "storage" in record.getMessage()
    assert "the last good version stays" in record.getMessage()
    assert record.exc_info is None
    assert "Traceback" not in caplog.text


def test_the_log_names_file_line_and_fix(
    folder: Folder, store: AnswerStore, caplog: pytest.LogCaptureFixture
) -> None:
    folder.replace(folder.storage, "status: published", "status: live")
    assert store.get("storage") is None
    assert "storage.md:5: error: `status`: 'live' is none of what may stand here." in caplog.text
    assert "Fix:" in caplog.text


def test_a_mended_file_is_used_again(folder: Folder, store: AnswerStore) -> None:
    store.get("storage")
    folder.replace(folder.storage, "status: published", "status: live")
    store.get("storage")
    folder.replace(folder.storage, "status: live", "status: published")
    folder.replace(folder.storage, "away from light", "in the dark")
    answer = store.get("storage")
    assert answer is not None
    assert "in the dark" in answer.body


def test_a_draft_is_never_given_out(folder: Folder, store: AnswerStore) -> None:
    assert store.get("storage") is not None
    folder.replace(folder.storage, "status: published", "status: draft")
    assert store.get("storage") is None
    assert store.ids() == ["travel"]
    assert set(store.published()) == {"travel"}


def test_answers_of_one_group_are_told_from_others(folder: Folder, store: AnswerStore) -> None:
    assert store.of_one_group("storage", "travel")
    assert not store.of_one_group("storage", "no_such_answer")
    folder.replace(folder.storage, "group: dosing", "group: living")
    assert not store.of_one_group("storage", "travel")


def test_a_removed_answer_is_gone(folder: Folder, store: AnswerStore) -> None:
    store.get("storage")
    folder.storage.unlink()
    assert store.get("storage") is None


@pytest.mark.parametrize("name", ["", ".", "../clinic", "a/b", "a\\b", "nul\0", "x" * 5000])
def test_a_name_that_is_no_id_finds_nothing(store: AnswerStore, name: str) -> None:
    assert store.get(name) is None


def test_many_threads_read_while_the_file_changes(folder: Folder, store: AnswerStore) -> None:
    failures: list[object] = []
    stop = threading.Event()
    assert store.get("storage")  # a good version to keep while a new one is half written

    def read() -> None:
        while not stop.is_set():
            if store.get("storage") is None:
                failures.append("no answer")

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(30):
        folder.storage.write_text(
            folder.storage.read_text().split("\nNumber")[0] + f"\nNumber {number}.\n"
        )
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
