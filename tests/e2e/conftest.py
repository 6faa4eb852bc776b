"""A real server, a real browser, and a website of another origin that embeds the widget.

They are needed, not wished for: without Chromium these tests fail.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bot_server import BotServer
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from services import free_port
from websites import Website
from widget_page import Widget

# How long a busy machine may take; nothing waits longer than it has to.
PATIENCE = 15_000  # milliseconds
expect.set_options(timeout=PATIENCE)
CHROMIUM_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def _website() -> Iterator[Website]:
    site = Website(free_port())
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="session")
def website() -> Iterator[Website]:
    """The clinic's website: another origin than the bot's, and on its list."""
    yield from _website()


@pytest.fixture(scope="session")
def strange_website() -> Iterator[Website]:
    """A website that may not use the bot."""
    yield from _website()


@pytest.fixture(scope="session")
def bot(
    project: Path, website: Website, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotServer]:
    server = BotServer(project, tmp_path_factory.mktemp("var"), [website.origin])
    try:
        server.wait()
        yield server
    finally:
        server.stop()


# Not for the whole session: Playwright's event loop would be in the way of async tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is not installed; these tests need it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def make_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts: visitors who share no storage."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def make_page(make_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Makes pages; a script error on any of them fails the test."""
    errors: list[str] = []

    def make(context: BrowserContext | None = None, **options: object) -> Page:
        page = (context or make_context(**options)).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    assert errors == []


@pytest.fixture
def open_widget(bot: BotServer, make_page: Callable[..., Page]) -> Callable[..., Widget]:
    """Opens the widget on the demo page of the bot itself, for a new visitor."""

    def make(context: BrowserContext | None = None, **options: object) -> Widget:
        page = make_page(context, **options)
        page.goto(bot.url)
        return Widget(page).open()

    return make


@pytest.fixture
def widget(open_widget: Callable[..., Widget]) -> Widget:
    made: Widget = open_widget()
    return made
