"""What patients type right after an answer: data/follow_ups.yml."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.problems import DataError, Problem, line_of, load_yaml, plain, read_text, relative

NO_ANSWER = "none"
_SHAPE = "Write answer ids, below each the ids that are meant, below each a list of texts."


class FollowUp(msgspec.Struct, frozen=True):
    """A text right after the answer `after`, and the id of the answer that it means, or `none`."""

    after: str
    text: str
    means: str


def read_follow_ups(path: Path) -> list[FollowUp]:
    """Reads data/follow_ups.yml.

    Raises:
        DataError: missing, not in its form, an id for which data/faq has no file, or a text
            that stands twice after the same answer; all are listed.
    """
    data = load_yaml(read_text(path), path)
    problems: list[Problem] = []
    found: dict[tuple[str, str], FollowUp] = {}

    def wrong(keys: tuple[str | int, ...], message: str, fix: str) -> None:
        problems.append(Problem(relative(path), line_of(data, keys), message, fix))

    def known(faq_id: str) -> bool:
        return (path.parent / "faq" / f"{faq_id}.md").exists()

    try:
        written = msgspec.convert(plain(data or {}), dict[str, dict[str, list[str]]])
    except msgspec.ValidationError as error:
        raise DataError([Problem(relative(path), 1, f"{error}.", _SHAPE)]) from None
    for after, meanings in written.items():
        if not known(after):
            wrong((after,), f"There is no answer `{after}`.", "Name an answer's id.")
        for means, texts in meanings.items():
            if means != NO_ANSWER and not known(means):
                fix = f"Name an answer's id, or `{NO_ANSWER}`."
                wrong((after, means), f"There is no answer `{means}`.", fix)
            for place, text in enumerate(texts):
                same = found.setdefault((after, text.strip().lower()), FollowUp(after, text, means))
                if not text.strip():
                    wrong((after, means, place), "The text is empty.", "Write or remove it.")
                elif same.text is not text:
                    message = f"“{text}” stands twice after `{after}`."
                    wrong((after, means, place), message, "Remove one of the two.")
    if problems:
        raise DataError(problems)
    return list(found.values())
