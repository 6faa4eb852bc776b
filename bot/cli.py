"""faqbot: the commands of the assistant."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import logs
from bot.problems import DataError, Problem
from bot.settings import Settings, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format)
        if not (settings.project / "config.yml").exists():
            return _say(
                f"There is no config.yml in {settings.project.resolve()}. Run faqbot in the "
                "project's folder, or set FAQBOT_PROJECT to it."
            )
        command: Callable[[Settings, argparse.Namespace], int] = options.command
        return command(settings, options)
    except DataError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="faqbot", description="The clinic's FAQ assistant.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(
        name: str, command: Callable[[Settings, argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    add("serve", _serve, "Serve patients: the public server and the action server as one.")
    add("shell", _shell, "Chat in the terminal with `rasa shell`, the action server running.")
    train = add("train", _train, "Train a model from data/.")
    train.add_argument("--if-needed", action="store_true", help="only when data has changed")
    add("check", _check, "Check every file under data/ and say what to mend.")
    add("validate", _validate, "Run `rasa data validate`.")
    add("parse", _parse, "Read messages from standard input, write what was understood as JSON.")
    ask = add("ask", _ask, "Print the reply to one question as a patient would see it.")
    ask.add_argument("question")
    ask.add_argument("--why", action="store_true", help="also print the reasons")
    add("test-all", _test_all, "Ask every stored question and follow-up; list what goes wrong.")
    confusions = add("confusions", _confusions, "Which answers are mixed up most, and by what.")
    confusions.add_argument("--plot", type=Path, help="also write a heat map (PNG) here")
    confusions.add_argument("--most", type=int, default=20, help="how many pairs (20)")
    review = add("review-sheet", _review_sheet, "Write docs/clinical-review.md from the data.")
    review.add_argument("--out", type=Path, default=Path("docs/clinical-review.md"))
    safety = add("evaluate-safety", _evaluate_safety, "Evaluate the safety screen on a CSV file.")
    safety.add_argument("csv", type=Path, help="columns text, level and perhaps alt")
    safety.add_argument("--json", action="store_true", help="print JSON instead of text")
    models = add("models", _models, "List the trained models, or choose the one to serve.")
    models.add_argument("--use", metavar="NAME", help="serve this one from now on")
    models.add_argument("--previous", action="store_true", help="go back to the one before")
    report = add("report", _report, "Write an HTML page: what was asked, what had no answer.")
    report.add_argument("--since", default="7d", help="36h, 7d, 4w or a date (7d)")
    report.add_argument("--out", type=Path, help="the file (report.html in FAQBOT_VAR)")
    purge = add("purge", _purge, "Remove conversations older than the retention time.")
    purge.add_argument("--days", type=float, help="another age than FAQBOT_RETENTION_DAYS")
    pause = add("pause", _pause, "Switch the assistant off on all servers, at once.")
    pause.add_argument("--reason", required=True, help="for the audit trail, not for patients")
    add("resume", _resume, "Switch the assistant on again.")
    audit = add("audit", _audit, "Who changed settings, paused, resumed or purged, and when.")
    audit.add_argument("--last", type=int, default=50, help="how many entries (50)")
    return parser


def _say(text: str, status: int = 1) -> int:
    print(text, file=sys.stderr)
    return status


def _ready_model(settings: Settings) -> Path:
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
        _say(f"Going on with {record.name}, trained {record.trained_at} from earlier data.")
    return models.current_archive(settings)


def _data_is_sound(settings: Settings) -> bool:
    """Prints what is wrong with the data; warnings alone are no reason to stop."""
    from bot.checks import check_all

    problems = [p for p in check_all(settings.data) if p.severity == "error"]
    for problem in problems:
        print(problem, file=sys.stderr)
    return not problems


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from bot.web.serve import PortTaken, check_port, serve

    try:
        check_port(settings.host, settings.port, "PORT")
    except PortTaken as error:
        return _say(str(error))
    if not _data_is_sound(settings):
        return _say("Not started: mend the lines above first. `faqbot check` shows them again.")
    # Being told to stop while still loading is a normal end, too.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    print("Loading the assistant …", flush=True)
    try:
        return serve(settings, _ready_model(settings))
    except PortTaken as error:
        return _say(str(error))


def _shell(settings: Settings, _: argparse.Namespace) -> int:
    from bot.web.action_server import wait_until_up
    from bot.web.serve import ActionServerProcess, PortTaken

    if not _data_is_sound(settings):
        return _say("Not started: mend the lines above first. `faqbot check` shows them again.")
    model = _ready_model(settings)
    actions = ActionServerProcess(5055, settings.project.resolve())
    try:
        actions.start()
    except PortTaken as error:
        return _say(f"{error} (endpoints.yml names 5055 for `rasa shell`.)")
    try:
        if not wait_until_up(actions.url):
            return _say("The action server did not start.")
        return _rasa(settings, "shell", "--model", str(model), "--endpoints", "endpoints.yml")
    finally:
        actions.stop()


def _validate(settings: Settings, _: argparse.Namespace) -> int:
    return _rasa(settings, "data", "validate", "--data", "data")


def _rasa(settings: Settings, *arguments: str) -> int:
    command = [sys.executable, "-m", "bot.rasa_cli", *arguments]
    return subprocess.call(command, cwd=settings.project)  # noqa: S603


def _train(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine import models, training

    if getattr(options, "if_needed", False) and training.is_up_to_date(settings):
        print("The model is up to date.")
        return 0
    if not _data_is_sound(settings):
        return _say("Not trained: mend the lines above first.")
    print("Training the model (half a minute; some three minutes the first time) …", flush=True)
    try:
        record = training.train(settings)
    except models.NoModel as error:
        return _say(str(error))
    print(f"Trained {record.name}: {record.examples} examples, {record.answers} answers.")
    return 0


def _check(settings: Settings, _: argparse.Namespace) -> int:
    from bot.checks import check_all

    problems: list[Problem] = check_all(settings.data)
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings.")
    return 1 if errors else 0


def _parse(settings: Settings, _: argparse.Namespace) -> int:
    from bot.parse import parse_lines

    parse_lines(_ready_model(settings), sys.stdin.buffer, sys.stdout)
    return 0


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine.assistant import Assistant
    from bot.engine.messages import plain_text

    async def ask() -> None:
        assistant = Assistant(_ready_model(settings))
        tracker, messages = await assistant.take_turn("ask", options.question)
        print(plain_text(messages))
        if options.why:
            print("\n" + _why(assistant.reading_of(tracker)))

    asyncio.run(ask())
    return 0


def _why(reading: dict[str, object]) -> str:
    lines = [f"intent: {reading['intent']} (confidence {reading['confidence']})"]
    ranking: list[list[object]] = reading["ranking"]  # type: ignore[assignment]
    lines += [f"  {score:.3f}  {name}" for name, score in ranking[:5]]
    reasons: list[str] = reading["reasons"]  # type: ignore[assignment]
    lines += [f"because: {reason}" for reason in reasons]
    lines.append(f"safety: {reading['level']}")
    findings: list[dict[str, str]] = reading["findings"]  # type: ignore[assignment]
    lines += [f"  {f['level']}  {f['rule']}  “{f['span']}”  {f['status']}" for f in findings]
    return "\n".join(lines)


def _test_all(settings: Settings, _: argparse.Namespace) -> int:
    from bot.engine.assistant import Assistant
    from bot.engine.test_all import misses

    found = asyncio.run(misses(Assistant(_ready_model(settings))))
    for miss in found:
        print(miss)
    print("All questions reach their own answer." if not found else f"{len(found)} do not.")
    return 1 if found else 0


def _confusions(settings: Settings, options: argparse.Namespace) -> int:
    from bot.confusions import report

    print(report(settings, options.most, options.plot))
    return 0


def _review_sheet(settings: Settings, options: argparse.Namespace) -> int:
    from bot.knowledge.review_sheet import review_sheet

    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(review_sheet(settings.data), encoding="utf-8")
    print(f"Wrote {options.out}.")
    return 0


def _evaluate_safety(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine import resources
    from bot.safety.evaluate import evaluate, read_rows

    report = evaluate(read_rows(options.csv), resources.screen().read)
    print(json.dumps(report.as_dict()) if options.json else report.as_text())
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
            missed = training.own_test(Assistant(settings.models / record.archive))
            if missed:
                raise models.ModelRefused(record.name, missed)
        except models.NoModel as error:
            return _say(str(error))
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
    return 0 if current else _say("There is no good model yet. Run `make train`.")


def _report(settings: Settings, options: argparse.Namespace) -> int:
    import sqlalchemy.exc

    from bot.report import write_report

    out: Path = options.out or settings.var / "report.html"
    try:
        activity = write_report(settings, options.since, out)
    except ValueError as error:
        return _say(str(error))
    except sqlalchemy.exc.SQLAlchemyError as error:
        return _say(f"The database cannot be read ({type(error).__name__}).")
    except OSError as error:
        return _say(f"{out} cannot be written: {error.strerror}.")
    print(f"Wrote {out}: {len(activity.turns)} messages, {activity.period}.")
    return 0


def _purge(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    days = settings.retention_days if options.days is None else options.days
    count = staff.purge(settings, days)
    print(f"Removed {count} conversations that were silent for {days:g} days.")
    return 0


def _pause(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    staff.pause(settings, options.reason)
    print("Paused on all servers. Patients see the clinic's phone. `faqbot resume` ends it.")
    return 0


def _resume(settings: Settings, _: argparse.Namespace) -> int:
    from bot import staff

    print("Resumed." if staff.resume(settings) else "It was not paused.")
    return 0


def _audit(settings: Settings, options: argparse.Namespace) -> int:
    from bot import staff

    for entry in staff.audit(settings, options.last):
        print(entry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
