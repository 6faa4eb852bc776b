"""The demo clinic page, which works without JavaScript too."""

from __future__ import annotations

import html
import urllib.parse
import uuid
from typing import Any

from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.engine import resources
from bot.web import notices
from bot.web.addresses import address_of
from bot.web.channel import Channel
from bot.web.requests import MAX_BODY_BYTES, MAX_TEXT_CHARACTERS, Refused, check_text

# Paragraphs, lists, bold, italics and links; no HTML, no images.
_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis", "link", "newline"])
_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="stylesheet" href="/demo.css">
</head>
<body>
<header><p class="name">{name}</p><p>{phone}</p></header>
<main>
{demo}
<h1>Questions about Dupixent or eczema?</h1>
<p>Our assistant gives answers that were written ahead of time, each with its sources.
It is a computer program, not a clinician, and it is <strong>not for emergencies:
call {emergency}</strong>.</p>
{conversation}
<form method="post" action="/ask" aria-label="Ask the assistant">
<input type="hidden" name="token" value="{token}">
<input type="hidden" name="id" value="{id}">
<label for="text">Your question</label>
<textarea id="text" name="text" rows="3" maxlength="{most}" required></textarea>
<button type="submit">Ask</button>
</form>
<p class="small">Please do not type names, birth dates or other personal details.
The conversation is kept for {days} days. {hours}</p>
</main>
<script src="/widget.js" defer></script>
<clinic-chat></clinic-chat>
</body>
</html>"""


class Page:
    """The page at `/` and the plain form behind it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def routes(self) -> list[Route]:
        """The page's routes."""
        return [
            Route("/", self.show, methods=["GET"]),
            Route("/ask", self.ask, methods=["POST"]),
            Route("/favicon.ico", self.no_icon, methods=["GET"]),
        ]

    async def show(self, _: Request) -> Response:
        """The page before any question."""
        return HTMLResponse(self._render("", ""))

    async def no_icon(self, _: Request) -> Response:
        """Browsers ask for an icon; there is none."""
        return Response(status_code=204)

    async def ask(self, request: Request) -> Response:
        """One question by plain form: the same assistant, the same rules."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return self._trouble("The message is too long.", 413)
        form = {
            key: values[0]
            for key, values in urllib.parse.parse_qs(body.decode("utf-8", "replace")).items()
        }
        text = form.get("text", "")[:MAX_BODY_BYTES]
        token, message_id = form.get("token", ""), form.get("id") or uuid.uuid4().hex
        address = address_of(request, self._channel.settings)
        try:
            check_text(text)
            token = token or (await self._channel.new_session(address))["token"]
            messages, _ = await self._channel.turns.respond(token, message_id[:64], text, address)
        except Refused as refusal:
            return self._trouble(refusal.detail, refusal.status)
        asked = f'<p class="asked"><b>You:</b> {html.escape(text)}</p>'
        return HTMLResponse(self._render(asked + "".join(map(_message, messages)), token))

    def _trouble(self, detail: str, status: int) -> Response:
        return HTMLResponse(
            self._render(f'<p class="trouble" role="alert">{html.escape(detail)}</p>', ""), status
        )

    def _render(self, conversation: str, token: str) -> str:
        clinic = resources.clinic()
        values = notices.introduction(self._channel.settings)
        demo = (
            '<p class="demo">This is a demo: the clinic does not exist and its 555 numbers '
            "reach nobody.</p>"
            if clinic.demo
            else ""
        )
        return _FRAME.format(
            name=html.escape(clinic.name),
            phone=_phone("Phone", clinic.phone),
            emergency=html.escape(clinic.emergency_number),
            demo=demo,
            conversation=f'<section aria-label="Conversation">{conversation}</section>',
            token=html.escape(token, quote=True),
            id=uuid.uuid4().hex,
            most=MAX_TEXT_CHARACTERS,
            days=f"{values['retention_days']:g}",
            hours=html.escape(values["clinic"]["open_now"]),
        )


def _message(message: dict[str, Any]) -> str:
    parts = [f'<article class="{html.escape(message["kind"])} {html.escape(message["level"])}">']
    parts.append(f"<p class='speaker'>Assistant</p>{_MARKDOWN.render(message['text'])}")
    parts += [f"<p>{_phone(phone['label'], phone['number'])}</p>" for phone in message["phones"]]
    if message["sources"]:
        items = "".join(
            f'<li><a href="{html.escape(s["url"], quote=True)}" rel="noopener noreferrer">'
            f"{html.escape(s['title'])}</a> ({html.escape(s['publisher'])})</li>"
            for s in message["sources"]
        )
        parts.append(f"<details><summary>Sources</summary><ul>{items}</ul></details>")
    if message["kind"] == "answer":
        reviewed = message["reviewed_on"]
        label = f"Reviewed on {reviewed}" if reviewed else message["reviewed_by"]
        parts.append(f'<p class="small">{html.escape(label)}</p>')
    if message["quick_replies"]:
        items = "".join(f"<li>{html.escape(q['title'])}</li>" for q in message["quick_replies"])
        parts.append(f"<p>You can ask:</p><ul>{items}</ul>")
    return "".join([*parts, "</article>"])


def _phone(label: str, number: str) -> str:
    dial = "".join(c for c in number if c.isdigit() or c == "+")
    return (
        f'{html.escape(label)}: <a href="tel:{dial}" aria-label="{html.escape(label)}, '
        f'{" ".join(dial)}">{html.escape(number)}</a>'
    )
