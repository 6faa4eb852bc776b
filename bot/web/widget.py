"""The widget: one script for the browser, written as small parts under static/widget/.

A clinic's page loads one file and needs no build step; whoever reads or changes the widget
reads a part at a time. A part may use what any other declares: they share one function.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static" / "widget"
# In this order; only the last does anything when it is loaded.
PARTS = (
    # What it says and how it looks.
    "texts", "styles-theme", "styles-panel", "styles-log", "styles-form", "styles-screens",
    # Text as nodes.
    "dom", "phones", "markdown", "message",
    # The server, and what the browser remembers.
    "memory", "server",
    # What is seen.
    "rating", "trouble", "log", "pause", "form", "menu", "dialog", "print",
    # What happens.
    "conversation", "sender", "element",
)  # fmt: skip
HEAD = """\
// <clinic-chat>: the clinic's assistant as one custom element. No dependency, no cookie, no
// build step, and nothing from anywhere but the server that this file came from.
// How to embed and adapt it: docs/embedding.md. How it was tested: docs/accessibility.md.
"""


def script() -> str:
    """The parts in one function: nothing of it becomes global on the clinic's page."""
    parts = [f"// ---- {name} ----\n\n{_path(name).read_text('utf-8')}" for name in PARTS]
    return "\n".join([HEAD + '(() => {\n"use strict";', *parts, "})();\n"])


def route() -> Route:
    """`/widget.js`, read once: a server that runs does not change its script."""
    content = script().encode()
    # By content, not by time: the servers behind one address agree about it.
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": "public, max-age=300", "ETag": tag}

    async def serve(request: Request) -> Response:
        if tag in _known(request.headers.get("If-None-Match", "")):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="text/javascript", headers=headers)

    return Route("/widget.js", serve)


def _known(tags: str) -> set[str]:
    """The tags of what a browser has; a proxy that compresses makes them weak: `W/"…"`."""
    return {tag.strip().removeprefix("W/") for tag in tags.split(",")}


def _path(part: str) -> Path:
    return FOLDER / f"{part}.js"
