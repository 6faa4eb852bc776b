"""Texts and ids in advice.yml and replies.yml that would fail, or look broken, to a patient."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.problems import DataError, Problem
from bot.safety import GuidedCheck, Replies


@pytest.fixture
def triage(project: Path, tmp_path: Path) -> Path:
    """The two files, to be broken in one place."""
    for name in ("advice.yml", "replies.yml"):
        shutil.copy(project / "data" / "triage" / name, tmp_path / name)
    return tmp_path


def broken(triage: Path, name: str, old: str, new: str) -> tuple[list[Problem], str]:
    """All problems of one file after one edit, and the line that the first of them names."""
    path = triage / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    room = GuidedCheck if name == "advice.yml" else Replies
    with pytest.raises(DataError) as error:
        room.load(triage)
    problems = list(error.value.problems)
    assert all(problem.path.endswith(".yml") and problem.fix for problem in problems)
    first = Path(triage / Path(problems[0].path).name)
    return problems, first.read_text().splitlines()[problems[0].line - 1]


SUMMARY = "Summary for the clinic: {what}."
BAD_ADVICE = [
    (SUMMARY, "{whatt}.", "summary:", "There is no {whatt}."),
    (SUMMARY, "{what.", "summary:", "A brace belongs to no {name}."),
    (SUMMARY, "what}.", "summary:", "A brace belongs to no {name}."),
    (SUMMARY, "{}.", "summary:", "A brace belongs to no {name}."),
    (SUMMARY, "{what!r}.", "summary:", "A brace belongs to no {name}."),
    (SUMMARY, "{{what}}.", "summary:", "A brace belongs to no {name}."),
    ("text: Where is it?", "text: Where is it, {what}?", "Where is it", "There is no {what}."),
    ("text: Where is it?", 'text: ""', 'text: ""', "The text is empty."),
    ("text: My eyes", 'text: "My eyes {"', "My eyes {", "A brace belongs to no {name}."),
    ("same_day: contact the same day", "same_day: call {phone}", "call {phone}", "no {phone}"),
    ("reason: A new rash over", "reason: A {new} rash over", "A {new} rash", "There is no {new}."),
    ("  routine: contact within a few days\n", "", "advice_words:", "nothing for `routine`"),
    ("  same_day: contact the", "  sameday: the", "sameday:", "`sameday` is no level"),
    ("  same_day: contact the", "  never: x\n  same_day: the", "never:", "`never` is no level"),
    ("unclear: no_dose", "unclear: who_knows", "unclear:", "`unclear: who_knows` is no option"),
    ("- id: since", "- id: when", "questions:", "The question `since` is missing."),
    ("- id: since", "- id: what", "- id: what", "`what` stands twice"),
    ("{id: some,", "{id: several,", "id: warnings", "`warnings` has no option `some`"),
    ("{id: none,", "{id: no,", "id: warnings", "`warnings` has no option `none`"),
    ("{id: unsure,", "{id: perhaps,", "id: warnings", "`warnings` has no option `unsure`"),
    ("{id: eyes,", "{id: eye,", "id: what", "`what` has no option `eyes`"),
    ("{id: other,", "{id: else,", "id: what", "`what` has no option `other`"),
    ("{id: eye_area,", "{id: lids,", "id: where", "`where` has no option `eye_area`"),
    ("{id: later,", "{id: before,", "{id: before,", "`before` stands twice"),
    ("- id: warning_eye_area", "- id: warning_eyes", "- id: warning_eyes", "stands twice"),
    ("level: routine\n    kind: general", "level: none\n    kind: general", "level: none",
     "names nobody to contact"),
    ("raised:\n  level: same_day", "raised:\n  level: none", "level: none", "names nobody"),
    ("reason: In babies", "reason: In {babies}", "In {babies}", "There is no {babies}."),
    ("raised:\n  level: same_day", "raised:\n  level: emergency", "advice_words:",
     "nothing for `emergency`"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "says"), BAD_ADVICE)
def test_a_guided_check_that_would_fail_is_refused(
    triage: Path, old: str, new: str, at: str, says: str
) -> None:
    problems, line = broken(triage, "advice.yml", old, new)
    assert any(says in problem.message for problem in problems), problems
    assert says in problems[0].message
    assert at in line


def test_a_question_that_nobody_asks(triage: Path) -> None:
    extra = "  - id: colour\n    text: Which?\n    unclear: red\n    options:\n" + "".join(
        f"      - {{id: {c}, text: {c}, says: [{c}]}}\n" for c in ("red", "blue")
    )
    problems, line = broken(triage, "advice.yml", "\n# The first row", extra + "\n# The first row")
    assert problems[0].message == "The question `colour` is never asked."
    assert "id: colour" in line


def test_a_question_with_one_reply_asks_nothing(triage: Path) -> None:
    text = (triage / "advice.yml").read_text()
    since = text[text.index("  - id: since") : text.index("  - id: warnings")]
    later_options = since[since.index("      - {id: first_weeks") :]
    problems, _ = broken(triage, "advice.yml", later_options, "")
    assert "`since` needs two or more options." in [problem.message for problem in problems]


def test_every_mistake_is_named_at_once(triage: Path) -> None:
    path = triage / "advice.yml"
    path.write_text(path.read_text().replace("{where}", "{wher}").replace("{id: some,", "{id: so,"))
    problems, _ = broken(triage, "advice.yml", SUMMARY, "{whatt}.")
    said = " ".join(problem.message for problem in problems)
    assert all(words in said for words in ("{whatt}", "{wher}", "no option `some`"))


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("kind: skin_infection", "The row `warning_signs`"),
        ("raised:\n  level: same_day\n  kind: general", "`raised`"),
    ],
)
def test_advice_of_a_kind_without_a_text(triage: Path, old: str, name: str) -> None:
    path = triage / "advice.yml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, old[: old.index("kind:")] + "kind: skinn"))
    with pytest.raises(DataError) as error:
        Replies.load(triage)
    [problem] = error.value.problems
    assert problem.path.endswith("advice.yml")
    assert "kind: skinn" in path.read_text().splitlines()[problem.line - 1]
    assert problem.message.startswith(f"{name} is of the kind `skinn`, which has no text under")
    assert "skin_infection" in problem.fix


@pytest.mark.parametrize("content", [None, "rows: [", "rows: []"])
def test_a_broken_table_does_not_hide_that_the_texts_are_sound(
    triage: Path, content: str | None
) -> None:
    path = triage / "advice.yml"
    path.write_text(content) if content else path.unlink()
    Replies.load(triage)
    with pytest.raises(DataError):
        GuidedCheck.load(triage)


BAD_REPLIES = [
    ("{emergency_number} now.** An asthma", "{emergency_numbr} now.** An asthma", "asthma:",
     "There is no {emergency_numbr}."),
    ("now: {poison_line}.**", "now: {poison_line.**", "poisoning:", "A brace belongs to no"),
    ("{clinic_name}, {clinic_phone}.** Lumps", "clinic_name}.** Lumps", "prompt:", "A brace"),
    ('Call the clinic today: {clinic_phone}."', 'Call {same_day_contact}"', "open_contact:",
     "There is no {same_day_contact}."),
    ("call the {after_hours_name}", "call {is_open}", "closed_contact:", "There is no {is_open}."),
    ("{crisis_line} now, or", "{crisisline} now, or", "  crisis:", "There is no {crisisline}."),
    ("Is this happening right now?", "Is it, {name}?", "crisis:", "There is no {name}."),
    ("confirm_yes: Yes,", "confirm_yes: Yes {phone},", "confirm_yes:", "There is no {phone}."),
    ("confirm_no: No, it is not happening now", 'confirm_no: " "', "confirm_no:", "empty"),
    ("few days: {clinic_phone}.", "few days: {phones}.", "  routine:", "There is no {phones}."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "says"), BAD_REPLIES)
def test_a_text_that_patients_would_see_broken_is_refused(
    triage: Path, old: str, new: str, at: str, says: str
) -> None:
    [problem], line = broken(triage, "replies.yml", old, new)
    assert says in problem.message
    assert at in line


def test_the_fix_lists_the_names_that_there_are(triage: Path) -> None:
    [problem], _ = broken(triage, "replies.yml", "call the {after_hours_name}", "call {nurse}")
    assert "{after_hours_name}" in problem.fix
    assert "{clinic_phone}" in problem.fix
    assert "{same_day_contact}" not in problem.fix


@pytest.mark.parametrize(
    ("group", "key"),
    [
        ("emergency", "crisis"), ("emergency", "guessed"), ("emergency", "general"),
        ("same_day", "general"), ("routine", "general"),
        *(("again", key) for key in ("emergency", "crisis", "guessed", "poisoning")),
        *(("again", key) for key in ("eyes", "same_day", "routine")),
        *(("if_now", key) for key in ("emergency", "crisis", "same_day", "routine")),
    ],
)  # fmt: skip
def test_a_text_that_a_reply_is_made_of_may_not_be_missing(
    triage: Path, group: str, key: str
) -> None:
    text = (triage / "replies.yml").read_text()
    start = text.index(f"\n{group}:\n")
    place = re.compile(rf"\n  {key}:").search(text, start)
    assert place
    before = text[: place.start() + 3]
    [problem, *rest], line = broken(triage, "replies.yml", before + key, before + "misspelt_" + key)
    assert problem.message == f"`{group}` has no text for `{key}`."
    assert line == f"{group}:"
    # Where all keys are known, the misspelt one is named too.
    assert [r.message for r in rest if r.path.endswith("replies.yml")] == (
        [f"`{group}` has no use for `misspelt_{key}`."] if group in ("again", "if_now") else []
    )


@pytest.mark.parametrize("group", ["yes_begins", "no_begins"])
def test_a_beginning_without_words_would_fit_every_reply(triage: Path, group: str) -> None:
    [problem], line = broken(triage, "replies.yml", f"{group}: [", f'{group}: ["?", ')
    assert "`?` has no words, so every reply begins with it." in problem.message
    assert line.startswith(group)


def test_a_beginning_that_means_yes_and_no(triage: Path) -> None:
    [problem], line = broken(triage, "replies.yml", "no_begins: [", "no_begins: [Not  sure, ")
    assert "`Not  sure` stands under `yes_begins` too." in problem.message
    assert line.startswith("no_begins")
