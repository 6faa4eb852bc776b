"""Every response: security headers, JSON reasons, an id; other websites stay outside."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chat_client import QUESTION, Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from bot.web.guard import Guard

ALLOWED = "https://www.clinic.example"
PATHS = ["/", "/widget.js", "/health/live", "/health/ready", "/metrics", "/chat/status", "/nothing"]


@pytest.fixture
async def guarded(make_server: Callable[..., Any]) -> Server:
    made: Server = await make_server(FAQBOT_ALLOWED_ORIGINS=f"{ALLOWED}, https://two.example")
    return made


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_carries_the_security_headers(guarded: Server, path: str) -> None:
    reply = await guarded.client.get(path)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert "set-cookie" not in reply.headers
    assert "server" not in reply.headers


async def test_what_patients_say_is_not_cached(guarded: Server) -> None:
    reply = await guarded.say(await guarded.session(), QUESTION)
    assert reply.headers["Cache-Control"] == "no-store"


async def test_an_allowed_website_may_use_the_chat(guarded: Server) -> None:
    origin = {"Origin": ALLOWED}
    preflight = await guarded.client.options(
        "/chat/message",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,authorization",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == ALLOWED
    reply = await guarded.client.post("/chat/session", headers=origin)
    assert reply.status_code == 200
    assert reply.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert "Retry-After" in reply.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply.headers


async def test_a_refusal_can_be_read_by_an_allowed_website(guarded: Server) -> None:
    reply = await guarded.client.get("/chat/history", headers={"Origin": ALLOWED})
    assert reply.status_code == 401
    assert reply.headers["Access-Control-Allow-Origin"] == ALLOWED


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://www.clinic.example.evil.example",
        "http://www.clinic.example",
        "https://www.clinic.example:8443",
        "https://clinic.example",
        "null",
        "",
    ],
)
async def test_another_website_may_not(guarded: Server, origin: str) -> None:
    for method, path in [
        ("POST", "/chat/session"),
        ("OPTIONS", "/chat/message"),
        ("POST", "/ask"),
    ]:
        reply = await guarded.client.request(method, path, headers={"Origin": origin})
        assert (reply.status_code, reply.json()["error"]) == (403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in reply.headers


async def test_that_a_website_was_refused_is_in_the_log_once_and_unnamed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "bot.web.guard")
    app = httpx.ASGITransport(Guard(Starlette(), allowed_origins=()))
    async with httpx.AsyncClient(transport=app, base_url="http://bot.example") as client:
        for origin in ("https://clinic.example", "https://evil.example"):
            await client.post("/chat/session", headers={"Origin": origin})
    said = [record.getMessage() for record in caplog.records if "ORIGINS" in record.getMessage()]
    assert len(said) == 1
    assert "example" not in said[0]


@pytest.mark.parametrize("host", ["bot.example", "bot.example:8080"])
async def test_the_servers_own_page_may_use_the_chat(server: Server, host: str) -> None:
    own = {"Host": host, "Origin": f"http://{host}"}
    reply = await server.client.post("/chat/session", headers=own)
    assert reply.status_code == 200
    reply = await server.client.post("/ask", headers=own, data={"text": QUESTION})
    assert reply.status_code == 200


async def test_another_website_cannot_put_a_patient_into_its_own_conversation(
    server: Server,
) -> None:
    token = await server.session()
    form = {"token": token, "text": QUESTION}
    reply = await server.client.post("/ask", headers={"Origin": "https://evil.example"}, data=form)
    assert reply.status_code == 403
    assert token not in reply.text
    assert (await server.history(token)).json()["messages"] == []


@pytest.mark.parametrize(
    ("method", "path", "content", "media_type", "status", "error"),
    [
        ("POST", "/chat/message", b"{}", "text/plain", 415, "json_only"),
        ("POST", "/chat/message", b"a=b", "multipart/form-data", 415, "json_only"),
        ("POST", "/chat/message", b"{", "application/json", 400, "not_json"),
        ("POST", "/chat/message", b'{"token": "\xff"}', "application/json", 400, "not_json"),
        ("POST", "/chat/message", b"{}", "application/json", 422, "invalid_request"),
        ("POST", "/chat/message", b"x" * 9000, "application/json", 413, "too_large"),
        ("GET", "/chat/message", b"", "application/json", 405, "method_not_allowed"),
        ("PUT", "/chat/session", b"", "application/json", 405, "method_not_allowed"),
        ("GET", "/chat", b"", "application/json", 404, "not_found"),
        ("GET", "/../etc/passwd", b"", "application/json", 404, "not_found"),
        ("GET", "/widget.js/../app.py", b"", "application/json", 404, "not_found"),
    ],
)
async def test_a_bad_request_gets_a_short_json_reason(
    server: Server, method: str, path: str, content: bytes, media_type: str, status: int, error: str
) -> None:
    reply = await server.client.request(
        method, path, content=content, headers={"Content-Type": media_type}
    )
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert set(reply.json()) == {"error", "detail"}
    assert len(reply.content) < 400


@pytest.mark.parametrize(
    ("text", "accepted"),
    [("a" * 1000, True), ("a" * 1001, False), ("é" * 1000, True), ("€" * 700, False)],
)
async def test_a_message_has_a_thousand_characters_and_two_kilobytes_at_most(
    server: Server, text: str, accepted: bool
) -> None:
    reply = await server.say(await server.session(), text)
    assert reply.status_code == (200 if accepted else 413)
    if not accepted:
        assert reply.json()["error"] == "too_long"


async def test_an_escaped_message_of_full_length_fits(server: Server) -> None:
    token = await server.session()
    body = json.dumps({"token": token, "id": "a", "text": "é" * 1000})
    assert len(body) > 6000
    reply = await server.client.post(
        "/chat/message", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == 200


async def test_an_error_nobody_caught_tells_a_stranger_nothing(server: Server) -> None:
    async def broken(_: Request) -> None:
        raise RuntimeError("a secret of the patient's")

    server.app.router.routes.append(Route("/broken", broken))
    reply = await server.client.get("/broken")
    assert (reply.status_code, reply.json()["error"]) == (500, "try_again")
    assert "secret" not in reply.text
    assert "911" in reply.json()["detail"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


async def test_every_response_has_an_id_of_the_servers_making(server: Server) -> None:
    replies = [
        await server.client.get("/health/live", headers={"X-Request-ID": "mine"}) for _ in range(3)
    ]
    ids = [reply.headers["X-Request-ID"] for reply in replies]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{12}", found) for found in ids)


async def test_a_body_that_never_ends_is_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.requests.BODY_SECONDS", 0.05)

    async def endless() -> Any:
        yield b"{"
        await asyncio.sleep(1)

    headers = {"Content-Type": "application/json"}
    reply = await server.client.post("/chat/message", content=endless(), headers=headers)
    assert reply.status_code in (400, 408)
