"""The plain form: what it sends is held to the same rules as what the widget sends."""

from __future__ import annotations

import html
import re

import pytest
from chat_client import QUESTION, Server

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def ids_kept(server: Server, sent: str) -> list[str]:
    """The ids under which a question sent by form is kept."""
    reply = await server.client.post("/ask", data={"text": QUESTION, "id": sent})
    assert reply.status_code == 200
    found = re.search(r'name="token" value="([^"]+)"', reply.text)
    assert found
    history = await server.history(html.unescape(found[1]))
    return [each["id"] for each in history.json()["messages"] if each["role"] == "user"]


async def test_the_id_of_the_form_is_the_messages(server: Server) -> None:
    assert await ids_kept(server, "said-1") == ["said-1"]


@pytest.mark.parametrize("sent", ["", "\x00", "a b", "é", "x" * 65, '"><b>', "../said"])
async def test_an_id_that_the_chat_would_refuse_is_replaced(server: Server, sent: str) -> None:
    [kept] = await ids_kept(server, sent)
    assert kept != sent
    assert ID.fullmatch(kept)
