"""Commands that train, test and choose models."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from bot.cli.common import Add, say
from bot.settings import Settings


def register(add: Add) -> None:
    """Adds these commands."""
    command = add("train", _train, "Train a model from data/.")
    command.add_argument("--if-needed", action="store_true", help="only when data has changed")
    add("test-all", _test_all, "Ask every stored question and follow-up; list what goes wrong.")
    command = add("confusions", _confusions, "Which answers are mixed up most, and by what.")
    command.add_argument("--plot", type=Path, help="also write a heat map (PNG) here")
    command.add_argument("--most", type=int, default=20, help="how many pairs (20)")
    command = add("models", _models, "List the trained models, or choose the one to serve.")
    command.add_argument("--use", metavar="NAME", help="serve this one from now on")
    command.add_argument("--previous", action="store_true", help="go back to the one before")


def ready_model(settings: Settings) -> Path:
    """The model to use, trained first when there is none or its data has changed.

    A new model that fails its own test does not take the place of one that is good.
    """
    from bot.engine import models, training

    with contextlib.redirect_stdout(sys.stderr):  # standard output is for what was asked for
        trained = training.is_up_to_date(settings) or not _train(settings, argparse.Namespace())
    if not trained:
        record = models.current(settings)
        if record is None:
            raise SystemExit(1)
        say(f"Going on with {record.name}, trained {record.trained_at} from earlier data.")
    return models.current_archive(settings)


def data_is_sound(settings: Settings) -> bool:
    """Prints what is wrong with the data; warnings alone are no reason to stop."""
    from bot.checks import check_all

    problems = [p for p in check_all(settings.data) if p.severity == "error"]
    for problem in problems:
        print(problem, file=sys.stderr)
    return not problems


def _train(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine import models, training

    if getattr(options, "if_needed", False) and training.is_up_to_date(settings):
        print("The model is up to date.")
        return 0
    if not data_is_sound(settings):
        return say("Not trained: mend the lines above first.")
    print("Training the model (most of a minute; some two minutes the first time) …", flush=True)
    try:
        record = training.train(settings)
    except models.NoModel as error:
        return say(str(error))
    print(f"Trained {record.name}: {record.examples} examples, {record.answers} answers.")
    return 0


def _test_all(settings: Settings, _: argparse.Namespace) -> int:
    from bot.engine.assistant import Assistant
    from bot.engine.test_all import misses

    found = asyncio.run(misses(Assistant(ready_model(settings))))
    for miss in found:
        print(miss)
    print("All questions reach their own answer." if not found else f"{len(found)} do not.")
    return 1 if found else 0


def _confusions(settings: Settings, options: argparse.Namespace) -> int:
    from bot.confusions import TooFewExamples, as_text, draw, read_all

    try:
        readings = read_all(settings)
    except TooFewExamples as error:
        return say(str(error))
    # First, because it took minutes and the file may not be written.
    print(as_text(readings, options.most))
    if options.plot:
        draw(readings, options.plot)
    return 0


def _models(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine import models, training
    from bot.engine.assistant import Assistant

    if options.use or options.previous:
        try:
            record = (
                models.find(settings, options.use) if options.use else models.previous(settings)
            )
            print(f"Testing {record.name} …", flush=True)
            try:
                assistant = Assistant(settings.models / record.archive)
            except Exception as error:  # Rasa has no error of its own for a broken archive.
                kind = type(error).__name__
                return say(f"{record.name} cannot be loaded ({kind}). Choose another, or train.")
            missed = training.own_test(assistant)
            if missed:
                raise models.ModelRefused(record.name, missed)
        except models.NoModel as error:
            return say(str(error))
        models.choose(settings, record, training.trained_from(settings))
        print("Chosen. Running servers change to it within seconds.")
    current = models.current(settings)
    for record in models.records(settings):
        mark = "*" if record == current else "!" if record.misses else " "
        print(
            f"{mark} {record.name}  {record.trained_at}  {record.examples} examples, "
            f"{record.answers} answers, from {record.trained_from[:12]}"
            + (f", refused: {len(record.misses)} misses" if record.misses else "")
        )
    return 0 if current else say("There is no good model yet. Run `make train`.")
