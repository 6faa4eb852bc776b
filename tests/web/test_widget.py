"""/widget.js: small parts, joined into the one script that a page loads."""

from __future__ import annotations

import re

import pytest
from chat_client import Server

from bot.web import widget

MOST_LINES = 200


def test_every_part_is_joined_once() -> None:
    assert sorted(widget.PARTS) == sorted(path.stem for path in widget.FOLDER.iterdir())


@pytest.mark.parametrize("part", widget.PARTS)
def test_a_part_is_short_and_says_what_it_is(part: str) -> None:
    lines = (widget.FOLDER / f"{part}.js").read_text("utf-8").splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= MOST_LINES


def test_no_two_parts_declare_the_same_name() -> None:
    declared = re.findall(r"^(?:const|let|class|(?:async )?function) (\w+)", widget.script(), re.M)
    assert len(declared) > 50
    assert len(declared) == len(set(declared))


async def test_the_script_is_served_as_one_that_may_be_kept_and_embedded(server: Server) -> None:
    reply = await server.client.get("/widget.js")
    assert reply.status_code == 200
    assert reply.text == widget.script()
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Content-Length"] == str(len(reply.content))
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert re.fullmatch(r'"[0-9a-f]{32}"', reply.headers["ETag"])
    assert reply.headers["Last-Modified"].endswith(" GMT")
    again = await server.client.head("/widget.js")
    assert again.headers["ETag"] == reply.headers["ETag"]
