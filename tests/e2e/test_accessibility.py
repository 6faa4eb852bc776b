"""WCAG 2.2 AA as far as a machine can tell: axe in every state, zoom, spacing, speech."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from bot_server import BotServer
from playwright.sync_api import Locator, Page, expect
from widget_page import (
    EMERGENCY,
    QUESTION,
    SAME_DAY,
    Widget,
    message,
    scrolls_sideways,
    stub_replies,
)

# Everything axe knows about WCAG 2.0 to 2.2, A and AA, and its best practices.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"type": "tag", "values": TAGS}
SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.2 success criterion 2.5.8
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""


def assert_axe_finds_nothing(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": RULES}).response
    assert [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found["violations"]
        for node in rule["nodes"]
    ] == []
    # axe must have looked into the widget, not only around it.
    if page.locator("clinic-chat .launch").count():
        assert any("clinic-chat" in str(rule["nodes"]) for rule in found["passes"])


def closed(widget: Widget) -> None:
    widget.button("Close chat").click()


def answer_with_sources(widget: Widget) -> None:
    widget.ask(QUESTION).locator("summary").click()


def rating(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.button("No, this did not help").click()


def emergency(widget: Widget) -> None:
    widget.ask(EMERGENCY)


def same_day(widget: Widget) -> None:
    widget.ask(SAME_DAY)


def routine(widget: Widget) -> None:
    phones = [{"label": "Demo Dermatology Clinic", "number": "202-555-0100"}]
    text = "**Contact your prescriber within a few days.** Call 202-555-0100."
    stub_replies(widget.page, message(kind="escalation", level="routine", text=text, phones=phones))
    widget.ask(QUESTION)


def suggestions(widget: Widget) -> None:
    replies = [{"title": text, "payload": text} for text in ("One?", "Two?", "None of these")]
    stub_replies(
        widget.page, message(kind="suggestions", text="Did you mean:", quick_replies=replies)
    )
    widget.ask(QUESTION)


def typing(widget: Widget) -> None:
    widget.page.route("**/chat/message", lambda route: None)
    widget.type(QUESTION)


def not_sent(widget: Widget) -> None:
    widget.page.route("**/chat/message", lambda route: route.abort())
    widget.type(QUESTION)
    expect(widget.button("Try again")).to_be_visible()


def too_long(widget: Widget) -> None:
    widget.input.fill("a" * 1001)


def menu(widget: Widget) -> None:
    widget.button("Options").click()


def deleting(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.choose("Delete this conversation")


STATES = (
    closed, lambda widget: None, answer_with_sources, rating, emergency, same_day, routine,
    suggestions, typing, not_sent, too_long, menu, deleting,
)  # fmt: skip
NAMES = [state.__name__.replace("<lambda>", "open") for state in STATES]


@pytest.mark.parametrize("state", STATES, ids=NAMES)
def test_axe_finds_nothing(
    open_widget: Callable[..., Widget], state: Callable[[Widget], None]
) -> None:
    widget = open_widget(reduced_motion="reduce")
    state(widget)
    widget.page.mouse.move(0, 0)
    assert_axe_finds_nothing(widget.page)


DARK = (closed, answer_with_sources, emergency, same_day, routine, not_sent, too_long, menu)


@pytest.mark.parametrize("state", DARK, ids=[state.__name__ for state in DARK])
def test_axe_finds_nothing_in_the_dark(
    open_widget: Callable[..., Widget], state: Callable[[Widget], None]
) -> None:
    widget = open_widget(color_scheme="dark", reduced_motion="reduce")
    state(widget)
    widget.page.mouse.move(0, 0)
    assert_axe_finds_nothing(widget.page)


@pytest.mark.parametrize("state", [emergency, not_sent], ids=["emergency", "not_sent"])
def test_axe_finds_nothing_on_a_phone(
    open_widget: Callable[..., Widget], state: Callable[[Widget], None]
) -> None:
    widget = open_widget(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    state(widget)
    assert_axe_finds_nothing(widget.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_without_javascript(
    bot: BotServer, make_page: Callable[..., Page], scheme: str
) -> None:
    with_form = make_page(color_scheme=scheme)
    with_form.route("**/widget.js", lambda route: route.abort())
    with_form.goto(bot.url)
    with_form.get_by_label("Your question").fill(SAME_DAY)
    with with_form.expect_navigation():
        with_form.get_by_role("button", name="Ask", exact=True).click()
    expect(with_form.locator(".level")).to_be_visible()
    assert_axe_finds_nothing(with_form)


def test_one_polite_live_region_apart_from_the_log(widget: Widget) -> None:
    widget.ask(QUESTION)
    live = widget.root.locator("[aria-live], [role=status], [role=alert], [role=log]")
    expect(live).to_have_count(1)
    expect(live).to_have_attribute("aria-live", "polite")
    assert widget.log.locator("[aria-live]").count() == 0
    box = live.bounding_box()
    assert box is not None
    assert max(box["width"], box["height"]) <= 1


def test_what_arrives_is_announced_once_in_plain_words(widget: Widget) -> None:
    expect(widget.live).to_contain_text("Not for emergencies")
    text = "**Call 202-555-0133 today,** or 988.\n\n- See [this](https://example.org/).\n- 600 mg"
    phones = [{"label": "Crisis line", "number": "988"}]
    stub_replies(
        widget.page, message(kind="escalation", level="same_day", text=text, phones=phones)
    )
    widget.ask(QUESTION)
    expect(widget.live).to_have_text(
        "Get help today. Call 2 0 2, 5 5 5, 0 1 3 3 today, or 9 8 8. See this. 600 mg"
    )


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("911", "9 1 1"),
        ("202-555-0133", "2 0 2, 5 5 5, 0 1 3 3"),
        ("1-800-222-1222", "1, 8 0 0, 2 2 2, 1 2 2 2"),
    ],
)
def test_phone_links_are_spoken_digit_by_digit(widget: Widget, number: str, spoken: str) -> None:
    phones = [{"label": "Somebody", "number": number}]
    stub_replies(widget.page, message(text=f"Call {number} now.", phones=phones))
    reply = widget.ask(QUESTION)
    dialled = "tel:" + number.replace("-", "")
    inline, button = reply.get_by_role("link").all()
    expect(inline).to_have_accessible_name(spoken)
    expect(inline).to_have_attribute("href", dialled)
    expect(button).to_have_accessible_name(f"Somebody, {spoken}")
    expect(button).to_have_attribute("href", dialled)


def test_doses_and_dates_are_no_phone_numbers(widget: Widget) -> None:
    stub_replies(widget.page, message(text="600 mg, then 300 mg; 2026-11-03; 10 in 100; 1911."))
    assert widget.ask(QUESTION).get_by_role("link").count() == 0


def targets(widget: Widget) -> list[Locator]:
    # Links inside a sentence are exempt.
    parts = "button:visible, textarea:visible, input:visible, summary:visible, a.call:visible"
    return widget.root.locator(parts).all()


@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_large_enough(open_widget: Callable[..., Widget], width: int) -> None:
    widget = open_widget(viewport={"width": width, "height": 800})
    widget.ask(SAME_DAY)
    widget.ask(QUESTION)
    widget.button("Options").click()
    assert len(targets(widget)) > 10
    for target in targets(widget):
        box = target.bounding_box()
        assert box is not None
        smallest = min(box["width"], box["height"])
        assert smallest >= SMALLEST_TARGET, target.inner_text()


SIZES = {
    "320 px wide": (320, 640),
    "400% zoom of 1280 by 1024": (320, 256),
    "landscape phone": (740, 360),
    "landscape phone with its keyboard open": (740, 180),
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_small_screens_need_no_sideways_scrolling_and_keep_the_field(
    open_widget: Callable[..., Widget], size: tuple[int, int]
) -> None:
    widget = open_widget(viewport={"width": size[0], "height": size[1]})
    for state in (answer_with_sources, same_day, menu):
        state(widget)
        assert not scrolls_sideways(widget.page)
    widget.page.keyboard.press("Escape")
    expect(widget.input).to_be_in_viewport(ratio=0.99)
    expect(widget.button("Send")).to_be_in_viewport(ratio=0.99)
    expect(widget.button("Close chat")).to_be_in_viewport(ratio=0.99)
    reply = widget.ask(EMERGENCY)
    level = reply.locator(".level")
    expect(level).to_be_in_viewport(ratio=0.99)
    expect(reply.locator("strong").first).to_be_in_viewport(ratio=0.99)  # Call 911 now.
    log = widget.log.bounding_box()
    box = level.bounding_box()
    assert log is not None
    assert box is not None
    assert box["y"] >= log["y"]


def test_long_words_do_not_make_it_scroll_sideways(open_widget: Callable[..., Widget]) -> None:
    widget = open_widget(viewport={"width": 320, "height": 640})
    stub_replies(widget.page, message(text="https://example.org/" + "x" * 200))
    widget.ask("y" * 200)
    assert not scrolls_sideways(widget.page)


def test_text_spacing_cuts_nothing_off(open_widget: Callable[..., Widget]) -> None:
    widget = open_widget(viewport={"width": 320, "height": 640})
    widget.page.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
        document.querySelector("clinic-chat").shadowRoot.adoptedStyleSheets.push(sheet); }""",
        TEXT_SPACING,
    )
    widget.ask(SAME_DAY)
    widget.button("Options").click()
    assert not scrolls_sideways(widget.page)
    cut = widget.root.evaluate(
        """host => [...host.shadowRoot.querySelectorAll("button, h2, p, li, summary, .call")]
        .filter(e => !e.closest(".off, [hidden]") && e.scrollHeight > e.clientHeight + 2
          && getComputedStyle(e).display !== "inline")
        .map(e => e.textContent)"""
    )
    assert cut == []
    expect(widget.input).to_be_in_viewport(ratio=0.99)


def test_reduced_motion_stops_what_moves(open_widget: Callable[..., Widget]) -> None:
    widget = open_widget(reduced_motion="reduce")
    typing(widget)
    moving = "e => getComputedStyle(e).animationName"
    assert widget.root.locator(".typing i").first.evaluate(moving) == "none"
    assert widget.log.evaluate("e => getComputedStyle(e).scrollBehavior") == "auto"


def test_forced_colours_keep_levels_and_borders_apart(open_widget: Callable[..., Widget]) -> None:
    widget = open_widget(forced_colors="active")
    border = "e => getComputedStyle(e).borderTopStyle"
    assert widget.ask(EMERGENCY).evaluate(border) == "double"
    assert widget.questions.first.evaluate(border) == "solid"
    assert widget.launcher.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


def test_the_language_is_said(widget: Widget) -> None:
    expect(widget.panel).to_have_attribute("lang", "en")
