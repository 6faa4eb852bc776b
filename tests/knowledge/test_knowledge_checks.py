"""`faqbot check` on answers and examples: each message from one bad file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from knowledge_folder import Folder

from bot.knowledge.answer_checks import BODY_CHECKS, FRONT_MATTER_CHECKS
from bot.knowledge.example_checks import EXAMPLE_CHECKS

Break = Callable[[Folder], None]


def edit(old: str, new: str) -> Break:
    return lambda folder: folder.replace(folder.storage, old, new)


def add(text: str) -> Break:
    return lambda folder: folder.replace(folder.storage, "Ask your nurse", f"{text}\n\nAsk")


def example(text: str, after: str = "storage example number 3\n") -> Break:
    return lambda folder: folder.replace(folder.nlu, after, f"{after}    - {text}\n")


LONG = "The pen is cold and it is in the box by the door. " * 9
HARD = (
    "Pharmacological thermostability considerations necessitate uninterrupted refrigeration "
    "notwithstanding environmental circumstances. " * 4
)

# The check: how to break its rule, and the message, with the line it stands on.
CASES: dict[str, tuple[Break, str, int, str]] = {
    "id_is_file_name": (edit("id: storage", "id: fridge"), "The id is `fridge`", 2, "error"),
    "question_is_unique": (
        lambda f: f.replace(f.travel, "How do I travel?", "how do i store it"),
        "The question is also that of `storage`", 3, "error",
    ),
    "has_no_braces": (
        edit("Keep the pen", "Call {clinic_phone}. Keep the pen"),
        "The text holds a brace", 18, "error",
    ),
    "has_sources": (
        lambda f: f.storage.write_text(_without_sources(f.storage.read_text())),
        "There is no source.", 6, "error",
    ),
    "sources_can_be_found": (
        edit('url: "https://label.example"', 'url: "http://label.example"'),
        "has no https address", 6, "error",
    ),
    "follow_ups_exist": (edit("[travel]", "[fridges]"), "no other answer `fridges`", 16, "error"),
    "review_is_not_due": (
        edit("review_by: 2027-05-24", "review_by: 2026-11-23"),
        "The review was due on 2026-11-23.", 14, "warning",
    ),
    "review_is_within_a_year": (
        edit("review_by: 2027-05-24", "review_by: 2028-01-01"),
        "more than a year away", 14, "error",
    ),
    "review_is_honest": (
        edit("reviewed_on: null", "reviewed_on: 2026-11-01"),
        "reviewed_on and reviewed_by do not go together", 13, "error",
    ),
    "names_a_contact": (
        edit("Ask your nurse or your pharmacist if", "It is fine if"),
        "contact_level is routine, but nobody is to be contacted", 18, "error",
    ),
    "is_not_too_long": (add(LONG), "words.", 18, "error"),
    "is_not_too_short": (
        lambda f: f.storage.write_text(
            f.storage.read_text().split("Keep the pen")[0] + "Ask the nurse about it.\n"
        ),
        "The answer has only 5 words", 18, "warning",
    ),
    "is_easy_to_read": (add(HARD), "It reads at US grade", 18, "error"),
    "has_no_html": (add("<b>cold</b>"), "There is raw HTML", 24, "error"),
    "links_are_safe": (add("[see](javascript:x)"), "The link `javascript:x`", 24, "error"),
    "advises_no_dose_change": (
        add("Then skip the next dose."),
        "“skip the next dose” reads as advice to change a dose", 24, "error",
    ),
    "names_no_price": (add("It costs $3,900 a box."), "“$3,900” is a price", 24, "error"),
    "rare_is_measured": (add("This is rare."), "“rare” without a number", 24, "error"),
    "stands_under_one_intent": (
        example("Travel, example number 7!"),
        "also stands under faq/storage", 40, "error",
    ),
    "stands_only_once": (
        example("storage example number 2"), "stands twice (line 7)", 9, "warning",
    ),
    "examples_have_an_answer": (
        lambda f: f.write_examples(storage=25, travel=25, flying=1),
        "There are examples of faq/flying but no answer", 59, "error",
    ),
    "intents_are_in_the_domain": (
        lambda f: (f.path.parent / "domain.yml").write_text("intents: [hello, {faq: {}}]\n")
        and f.nlu.write_text(f.nlu.read_text() + "- intent: helo\n  examples: |\n    - hi\n"),
        "The intent `helo` is not in domain.yml", 59, "error",
    ),
    "answers_have_examples": (
        lambda f: f.write_examples(storage=25),
        "The answer has no training examples", 1, "error",
    ),
}  # fmt: skip


def _without_sources(text: str) -> str:
    before, rest = text.split("sources:\n")
    return before + "sources: []\n" + rest[rest.index("reviewed_on") :]


def test_the_folder_is_sound_before_it_is_broken(folder: Folder) -> None:
    assert folder.problems() == []


def test_every_check_has_a_case() -> None:
    checks = {check.__name__ for check in (*FRONT_MATTER_CHECKS, *BODY_CHECKS, *EXAMPLE_CHECKS)}
    assert checks == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_check_names_the_line_and_the_fix(name: str, folder: Folder) -> None:
    break_it, message, line, severity = CASES[name]
    break_it(folder)
    found = [problem for problem in folder.problems() if message in problem.message]
    assert [(problem.line, problem.severity) for problem in found] == [(line, severity)]
    assert found[0].fix


def test_all_problems_are_found_at_once(folder: Folder) -> None:
    folder.replace(folder.storage, "group: dosing", "grup: dosing")
    folder.replace(folder.storage, "Ask your nurse", "Skip the next dose.\n\nAsk your nurse")
    folder.replace(folder.travel, "[storage]", "[nowhere]")
    folder.write_examples(storage=3, travel=25)
    found = {(Path(p.path).name, p.line) for p in folder.problems()}
    assert found == {
        ("storage.md", 2),  # group is missing
        ("storage.md", 4),  # grup is unknown
        ("storage.md", 24),  # the dose
        ("travel.md", 16),  # the follow-up
        ("faq.yml", 5),  # the examples
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Stop taking Dupixent for a week.",
        "You can stop Dupixent when your skin is clear.",
        "You may skip a dose now and then.",
        "You can take a double dose.",
        "Inject two pens then.",
        "Take half of it.",
        "Use a second syringe.",
        "If your eyes are red, pause your injections.",
        "Take an extra dose after a flare.",
        "Double up on the next day.",
        "It is fine to stretch your doses.",
        "Delay the next shot by a week.",
        "Ask your doctor first, then restart it.",
    ],
)
def test_advice_to_change_a_dose_is_found(sentence: str, folder: Folder) -> None:
    add(sentence)(folder)
    assert [p for p in folder.problems() if "advice to change a dose" in p.message]


@pytest.mark.parametrize(
    "sentence",
    [
        "Do not skip a dose.",
        "Never take a double dose.",
        "If you take two doses, call us.",
        "Take your second dose as planned.",
        "Please do not change or stop your medicines on your own.",
        "Never take two doses to catch up.",
        "Talk to us before you stop Dupixent.",
        "If you want to stop Dupixent, call the clinic.",
        "When people stop Dupixent, eczema often comes back.",
        "Your doctor may pause Dupixent.",
        "Nobody knows yet whether to pause Dupixent.",
    ],
)
def test_what_only_speaks_of_a_change_is_not_advice(sentence: str, folder: Folder) -> None:
    add(sentence)(folder)
    assert not [p for p in folder.problems() if "advice to change a dose" in p.message]


def test_a_measured_rarity_may_be_called_rare(folder: Folder) -> None:
    add("The label lists it as rare (up to 1 in 1,000 people).")(folder)
    assert folder.problems() == []


@pytest.mark.parametrize("link", ["https://a.example", "tel:+12025550100", "mailto:a@b.example"])
def test_safe_links_are_allowed(link: str, folder: Folder) -> None:
    add(f"[here]({link})")(folder)
    assert folder.problems() == []


def test_fewer_than_25_examples_warn_and_fewer_than_15_are_wrong(folder: Folder) -> None:
    folder.write_examples(storage=24, travel=14)
    assert {(p.message, p.severity) for p in folder.problems()} == {
        ("faq/storage has only 24 examples.", "warning"),
        ("faq/travel has only 14 examples.", "error"),
    }
