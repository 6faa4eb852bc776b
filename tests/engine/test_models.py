"""The registry of trained models."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import models
from bot.engine.models import ModelRecord, ModelRefused, NoModel
from bot.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"FAQBOT_PROJECT": str(tmp_path), "FAQBOT_MODELS_KEPT": "3"})


def add(settings: Settings, day: int, misses: tuple[str, ...] = ()) -> ModelRecord:
    record = ModelRecord(
        archive=f"model-{day}.tar.gz",
        trained_at=f"2026-11-{day:02}T10:00:00+00:00",
        trained_from=f"data-{day}",
        examples=10,
        answers=2,
        misses=misses,
    )
    models.keep(settings, record)
    (settings.models / record.archive).write_bytes(b"weights")
    return record


def test_no_model_is_said_plainly(settings: Settings) -> None:
    assert models.records(settings) == []
    with pytest.raises(NoModel, match="make train"):
        models.current_archive(settings)


def test_models_are_listed_newest_first(settings: Settings) -> None:
    old, new = add(settings, 1), add(settings, 2)
    assert models.records(settings) == [new, old]


def test_a_record_without_its_archive_is_not_listed(settings: Settings) -> None:
    record = add(settings, 1)
    (settings.models / record.archive).unlink()
    assert models.records(settings) == []


def test_a_broken_record_is_passed_over(settings: Settings) -> None:
    good = add(settings, 1)
    (settings.models / "model-2.json").write_text("{half")
    assert models.records(settings) == [good]


def test_the_newest_is_used_before_anybody_has_chosen(settings: Settings) -> None:
    add(settings, 1)
    new = add(settings, 2)
    assert models.current(settings) == new


def test_the_chosen_one_is_used(settings: Settings) -> None:
    old = add(settings, 1)
    add(settings, 2)
    models.choose(settings, old, "data now")
    assert models.current(settings) == old
    assert models.current_archive(settings) == settings.models / old.archive


def test_a_choice_whose_archive_is_gone_gives_way_to_the_newest(settings: Settings) -> None:
    old, new = add(settings, 1), add(settings, 2)
    models.choose(settings, old, "")
    (settings.models / old.archive).unlink()
    assert models.current(settings) == new


def test_a_model_that_fails_its_test_is_neither_used_nor_chosen(settings: Settings) -> None:
    good = add(settings, 1)
    bad = add(settings, 2, misses=("storage: “How?” reaches no answer",))
    assert models.current(settings) == good
    with pytest.raises(ModelRefused, match="reaches no answer"):
        models.find(settings, bad.name)


@pytest.mark.parametrize("name", ["model-1", "model-1.tar.gz"])
def test_a_model_is_found_by_its_name(settings: Settings, name: str) -> None:
    record = add(settings, 1)
    assert models.find(settings, name) == record


def test_an_unknown_name_is_refused_with_a_hint(settings: Settings) -> None:
    add(settings, 1)
    with pytest.raises(NoModel, match="faqbot models"):
        models.find(settings, "../model-1")


def test_going_back_skips_models_that_fail_their_test(settings: Settings) -> None:
    first = add(settings, 1)
    add(settings, 2, misses=("one",))
    add(settings, 3)
    assert models.previous(settings) == first


def test_going_back_twice_goes_back_two_models(settings: Settings) -> None:
    first, second = add(settings, 1), add(settings, 2)
    add(settings, 3)
    models.choose(settings, models.previous(settings), "")
    assert models.current(settings) == second
    models.choose(settings, models.previous(settings), "")
    assert models.current(settings) == first
    with pytest.raises(NoModel, match="no earlier model"):
        models.previous(settings)


def test_old_models_are_removed_but_never_the_one_in_use(settings: Settings) -> None:
    used = add(settings, 1)
    second = add(settings, 2)
    newer = [add(settings, day) for day in (3, 4, 5)]
    models.choose(settings, used, "")
    assert models.prune(settings) == [second.archive]
    assert models.records(settings) == [*reversed(newer), used]
    assert not (settings.models / second.archive).exists()


def test_refused_models_push_out_no_good_one(settings: Settings) -> None:
    good = [add(settings, day) for day in (1, 2, 3)]
    models.choose(settings, good[-1], "")
    refused = [add(settings, day, misses=("storage",)) for day in (4, 5, 6)]
    models.prune(settings)
    assert models.records(settings) == [refused[-1], *reversed(good)]
    assert models.previous(settings) == good[1]


def test_the_record_says_what_a_model_was_trained_from(settings: Settings) -> None:
    add(settings, 7)
    (record,) = models.records(settings)
    assert (record.trained_from, record.examples, record.answers) == ("data-7", 10, 2)
