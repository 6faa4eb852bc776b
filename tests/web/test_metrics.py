"""What is counted, and that no label can take a value that a patient chose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from chat_client import EMERGENCY, QUESTION, Server
from prometheus_client.parser import text_string_to_metric_families

from bot import web
from bot.engine.messages import blank
from bot.web.metrics import HELPFUL, OUTCOMES, REFUSALS, outcome_of

CLOSED = {"outcome": OUTCOMES, "helpful": HELPFUL, "status": REFUSALS}


async def series(server: Server) -> list[tuple[str, dict[str, str], float]]:
    text = (await server.client.get("/metrics")).text
    return [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    ]


async def counted(server: Server, name: str, **labels: str) -> float:
    found = [value for n, given, value in await series(server) if (n, given) == (name, labels)]
    assert len(found) == 1, f"{name}{labels} is there {len(found)} times"
    return found[0]


def escalation(level: str) -> dict[str, Any]:
    return {**blank("escalation", "Call."), "level": level}


@pytest.mark.parametrize(
    ("intent", "messages", "outcome"),
    [
        ("faq/storage", [blank("answer", "")], "answered"),
        ("faq/storage", [blank("answer", ""), escalation("routine")], "answered"),
        ("faq/storage", [escalation("emergency"), blank("answer", "")], "escalated_emergency"),
        ("faq/storage", [escalation("same_day"), blank("answer", "")], "escalated_same_day"),
        ("talk_to_person", [escalation("routine")], "escalated_routine"),
        ("nlu_fallback", [blank("suggestions", "")], "suggested"),
        ("nlu_fallback", [blank("notice", "")], "declined"),
        ("out_of_scope", [blank("notice", "")], "declined"),
        ("greet", [blank("notice", "")], "chitchat"),
        (None, [blank("notice", "")], "error"),
    ],
)
def test_every_turn_has_one_outcome(
    intent: str | None, messages: list[dict[str, Any]], outcome: str
) -> None:
    assert outcome in OUTCOMES
    assert outcome_of({"intent": intent} if intent else {}, messages) == outcome


async def test_all_series_are_there_before_anything_happens(server: Server) -> None:
    for outcome in OUTCOMES:
        assert await counted(server, "faqbot_messages_total", outcome=outcome) == 0
    for status in REFUSALS:
        assert await counted(server, "faqbot_refused_requests_total", status=status) == 0


def test_each_status_is_one_that_the_server_refuses_with() -> None:
    """A refusal without a series would be missing; a series without one says "never" for ever."""
    code = "".join(path.read_text("utf-8") for path in Path(web.__path__[0]).glob("*.py"))
    assert set(REFUSALS) == set(re.findall(r"\bRefused\(\s*(\d{3}),", code))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": "x" * 1001}, "413"),
        ({"text": "x" * 9000}, "413"),
        ({"text": QUESTION, "token": "forged"}, "401"),
    ],
)
async def test_a_refusal_of_the_plain_form_is_counted(
    server: Server, form: dict[str, str], status: str
) -> None:
    assert (await server.client.post("/ask", data=form)).status_code == int(status)
    assert await counted(server, "faqbot_refused_requests_total", status=status) == 1


async def test_a_turn_is_counted_with_its_outcome_and_its_time(server: Server) -> None:
    token = await server.session()
    await server.say(token, QUESTION)
    await server.say(token, EMERGENCY)
    assert await counted(server, "faqbot_sessions_total") == 1
    assert await counted(server, "faqbot_messages_total", outcome="answered") == 1
    assert await counted(server, "faqbot_messages_total", outcome="escalated_emergency") == 1
    assert await counted(server, "faqbot_reply_seconds_count") == 2
    assert await counted(server, "faqbot_reply_seconds_bucket", le="+Inf") == 2


async def test_thumbs_are_counted(server: Server) -> None:
    token = await server.session()
    await server.say(token, QUESTION, "m-rated")
    for helpful in (True, False):
        body = {"token": token, "id": "m-rated", "helpful": helpful}
        assert (await server.client.post("/chat/feedback", json=body)).is_success
    assert await counted(server, "faqbot_ratings_total", helpful="yes") == 1
    assert await counted(server, "faqbot_ratings_total", helpful="no") == 1


async def test_no_label_takes_a_value_from_outside(server: Server) -> None:
    token = await server.session()
    before = len(await series(server))
    odd = ["\x00", "outcome", "/restart", "x" * 1200, "{'level': 'zzz'}", QUESTION]
    for number, text in enumerate(odd):
        await server.say(token, text, f"odd-{number}")
        await server.say("forged-" + text[:50], text)
        await server.client.get(f"/{number}-no-such-page")
        await server.client.post("/chat/message", content=text.encode())
    samples = await series(server)
    assert len(samples) == before
    for name, labels, _ in samples:
        for label, value in labels.items():
            assert label == "le" or value in CLOSED[label], f"{name}: {label}={value}"


def test_an_answer_beside_a_call_to_make_counts_as_answered() -> None:
    call = {"kind": "escalation", "level": "emergency"}
    answer = {"kind": "answer", "level": "none"}
    standing = {"level": "emergency", "kinds": []}
    assert outcome_of({"intent": "faq/storage", "standing": standing}, [call, answer]) == "answered"
    no = {"intent": "deny", "standing": standing}
    assert outcome_of(no, [{"kind": "notice", "level": "none"}, call]) == "chitchat"
    again = {"intent": "after_escalation", "standing": standing}
    assert outcome_of(again, [call]) == "escalated_emergency"


async def test_an_emergency_that_takes_long_is_counted_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is answered ahead of its turn, which goes on and ends.
    monkeypatch.setattr("bot.web.turns.URGENT_SECONDS", 0.0)
    token = await server.session()
    reply = await server.say(token, EMERGENCY)
    assert reply.json()["messages"][0]["level"] == "emergency"
    monkeypatch.undo()
    await server.say(token, QUESTION)  # after the first turn: one at a time
    name, urgent = "faqbot_messages_total", "escalated_emergency"
    assert await counted(server, name, outcome=urgent) == 1
