"""The demo clinic page with the widget, and a plain form that works without JavaScript."""

from __future__ import annotations

import html
import urllib.parse
import uuid
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any

import msgspec
from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.engine import resources
from bot.engine.messages import buttons
from bot.web import notices
from bot.web.addresses import address_of
from bot.web.channel import Channel
from bot.web.requests import (
    MAX_TEXT_CHARACTERS,
    MessageId,
    Refused,
    check_text,
    limited_body,
)

TEMPLATE = Template((Path(__file__).parent / "static" / "page.html").read_text("utf-8"))
# Answers whose questions are offered before the first message.
STARTERS = ("common_side_effects", "missed_dose", "how_to_inject")
# The levels as words: they are not told apart by colour alone.
LEVELS = {
    "emergency": "Emergency",
    "same_day": "Get help today",
    "routine": "Contact your clinic",
}
# Paragraphs, lists, bold, italics and links; no HTML, no images.
_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis", "link", "newline"])


class Page:
    """The page at `/` and the plain form behind it.

    Args:
        channel: the conversation that the form continues.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def routes(self) -> list[Route]:
        """The page's routes."""
        return [
            Route("/", self.show, methods=["GET"]),
            Route("/ask", self.ask, methods=["POST"]),
            Route("/ask", self.back, methods=["GET"]),
            Route("/favicon.ico", self.no_icon, methods=["GET"]),
        ]

    async def show(self, _: Request) -> Response:
        """The page before any question."""
        return self._page()

    async def back(self, _: Request) -> Response:
        """The address of an answer, opened anew: there is nothing to show, so begin again."""
        return Response(status_code=303, headers={"Location": "/"})

    async def no_icon(self, _: Request) -> Response:
        """Browsers ask for an icon; there is none."""
        return Response(status_code=204)

    async def ask(self, request: Request) -> Response:
        """One question by plain form: the same assistant, the same rules."""
        try:
            form = _fields(await limited_body(request))
        except Refused as refusal:
            return self._refused(refusal)
        # A quick reply is a button of the form; it wins over what is in the field.
        text = form.get("reply") or form.get("text", "")
        message_id = _message_id(form.get("id", ""))
        try:
            check_text(text)
            token, messages = await self._answer(request, form.get("token", ""), message_id, text)
        except Refused as refusal:
            # After the end of a session the next try begins a new one.
            token = "" if refusal.status == 401 else form.get("token", "")
            return self._refused(refusal, token, text)
        try:
            earlier = await self._channel.said_so_far(token) if token else []
        except Refused:
            earlier, token = [], ""
        if not any(message.get("id") == message_id for message in earlier):
            # Not kept: an emergency that was answered although something failed, or a pause.
            earlier += [{"role": "user", "text": text}, *messages]
        return self._page(_conversation(earlier), token, replies=_quick_replies(messages))

    async def _answer(
        self, request: Request, token: str, message_id: str, text: str
    ) -> tuple[str, list[dict[str, Any]]]:
        address = address_of(request, self._channel.settings)
        respond = self._channel.turns.respond
        try:
            token = token or (await self._channel.new_session(address))["token"]
        except Refused as refusal:
            # No session is to be had: an emergency is answered all the same.
            with suppress(Refused):
                return "", (await respond("", message_id, text, address))[0]
            raise refusal
        return token, (await respond(token, message_id, text, address))[0]

    def _refused(self, refusal: Refused, token: str = "", text: str = "") -> HTMLResponse:
        """The page with the reason, and with the text still in the field."""
        self._channel.turns.metrics.refused.labels(str(refusal.status)).inc()
        return self._page(_trouble(refusal), token, text, status=refusal.status)

    def _page(
        self,
        conversation: str = "",
        token: str = "",
        unsent: str = "",
        replies: list[dict[str, str]] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        clinic = resources.clinic()
        before = notices.introduction(self._channel.settings)
        answers = [resources.answers().get(faq_id) for faq_id in STARTERS]
        starters = buttons(answer.question for answer in answers if answer)
        demo = "This is a demo: the clinic does not exist and its 555 numbers reach nobody."
        page = TEMPLATE.substitute(
            title=html.escape(f"{clinic.name}: questions about Dupixent and eczema"),
            clinic=html.escape(clinic.name),
            phone=_phone("Phone", clinic.phone),
            open_now=html.escape(before["clinic"]["open_now"]),
            emergency=html.escape(clinic.emergency_number),
            demo=f'<p class="demo">{demo}</p>' if clinic.demo else "",
            conversation=conversation,
            token=html.escape(token),
            id=uuid.uuid4().hex,
            most=MAX_TEXT_CHARACTERS,
            unsent=html.escape(unsent),
            quick_replies=_buttons(starters if replies is None else replies),
            notices="\n".join(f"<li>{html.escape(text)}</li>" for text in before["notices"]),
            questions=html.escape("|".join(starter["title"] for starter in starters)),
        )
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def _fields(body: bytes) -> dict[str, str]:
    text = body.decode("utf-8", "replace")
    return {name: values[0] for name, values in urllib.parse.parse_qs(text).items()}


def _message_id(given: str) -> str:
    """The id that the form gives, or a new one where it is none that /chat would take."""
    try:
        return msgspec.convert(given, MessageId)
    except msgspec.ValidationError:
        return uuid.uuid4().hex


def _trouble(refusal: Refused) -> str:
    return f'<p class="trouble" role="alert" id="latest">{html.escape(refusal.detail)}</p>'


def _conversation(messages: list[dict[str, Any]]) -> str:
    """Each message with its speaker; the latest question can be jumped to."""
    parts = []
    latest = max(i for i, message in enumerate(messages) if message["role"] == "user")
    for index, message in enumerate(messages):
        mark = ' id="latest"' if index == latest else ""
        if message["role"] == "user":
            text = html.escape(message["text"])
            parts.append(f'<h2{mark}>You</h2><article class="you"><p>{text}</p></article>')
        else:
            parts.append(f"<h2>Assistant</h2>{_reply(message)}")
    return "\n".join(parts)


def _reply(message: dict[str, Any]) -> str:
    level = message["level"] if message["kind"] == "escalation" else ""
    parts = [f'<article class="{html.escape(level)}">']
    if level in LEVELS:
        parts.append(f'<p class="level">{LEVELS[level]}</p>')
    parts.append(_MARKDOWN.render(message["text"]))
    parts += [f"<p>{_phone(phone['label'], phone['number'])}</p>" for phone in message["phones"]]
    if message["sources"]:
        items = "".join(
            f'<li><a href="{html.escape(source["url"])}" rel="noopener noreferrer">'
            f"{html.escape(source['title'])}</a> ({html.escape(source['publisher'])})</li>"
            for source in message["sources"]
        )
        parts.append(f"<details><summary>Sources</summary><ul>{items}</ul></details>")
    if message["kind"] == "answer":
        parts.append(f'<p class="small">{html.escape(_review(message))}</p>')
    return "".join([*parts, "</article>"])


def _review(message: dict[str, Any]) -> str:
    by = message["reviewed_by"] or "not yet reviewed by a clinician"
    if message["reviewed_on"]:
        return f"Reviewed by a clinician on {message['reviewed_on']} ({by})"
    return f"{by[0].upper()}{by[1:]}."


def _quick_replies(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    offered = [message["quick_replies"] for message in messages if message["quick_replies"]]
    return offered[-1] if offered else []


def _buttons(replies: list[dict[str, str]]) -> str:
    if not replies:
        return ""
    items = "".join(
        f'<button name="reply" value="{html.escape(reply["payload"])}" formnovalidate>'
        f"{html.escape(reply['title'])}</button>"
        for reply in replies
    )
    return f'<div class="replies"><p class="small">Or choose:</p>{items}</div>'


def _phone(label: str, number: str) -> str:
    """A phone link that a screen reader speaks digit by digit."""
    dial = "".join(c for c in number if c.isdigit() or c == "+")
    spoken = ", ".join(" ".join(part) for part in number.split("-"))
    return (
        f'{html.escape(label)}: <a href="tel:{dial}" aria-label="{html.escape(label)}, '
        f'{spoken}">{html.escape(number)}</a>'
    )
