"""Every reply of /chat is as docs/openapi.yaml says, whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import msgspec
import pytest
import yaml
from chat_client import EMERGENCY, QUESTION, Server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.requests import FeedbackIn, MessageIn, Refused

PATH = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
hypothesis_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@lru_cache
def contract() -> dict[str, Any]:
    return dict(yaml.safe_load(PATH.read_text()))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = contract()
        for key in schema["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        schema = found
    return schema


def check(reply: httpx.Response) -> None:
    """The reply is one that the contract names for this path and method."""
    path = contract()["paths"][reply.request.url.path]
    operation = path[reply.request.method.lower()]
    assert str(reply.status_code) in operation["responses"], f"{reply.status_code} {reply.text}"
    promised = resolved(operation["responses"][str(reply.status_code)])
    assert reply.headers["content-type"] == "application/json"
    schema = {
        **promised["content"]["application/json"]["schema"],
        "components": contract()["components"],
    }
    jsonschema.Draft202012Validator(schema).validate(reply.json())
    for name in promised.get("headers", {}):
        assert int(reply.headers[name]) >= 1


def strategy(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema of the contract's requests."""
    schema = resolved(schema)
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] == "object":
        needed = {
            k: strategy(v) for k, v in schema["properties"].items() if k in schema["required"]
        }
        extra = {k: strategy(v) for k, v in schema["properties"].items() if k not in needed}
        return st.fixed_dictionaries(needed, optional=extra)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(
            lambda text: len(text) <= schema["maxLength"]
        )
    return st.text(
        st.characters(exclude_categories=["Cs"]),
        min_size=schema.get("minLength", 0),
        max_size=min(schema["maxLength"], 500),
    )


def request_schema(path: str) -> dict[str, Any]:
    body = contract()["paths"][path]["post"]["requestBody"]
    return dict(body["content"]["application/json"]["schema"])


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.fixture
async def session(make_server: Callable[..., Any]) -> tuple[Server, str]:
    server: Server = await make_server(
        FAQBOT_RATE_SESSION="100000/minute", FAQBOT_RATE_ADDRESS="100000/minute"
    )
    token = await server.session()
    await server.say(token, QUESTION, "known")
    return server, token


@pytest.mark.parametrize(("name", "kind"), [("MessageIn", MessageIn), ("FeedbackIn", FeedbackIn)])
def test_the_contract_asks_for_what_the_server_takes(name: str, kind: type) -> None:
    written = contract()["components"]["schemas"][name]
    checked = msgspec.json.schema(kind)["$defs"][name]
    assert set(written["properties"]) == set(checked["properties"])
    assert set(written["required"]) == set(checked["required"])
    for field, schema in checked["properties"].items():
        for key in ("type", "minLength", "maxLength", "pattern"):
            if key in schema:
                assert written["properties"][field][key] == schema[key], f"{field}.{key}"


def test_the_contract_names_every_route_and_no_other(server: Server) -> None:
    served = {
        (route.path, method.lower())
        for route in server.app.routes
        for method in route.methods - {"HEAD"}
        if route.path.startswith("/chat")
    }
    written = {(path, method) for path, item in contract()["paths"].items() for method in item}
    assert written == served


def test_the_contract_names_every_reason() -> None:
    code = "".join(path.read_text() for path in (PATH.parents[1] / "bot/web").glob("*.py"))
    for reason in contract()["components"]["schemas"]["Refusal"]["properties"]["error"]["enum"]:
        assert f'"{reason}"' in code, reason


async def test_every_kind_of_reply_is_as_written(session: tuple[Server, str]) -> None:
    server, token = session
    for text in (
        QUESTION,
        EMERGENCY,
        "my eyes are red since yesterday",
        "what about the thing with the other one",
        "hello",
        "my skin itches",
        "call me at 212-555-0147",
    ):
        check(await server.say(token, text))
    check(await server.history(token))
    check(await server.client.get("/chat/status"))
    check(await server.client.post("/chat/session"))
    check(await server.forget(token))
    check(await server.forget(token))


@pytest.mark.parametrize("path", ["/chat/message", "/chat/feedback"])
@hypothesis_settings
@given(data=st.data())
async def test_what_fits_the_contract_gets_a_promised_reply(
    session: tuple[Server, str], path: str, data: st.DataObject
) -> None:
    server, token = session
    body = data.draw(strategy(request_schema(path)))
    body["token"] = data.draw(st.sampled_from([token, body.get("token", "")]))
    body["id"] = data.draw(st.sampled_from(["known", body["id"]]))
    reply = await server.client.post(path, json=body)
    check(reply)
    too_long = len(body.get("text", "").encode()) > 2048
    if too_long:
        assert reply.status_code == 413
    elif body["token"] == token:
        assert reply.status_code in (200, 404)
    else:
        assert reply.status_code == 401


@pytest.mark.parametrize("path", ["/chat/message", "/chat/feedback"])
@hypothesis_settings
@given(data=st.data())
async def test_what_does_not_fit_is_refused_with_a_reason(
    session: tuple[Server, str], path: str, data: st.DataObject
) -> None:
    server, token = session
    schema = request_schema(path)
    body = data.draw(strategy(schema))
    body["token"] = token
    field = data.draw(st.sampled_from([*resolved(schema)["properties"], "extra"]))
    body[field] = data.draw(ANYTHING)
    wrong = list(jsonschema.Draft202012Validator(resolved(schema)).iter_errors(body))
    reply = await server.client.post(path, json=body)
    check(reply)
    if wrong:
        assert reply.status_code in (413, 422)


@hypothesis_settings
@given(body=st.binary(max_size=300) | ANYTHING.map(lambda value: json.dumps(value).encode()))
async def test_any_bytes_at_all_get_a_promised_reply(
    session: tuple[Server, str], body: bytes
) -> None:
    server, _ = session
    headers = {"Content-Type": "application/json"}
    reply = await server.client.post("/chat/message", content=body, headers=headers)
    check(reply)
    assert 400 <= reply.status_code < 500


@hypothesis_settings
@given(token=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80))
async def test_any_token_at_all_gets_a_promised_reply(
    session: tuple[Server, str], token: str
) -> None:
    server, _ = session
    header = {b"Authorization": f"Bearer {token}".encode("latin-1")}
    for method, path in (("GET", "/chat/history"), ("DELETE", "/chat/session")):
        reply = await server.client.request(method, path, headers=header)
        check(reply)
        assert reply.status_code == 401


async def test_refusals_that_need_a_broken_server_are_as_written(
    session: tuple[Server, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, token = session
    server.turns.assistant = None
    check(await server.say(token, "hello"))
    server.store.engine.dispose()
    monkeypatch.setattr("bot.engine.database_threads.PATIENCE_SECONDS", 0.0)
    for reply in (
        await server.say(token, "hello"),
        await server.history(token),
        await server.client.post("/chat/session"),
        await server.client.get("/chat/status"),
        await server.forget(token),
    ):
        assert reply.status_code == 503
        check(reply)


def test_a_refusal_is_short() -> None:
    reply = Refused(400, "not_json", "The request is not valid JSON.").response()
    assert json.loads(bytes(reply.body)) == {
        "error": "not_json",
        "detail": "The request is not valid JSON.",
    }
