"""What is wrong with a data file, where, and what to do about it.

Every room that reads files people edit reports `Problem`s: all of them at once,
each with file, line and fix. `load_yaml` and `to_struct` turn a YAML file into a
typed, frozen object while keeping the line of each key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import msgspec
from yaml import MarkedYAMLError, YAMLError

from bot import marked_yaml
from bot.marked_yaml import MarkedDict, MarkedList

T = TypeVar("T")
KeyPath = tuple[str | int, ...]
# What msgspec says, in words for people who edit answers.
_PLAINER = {
    "Invalid RFC3339 encoded date": "this is no day; write it as 2027-05-24",
    "Invalid enum value ('.*')": r"\1 is none of what may stand here",
    "Expected `str`, got `(?:int|float)`": "this is a number, and should be a text",
    "Expected `array`, got `.*`": "this should be a list",
}
Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing to mend in one file. `line` counts from 1."""

    path: str
    line: int
    message: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message} Fix: {self.fix}"


class DataError(Exception):
    """A data file cannot be used; `problems` says why (at least one)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def relative(path: Path) -> str:
    """The path as people see it: relative to the working directory where possible."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def read_text(path: Path) -> str:
    """The file's text.

    Raises:
        DataError: missing, not readable, or not UTF-8.
    """
    line = 1
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message, fix = "The file is missing.", "Create it; docs/content-guide.md shows the format."
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        message, fix = "This line holds a letter that is not UTF-8.", "Save the file as UTF-8."
    except OSError as error:
        message, fix = f"The file cannot be read ({error.strerror}).", "Check its permissions."
    raise DataError([Problem(relative(path), line, message, fix)])


def load_yaml(text: str, path: Path, first_line: int = 1) -> Any:
    """Parses YAML into `bot.marked_yaml`'s containers, which know their lines.

    Args:
        text: the YAML.
        path: the file it came from, for messages.
        first_line: the line of the file on which `text` begins, from 1.

    Raises:
        DataError: the text is not YAML, or a key stands twice.
    """
    try:
        return marked_yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        what = str(error.problem or "not valid YAML").splitlines()[0]
        raise DataError(
            [
                Problem(
                    relative(path),
                    line,
                    f"Not valid YAML: {what}.",
                    "Check indentation, colons and quotes on this line and the one before.",
                )
            ]
        ) from None
    except (YAMLError, ValueError) as error:
        raise DataError(
            [
                Problem(
                    relative(path),
                    first_line,
                    f"Not valid YAML: {str(error).splitlines()[0]}.",
                    "Remove control characters from the file.",
                )
            ]
        ) from None


def line_of(data: Any, key_path: KeyPath, first_line: int = 1) -> int:
    """The line on which the value at `key_path` stands (its nearest parent's if unknown)."""
    line = first_line
    for key in key_path:
        try:
            if isinstance(data, (MarkedDict, MarkedList)):
                line = first_line + data.lines[key]  # type: ignore[index]
            data = data[key]
        except (KeyError, IndexError, TypeError):
            break
    return line


def to_struct(
    data: Any,
    struct: Callable[..., T],
    path: Path,
    first_line: int = 1,
    key_path: KeyPath = (),
    root: Any = None,
) -> T:
    """Turns a parsed YAML mapping into `struct`, a msgspec Struct class.

    Raises:
        DataError: with every unknown key, missing key and wrong value.
    """
    root = data if root is None else root

    def problem(keys: KeyPath, message: str, fix: str) -> Problem:
        return Problem(relative(path), line_of(root, keys, first_line), message, fix)

    if not isinstance(data, Mapping):
        raise DataError(
            [problem(key_path, "Keys and values are expected here.", "Write `key: value` lines.")]
        )
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}  # type: ignore[arg-type]
    known = ", ".join(fields)
    problems = []
    for key in data:
        if key not in fields:
            problems.append(
                problem((*key_path, key), f"Unknown key `{key}`.", f"Use one of: {known}.")
            )
    for name, field in fields.items():
        if name not in data:
            if field.required:
                problems.append(
                    problem(key_path, f"The key `{name}` is missing.", f"Add `{name}: …`.")
                )
            continue
        try:
            msgspec.convert(plain(data[name]), field.type)
        except msgspec.ValidationError as error:
            what, where = _what_and_where(error)
            where = _with_keys(plain(data[name]), field.type, where)
            keys = (*key_path, name, *_key_path(where))
            problems.append(
                problem(keys, f"`{name}{where}`: {_plainer(what)}.", _fix(what, field.type))
            )
    if problems:
        raise DataError(problems)
    try:
        return msgspec.convert(plain(data), struct)
    except msgspec.ValidationError as error:
        raise DataError([problem(key_path, f"{error}.", "Correct the value.")]) from None


def _what_and_where(error: msgspec.ValidationError) -> tuple[str, str]:
    what, _, where = str(error).partition(" - at `$")
    return what, where.rstrip("`")


def _with_keys(value: Any, expected: Any, where: str) -> str:
    """`where` with the mapping's key at its beginning, for which msgspec writes `[...]`."""
    if not where.startswith("[...]"):
        return where
    for key, each in value.items():
        try:
            msgspec.convert({key: each}, expected)
        except msgspec.ValidationError as error:
            _, inner = _what_and_where(error)
            return f".{key}" + _with_keys(each, get_args(expected)[1], inner.removeprefix("[...]"))
    return where


def _plainer(what: str) -> str:
    for pattern, words in _PLAINER.items():
        what = re.sub(pattern, words, what)
    return what


def _fix(what: str, expected: Any) -> str:
    """What to do about one of msgspec's errors, for people who write no programs."""
    if what.startswith("Invalid enum value") and (allowed := get_args(expected)):
        return f"Write one of: {', '.join(map(str, allowed))}."
    if what.startswith("Expected `str`"):
        return 'Put the value in quotes: "911".'
    if what.startswith("Expected `array`"):
        return 'Write a list, in brackets: ["08:00-12:00", "13:00-17:00"]; leave out what has none.'
    return "Correct the value; docs/content-guide.md shows the format."


def _key_path(where: str) -> KeyPath:
    """`[0].title` as (0, "title")."""
    keys: list[str | int] = []
    for piece in where.replace("[", ".[").split("."):
        if piece.startswith("[") and piece[1:-1].isdigit():
            keys.append(int(piece[1:-1]))
        elif piece:
            keys.append(piece)
    return tuple(keys)


def plain(data: Any) -> Any:
    """Marked containers as plain dicts and lists, keys as text."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    return data
