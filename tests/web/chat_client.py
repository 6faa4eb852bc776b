"""A client of /chat for tests, and what they say to it."""

from __future__ import annotations

import itertools

import httpx
from starlette.applications import Starlette

from bot.engine.conversation_store import ConversationStore
from bot.settings import Settings
from bot.web.turns import Turns

EMERGENCY = "my throat is closing and I can't breathe"
QUESTION = "Can I drink alcohol on Dupixent?"
_numbers = itertools.count()


class Server:
    """The app with a client that speaks to it as a browser would."""

    def __init__(self, app: Starlette, settings: Settings, client: httpx.AsyncClient) -> None:
        self.app = app
        self.settings = settings
        self.client = client
        self.turns: Turns = app.state.turns
        self.store: ConversationStore = self.turns.store

    async def session(self) -> str:
        reply = await self.client.post("/chat/session")
        assert reply.status_code == 200, reply.text
        return str(reply.json()["token"])

    async def say(self, token: str, text: str, message_id: str = "") -> httpx.Response:
        body = {"token": token, "id": message_id or f"said-{next(_numbers)}", "text": text}
        return await self.client.post("/chat/message", json=body)

    async def history(self, token: str) -> httpx.Response:
        return await self.client.get("/chat/history", headers=bearer(token))

    async def forget(self, token: str) -> httpx.Response:
        return await self.client.delete("/chat/session", headers=bearer(token))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def texts(reply: httpx.Response) -> str:
    return " ".join(message["text"] for message in reply.json()["messages"])


def is_emergency(reply: httpx.Response) -> bool:
    messages = reply.json().get("messages", [])
    return bool(messages) and messages[0]["level"] == "emergency" and "911" in messages[0]["text"]
