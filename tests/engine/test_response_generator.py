"""Replies are made from the files as they are when they are sent."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import resources, response_generator
from bot.engine.conversation import READING, Standing
from bot.engine.reading import Reading
from bot.engine.response_generator import NO_ANSWERS, CuratedResponseGenerator
from bot.knowledge import AnswerStore, Clinic
from bot.problems import DataError, Problem
from bot.safety import Finding

DOMAIN = Domain.load(str(resources.settings().project / "domain.yml"))


def heard(text: str = "…", **reading: object) -> DialogueStateTracker:
    stored = msgspec.to_builtins(Reading(**{"intent": "nlu_fallback", **reading}))  # type: ignore[arg-type]
    event = UserUttered(text, {"name": "x"}, [], {READING: stored})
    return DialogueStateTracker.from_events("test", [event])


async def say(name: str, tracker: DialogueStateTracker, **values: object) -> list[dict]:
    made = await CuratedResponseGenerator(None, DOMAIN).generate(name, tracker, "test", **values)
    assert made is not None
    return list(made["messages"])


def finding(rule: str, level: str, kind: str, status: str = "asserted") -> Finding:
    return Finding(rule, level, "…", 0, 1, status, kind)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "faq"
    shutil.copytree(resources.settings().data / "faq", copy)
    store = AnswerStore(copy)
    monkeypatch.setattr(resources, "answers", lambda: store)
    return copy


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Clinic:
    always = resources.clinic()
    hours = dict.fromkeys(always.hours, ())
    clinic = msgspec.structs.replace(always, hours={**hours, "monday": ("03:00-03:01",)})
    monkeypatch.setattr(resources, "clinic", lambda: clinic)
    return clinic


async def test_an_edited_answer_is_in_the_next_reply(folder: Path) -> None:
    path = folder / "storage.md"
    before = await say("utter_faq/storage", heard(faq_id="storage"))
    path.write_text(path.read_text() + "\nA sentence added by a nurse.\n")
    after = await say("utter_faq/storage", heard(faq_id="storage"))
    assert "added by a nurse" not in before[0]["text"]
    assert "added by a nurse" in after[0]["text"]


async def test_a_broken_answer_keeps_its_last_good_version(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = await say("utter_faq/storage", heard(faq_id="storage"))
    (folder / "storage.md").write_text("---\nbroken: [\n---\n")
    assert await say("utter_faq/storage", heard(faq_id="storage")) == before
    assert "storage" in caplog.text


async def test_a_draft_is_not_sent(folder: Path) -> None:
    path = folder / "storage.md"
    path.write_text(path.read_text().replace("status: published", "status: draft"))
    messages = await say("utter_faq/storage", heard(faq_id="storage"))
    assert all(message["faq_id"] != "storage" for message in messages)
    assert messages[0]["text"]


async def test_an_answer_carries_sources_review_state_and_follow_ups() -> None:
    (message,) = await say("utter_faq/storage", heard(faq_id="storage"))
    assert message["kind"] == "answer"
    assert all(source["url"].startswith("https://") for source in message["sources"])
    assert message["reviewed_by"] == "not yet reviewed by a clinician"
    assert message["quick_replies"]


async def test_several_answers_show_follow_ups_once() -> None:
    messages = await say("utter_faq/storage", heard(faq_id="storage", also=("travel",)))
    assert [message["faq_id"] for message in messages] == ["storage", "travel"]
    assert not messages[0]["quick_replies"]
    assert messages[1]["quick_replies"]


async def test_after_a_detail_the_last_answers_questions_are_offered() -> None:
    answered = BotUttered("…", metadata={"messages": [{"faq_id": "storage"}]})
    tracker = heard(intent="told_more")
    tracker = DialogueStateTracker.from_events(
        "test", [UserUttered("…"), answered, *tracker.events]
    )
    (notice,) = await say("utter_told_more", tracker)
    (answer,) = await say("utter_faq/storage", heard(faq_id="storage"))
    assert notice["quick_replies"] == answer["quick_replies"]


def told(text: str, topic: str, **reading: object) -> DialogueStateTracker:
    """A detail, told right after an answer."""
    answered = BotUttered("…", metadata={"messages": [{"faq_id": topic}]})
    now = heard(text, intent="told_more", **reading).events
    return DialogueStateTracker.from_events("test", [UserUttered("…"), answered, *now])


async def test_what_the_last_answer_says_of_a_detail_is_shown() -> None:
    notice, part = await say("utter_told_more", told("i have medicare", "cost_and_insurance"))
    assert notice["text"].startswith("Thank you for telling me. This part of my answer")
    assert "Medicare" in part["text"]
    assert part["faq_id"] == "cost_and_insurance"
    answer = resources.answers().get("cost_and_insurance")
    assert answer is not None
    assert len(part["text"]) < len(answer.body) / 2


@pytest.mark.parametrize(
    ("text", "topic", "standing"),
    [
        ("my cousin loves it", "how_well_it_works", None),  # no part is near
        ("it was 72 in the house", "left_out_of_fridge", None),  # never given in part
        ("i have medicare", "cost_and_insurance", Standing("same_day")),
    ],
)
async def test_no_part_is_shown_that_is_not_near_or_says_half(
    text: str, topic: str, standing: Standing | None
) -> None:
    messages = await say("utter_told_more", told(text, topic, standing=standing))
    assert not any("This part of my answer" in message["text"] for message in messages)


async def test_of_an_answer_asked_for_again_the_part_that_is_meant_is_shown() -> None:
    tracker = heard("what if it was frozen", intent="faq/storage", faq_id="storage", again=True)
    notice, answer = await say("utter_faq/storage", tracker)
    assert "comes nearest" in notice["text"]
    assert "frozen" in answer["text"]
    full = resources.answers().get("storage")
    assert full is not None
    assert len(answer["text"]) < len(full.body) / 2
    assert (answer["faq_id"], bool(answer["sources"])) == ("storage", True)


async def test_finding_the_part_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    encoder = resources.encoder()
    encode = encoder.encode

    def noted(texts: Sequence[str]) -> np.ndarray:
        threads.append(threading.current_thread())
        return encode(texts)

    monkeypatch.setattr(encoder, "encode", noted)
    more = heard("what if it was frozen", intent="faq/storage", faq_id="storage", again=True)
    await say("utter_faq/storage", more)
    assert threads
    assert threading.main_thread() not in threads


async def test_an_answer_on_doses_is_never_given_in_part() -> None:
    more = heard("two shots for my son", intent="x", faq_id="dose_schedule", again=True)
    _, answer = await say("utter_faq/dose_schedule", more)
    full = resources.answers().get("dose_schedule")
    assert full is not None
    assert answer["text"] == full.body


async def test_what_the_answer_does_not_say_is_pointed_at() -> None:
    tracker = heard("who won the cup", intent="faq/storage", faq_id="storage", again=True)
    (notice,) = await say("utter_faq/storage", tracker)
    assert "my answer above" in notice["text"]


async def test_what_is_clear_by_itself_gets_all_of_the_answer_where_no_part_is_near() -> None:
    answered = BotUttered("…", metadata={"messages": [{"faq_id": "storage"}]})
    now = heard("who won the cup", intent="faq/storage", faq_id="storage").events
    tracker = DialogueStateTracker.from_events("test", [UserUttered("…"), answered, *now])
    notice, answer = await say("utter_faq/storage", tracker)
    full = resources.answers().get("storage")
    assert full is not None
    assert "what I know about it" in notice["text"]
    assert answer["text"] == full.body


async def test_the_same_question_again_gets_all_of_its_answer() -> None:
    question = "How do I store Dupixent?"
    tracker = heard(question, intent="faq/storage", faq_id="storage", again=True)
    _, answer = await say("utter_faq/storage", tracker)
    full = resources.answers().get("storage")
    assert full is not None
    assert answer["text"] == full.body


async def test_a_question_asked_once_more_is_answered_as_before() -> None:
    answered = BotUttered("…", metadata={"messages": [{"faq_id": "storage"}]})
    now = heard("How do I store Dupixent?", intent="faq/storage", faq_id="storage").events
    tracker = DialogueStateTracker.from_events("test", [UserUttered("…"), answered, *now])
    (answer,) = await say("utter_faq/storage", tracker)
    assert answer["faq_id"] == "storage"


@pytest.mark.parametrize(
    ("before", "standing", "words"),
    [
        (None, None, "the same for everybody"),
        ("told_more", None, "Thank you. If you have a question"),
        (None, Standing("same_day"), "when you call"),
    ],
)  # fmt: skip
async def test_a_detail_is_thanked_for_in_fewer_words_the_second_time_and_beside_a_call(
    before: str | None, standing: Standing | None, words: str
) -> None:
    earlier = list(heard(intent=before).events) if before else []
    now = heard(intent="told_more", standing=standing).events
    tracker = DialogueStateTracker.from_events("test", [*earlier, *now])
    messages = await say("utter_told_more", tracker)
    assert words in messages[0]["text"]


async def test_an_answer_asked_for_a_third_time_is_pointed_at() -> None:
    more = heard("is that common", intent="faq/storage", faq_id="storage", again=True).events
    first = await say("utter_faq/storage", DialogueStateTracker.from_events("test", list(more)))
    assert [message["kind"] for message in first] == ["notice", "answer"]
    twice = DialogueStateTracker.from_events("test", [*more, *more])
    (notice,) = await say("utter_faq/storage", twice)
    assert "my answer above" in notice["text"]
    assert notice["quick_replies"] == first[-1]["quick_replies"]


@pytest.mark.parametrize(("intent", "kinds"), [
    ("deny", ["notice", "escalation"]), ("thanks", ["notice"]),
])  # fmt: skip
async def test_beside_all_but_courtesies_a_call_to_make_today_is_said_again(
    intent: str, kinds: list[str]
) -> None:
    messages = await say(f"utter_{intent}", heard(intent=intent, standing=Standing("same_day")))
    assert [message["kind"] for message in messages] == kinds


@pytest.mark.parametrize("name", NO_ANSWERS)
async def test_without_an_answer_the_call_is_said_all_the_same(name: str) -> None:
    messages = await say(name, heard(intent="nlu_fallback", standing=Standing("same_day")))
    assert [message["level"] for message in messages] == ["none", "same_day"]


async def test_a_question_asked_again_says_that_the_reply_was_noted() -> None:
    plain = await say("utter_ask_check_where", heard(check_answers={"what": "eyes"}))
    again = await say("utter_ask_check_where", heard(check_answers={"warnings": "some"}))
    assert plain[0]["text"] == resources.guided_check().question("where").text
    assert again[0]["text"] == f"{resources.guided_check().noted} {plain[0]['text']}"


async def test_what_takes_a_call_back_is_not_answered_with_the_call() -> None:
    taken_back = heard(intent="call_taken_back", standing=Standing("emergency"))
    assert [m["kind"] for m in await say("utter_call_taken_back", taken_back)] == ["notice"]


async def test_an_emergency_begins_with_the_instruction() -> None:
    found = finding("airway_swelling", "emergency", "allergic")
    (message,) = await say("utter_emergency", heard(level="emergency", findings=(found,)))
    assert message["text"].startswith("**Call 911 now")
    assert message["level"] == "emergency"
    assert {"label": "Emergency", "number": "911"} in message["phones"]


async def test_the_same_day_names_the_after_hours_line_when_the_clinic_is_closed(
    closed: Clinic,
) -> None:
    found = finding("hives", "same_day", "general")
    (message,) = await say("utter_same_day", heard(level="same_day", findings=(found,)))
    assert closed.after_hours.name in message["text"]
    assert closed.after_hours.phone in message["text"]
    assert closed.urgent_care.phone in message["text"]


async def test_the_same_day_gives_the_answer_after_the_escalation() -> None:
    tracker = heard(level="same_day", faq_id="storage")
    messages = await say("utter_same_day", tracker)
    assert [message["kind"] for message in messages] == ["escalation", "answer"]


async def test_a_question_about_a_red_flag_ends_with_what_to_do_if_it_happens() -> None:
    messages = await say(
        "utter_faq/allergic_reaction", heard(faq_id="allergic_reaction", asked="emergency")
    )
    assert "If this is happening to you now, call 911" in messages[-1]["text"]


async def test_broken_escalation_texts_fall_back_on_the_domain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise RuntimeError("replies.yml")

    monkeypatch.setattr(resources, "replies", broken)
    (message,) = await say("utter_emergency", heard(level="emergency"))
    assert message["text"] == "Call 911 now."
    assert message["level"] == "emergency"


def test_a_broken_clinic_file_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DataError([Problem("data/clinic.yml", 1, "…", "…")])

    monkeypatch.setattr(resources, "clinic", broken)
    with pytest.raises(DataError):
        CuratedResponseGenerator(None, DOMAIN)


async def test_the_opening_hours_are_worked_out_at_this_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime(2026, 11, 26, 15, 0, tzinfo=dt.UTC)

    monkeypatch.setattr(response_generator.dt, "datetime", Clock)
    (message,) = await say("utter_clinic_hours", heard())
    assert "closed now for Thanksgiving" in message["text"]


async def test_every_plain_response_of_the_domain_is_filled_in() -> None:
    for name in DOMAIN.responses:
        if not name.startswith("utter_ask_check_"):
            messages = await say(name, heard())
            assert all("{" not in message["text"] for message in messages), name


def test_every_response_of_the_domain_has_one_wording() -> None:
    # A second one would never be said.
    assert {name for name, texts in DOMAIN.responses.items() if len(texts) != 1} == set()


async def test_an_unknown_response_is_none() -> None:
    made = await CuratedResponseGenerator(None, DOMAIN).generate("utter_x", heard(), "test")
    assert made is None


async def test_the_one_question_carries_both_lines_and_the_level() -> None:
    (message,) = await say("utter_confirm_red_flag", heard(level="emergency"))
    assert (message["kind"], message["level"]) == ("escalation", "emergency")
    assert message["text"].startswith("**If this is happening right now, call 911.**")
    assert [phone["number"] for phone in message["phones"]] == ["911", "988"]
    assert len(message["quick_replies"]) == 2


async def test_the_answer_that_waited_follows_a_no() -> None:
    notice, answer = await say("utter_red_flag_denied", heard(faq_id="storage"))
    assert "call 911" in notice["text"]
    assert answer["faq_id"] == "storage"
    (alone,) = await say("utter_red_flag_denied", heard())
    assert alone["faq_id"] is None


async def test_who_wants_it_short_gets_the_first_paragraph_of_the_last_answer() -> None:
    notice, gist = await say("utter_in_short", told("yes or no?", "alcohol"))
    full = resources.answers().get("alcohol")
    assert full is not None
    assert notice["text"] == "In short:"
    assert full.body.startswith(gist["text"])
    assert len(gist["text"]) < len(full.body)
    assert gist["faq_id"] == "alcohol"


@pytest.mark.parametrize("topic", ["missed_dose", "what_dupixent_treats"])
async def test_what_would_mislead_or_only_leads_to_a_list_is_not_shortened(topic: str) -> None:
    (answer,) = await say("utter_in_short", told("yes or no?", topic))
    full = resources.answers().get(topic)
    assert full is not None
    assert answer["text"] == full.body


async def test_without_an_answer_there_is_nothing_to_shorten() -> None:
    (notice,) = await say("utter_in_short", heard("yes or no?", intent="in_short"))
    assert "once more" in notice["text"]
