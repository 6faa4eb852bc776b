"""What a model depends on, when it is trained again, and when it is refused."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest

from bot.engine import models, training
from bot.engine.assistant import Assistant
from bot.engine.models import ModelRecord, ModelRefused
from bot.settings import Settings, read_settings

EXAMPLES = """version: "3.1"
nlu:
- intent: faq/storage
  examples: |
    - where do i keep the pens
"""
ANSWER = """---
id: storage
question: How do I store it?
group: dosing
status: published
sources:
  - {title: Label, publisher: Maker, url: "https://label.example", accessed: 2026-11-24}
reviewed_on: null
reviewed_by: not yet reviewed by a clinician
review_by: 2027-05-24
contact_level: none
follow_ups: []
---
In the fridge.
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    files = {
        "config.yml": "recipe: default.v1\n",
        "domain.yml": "version: '3.1'\n",
        "data/nlu/faq.yml": EXAMPLES,
        "data/rules/rules.yml": "version: '3.1'\n",
        "data/follow_ups.yml": "storage: {none: [hm]}\n",
        "data/faq/storage.md": ANSWER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return read_settings({"FAQBOT_PROJECT": str(tmp_path)})


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("config.yml", "default.v1", "graph.v1"),
        ("domain.yml", "3.1", "3.0"),
        ("data/nlu/faq.yml", "pens", "syringes"),
        ("data/rules/rules.yml", "3.1", "3.0"),
        ("data/follow_ups.yml", "hm", "well"),
        ("data/faq/storage.md", "How do I store it?", "Where do I store it?"),
    ],
)
def test_a_model_depends_on_this(settings: Settings, name: str, old: str, new: str) -> None:
    before = training.trained_from(settings)
    path = settings.project / name
    path.write_text(path.read_text().replace(old, new))
    assert training.trained_from(settings) != before


def test_the_text_of_an_answer_needs_no_training(settings: Settings) -> None:
    before = training.trained_from(settings)
    path = settings.data / "faq" / "storage.md"
    path.write_text(path.read_text().replace("In the fridge.", "In the fridge, not the freezer."))
    assert training.trained_from(settings) == before


def test_file_times_do_not_matter(settings: Settings) -> None:
    before = training.trained_from(settings)
    os.utime(settings.data / "nlu" / "faq.yml", (1, 1))
    assert training.trained_from(settings) == before


def test_a_project_that_has_moved_needs_no_training(settings: Settings, tmp_path: Path) -> None:
    moved = shutil.copytree(settings.project, tmp_path / "elsewhere")
    there = read_settings({"FAQBOT_PROJECT": str(moved)})
    assert training.trained_from(there) == training.trained_from(settings)


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code as it is installed on another machine."""
    folder = tmp_path / "site-packages" / "bot"
    shutil.copytree(Path(training.__file__).parents[1], folder)
    monkeypatch.setattr(training, "__file__", str(folder / "engine" / "training.py"))
    return folder


def test_code_in_another_folder_needs_no_training(
    settings: Settings, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = training.trained_from(settings)
    monkeypatch.undo()
    assert training.trained_from(settings) == there


@pytest.mark.parametrize("name", ["understanding/classifier.py", "engine/components.py"])
def test_a_model_depends_on_this_code(settings: Settings, code: Path, name: str) -> None:
    before = training.trained_from(settings)
    (code / name).write_text((code / name).read_text() + "# changed\n")
    assert training.trained_from(settings) != before


def test_training_is_due_without_a_model(settings: Settings) -> None:
    assert not training.is_up_to_date(settings)


def test_training_is_due_when_the_data_has_changed(
    trained: ModelRecord, settings: Settings
) -> None:
    assert training.is_up_to_date(settings)
    change_examples(settings)
    assert not training.is_up_to_date(settings)


def test_going_back_stands_until_the_data_changes(trained: ModelRecord, settings: Settings) -> None:
    change_examples(settings)
    assert not training.is_up_to_date(settings)
    models.choose(settings, trained, training.trained_from(settings))
    assert training.is_up_to_date(settings)
    change_examples(settings)
    assert not training.is_up_to_date(settings)


def test_a_trained_model_is_put_to_use(trained: ModelRecord, settings: Settings) -> None:
    assert models.current(settings) == trained
    assert trained.trained_from == training.trained_from(settings)
    assert (trained.examples, trained.answers) == (1, 1)


def test_a_model_that_fails_its_own_test_is_refused(
    trained: ModelRecord, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_examples(settings)
    monkeypatch.setattr(training, "own_test", lambda *_: ("storage: “How?” reaches no answer",))
    with pytest.raises(ModelRefused, match="storage: “How\\?” reaches no answer"):
        training.train(settings)
    assert models.current(settings) == trained
    assert [bool(record.misses) for record in models.records(settings)] == [True, False]


def test_the_model_in_the_project_passes_its_own_test(assistant: Assistant) -> None:
    assert training.own_test(assistant) == ()


def test_processes_that_share_the_test_find_the_same(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(_: Assistant, part: int, parts: int) -> list[str]:
        return [f"{part} of {parts}"]

    monkeypatch.setattr(training, "misses", asked)
    assert training.own_test(assistant, 2) == ("0 of 2", "1 of 2")


def test_a_new_model_is_tested_on_the_cores_that_this_process_may_use(
    trained: ModelRecord, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(_: Assistant, processes: int) -> tuple[str, ...]:
        asked_of.append(processes)
        return ()

    asked_of: list[int] = []
    monkeypatch.setattr(training, "own_test", asked)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    training.train(settings)
    assert asked_of == [1]


def test_the_collector_works_again_after_a_training(trained: ModelRecord) -> None:
    assert gc.isenabled()


def test_a_model_is_tested_on_what_it_was_trained_with(assistant: Assistant) -> None:
    """An answer that is newer than the model is no reason to refuse going back to it."""
    assert assistant.knows("storage", "How do I store Dupixent?")
    assert not assistant.knows("storage", "A question worded anew?")
    assert not assistant.knows("a_new_answer", "How do I store Dupixent?")


def test_progress_bars_and_prints_of_rasa_are_held_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with training._quiet() as printed:
        print("Rasa's colours")
        assert os.environ["LOG_LEVEL"] == "ERROR"
    assert capsys.readouterr().out == ""
    assert printed.getvalue() == "Rasa's colours\n"
    assert "LOG_LEVEL" not in os.environ


@pytest.fixture
def trained(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> ModelRecord:
    """A model as training leaves it, but for Rasa's part and its half minute."""

    def archive(of: Settings, name: str) -> Path:
        path = of.models / f"{name}.tar.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"weights")
        return path

    monkeypatch.setattr(training, "_train_with_rasa", archive)
    monkeypatch.setattr(training, "Assistant", lambda path: path)
    monkeypatch.setattr(training, "own_test", lambda *_: ())
    return training.train(settings)


def change_examples(settings: Settings) -> None:
    path = settings.data / "nlu" / "faq.yml"
    path.write_text(path.read_text() + "    - one more way to ask\n")
