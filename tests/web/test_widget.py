"""/widget.js: small parts, joined into the one script that a page loads."""

from __future__ import annotations

import re

import pytest
from chat_client import Server

from bot.web import widget
from bot.web.requests import MAX_TEXT_BYTES, MAX_TEXT_CHARACTERS

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
    assert (await server.client.head("/widget.js")).headers["ETag"] == reply.headers["ETag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other" , W/{},'])
async def test_a_browser_that_has_the_script_is_not_sent_it_again(
    server: Server, form: str
) -> None:
    first = await server.client.get("/widget.js")
    known = {"If-None-Match": form.format(first.headers["ETag"])}
    for method in ("GET", "HEAD"):
        again = await server.client.request(method, "/widget.js", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Cross-Origin-Resource-Policy"):
            assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("known", ['"other"', "", "W/", '"'])
async def test_a_browser_that_has_another_script_is_sent_this_one(
    server: Server, known: str
) -> None:
    reply = await server.client.get("/widget.js", headers={"If-None-Match": known})
    assert (reply.status_code, reply.text) == (200, widget.script())


def test_the_field_knows_the_servers_limits() -> None:
    """The one in characters is told at the start of a session; until then it is this."""
    script = widget.script()
    assert f"this.limit = {MAX_TEXT_CHARACTERS};" in script
    assert f"const MOST_BYTES = {MAX_TEXT_BYTES};" in script
