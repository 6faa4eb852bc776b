"""Everything by keyboard alone, and focus that is never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import Page, expect
from widget_page import EMERGENCY, QUESTION, Widget


@pytest.fixture
def page(bot: BotServer, make_page: Callable[..., Page]) -> Page:
    page: Page = make_page()
    page.goto(bot.url)
    return page


def tab_to_launcher(widget: Widget) -> None:
    for _ in range(40):
        if "launch" in widget.focused:
            return
        widget.page.keyboard.press("Tab")
    pytest.fail("The launcher cannot be reached by Tab.")


def test_from_launcher_to_answer_to_close_by_keyboard_alone(page: Page) -> None:
    widget = Widget(page)
    tab_to_launcher(widget)
    page.keyboard.press("Enter")
    expect(widget.intro).to_be_visible()
    expect(widget.input).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    widget.reply_to(0)
    expect(widget.input).to_be_focused()

    page.keyboard.press("Shift+Tab")  # back from the field to the last quick reply
    last = widget.quick_replies.last
    expect(last).to_be_focused()
    title = last.text_content() or ""
    page.keyboard.press("Enter")
    widget.reply_to(1)
    expect(widget.questions.last).to_have_text(title)
    assert "turn" in widget.focused

    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_sources_and_thumbs_by_keyboard(page: Page) -> None:
    widget = Widget(page).open()
    answer = widget.ask(QUESTION)
    summary = answer.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(answer.locator("details a").first).to_be_visible()
    widget.button("No, this did not help").focus()
    page.keyboard.press("Space")
    page.keyboard.type("too short")
    page.keyboard.press("Enter")
    expect(answer.get_by_text("Thank you")).to_be_focused()


def test_the_menu_opens_and_closes_by_keyboard(page: Page) -> None:
    widget = Widget(page).open()
    widget.ask(QUESTION)
    options = widget.button("Options")
    options.focus()
    page.keyboard.press("Enter")
    expect(options).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(widget.button("Start over")).to_be_focused()
    page.keyboard.press("Escape")  # closes the menu, not the panel
    expect(widget.button("Start over")).to_be_hidden()
    expect(options).to_be_focused()
    expect(options).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(widget.button("Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.input).to_be_focused()


def test_focus_goes_back_to_what_opened_the_panel(page: Page) -> None:
    page.evaluate(
        """() => { const own = document.createElement("button"); own.id = "own";
        own.textContent = "Chat"; document.querySelector("main").append(own);
        own.addEventListener("click", () => document.querySelector("clinic-chat").open()); }"""
    )
    widget = Widget(page)
    page.locator("#own").focus()
    page.keyboard.press("Enter")
    expect(widget.input).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own")).to_be_focused()


def test_trying_again_keeps_the_focus_in_the_panel(page: Page) -> None:
    widget = Widget(page).open()
    page.route("**/chat/message", lambda route: route.abort(), times=1)
    widget.type(QUESTION)
    widget.button("Try again").focus()
    page.keyboard.press("Enter")
    widget.reply_to(0)
    assert widget.focused != ""


def test_the_panel_is_no_trap(page: Page) -> None:
    widget = Widget(page).open()
    for _ in range(60):
        page.keyboard.press("Tab")
        if widget.focused == "":
            break
    assert widget.focused == "", "Tab never leaves the panel"
    expect(widget.panel).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert widget.focused != "", "Shift+Tab does not come back"


def test_a_covering_panel_keeps_focus_inside_and_escape_leaves_it(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page(viewport={"width": 360, "height": 640})
    page.goto(bot.url)
    widget = Widget(page).open()
    # Where the panel covers the page, nothing behind it takes the focus.
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.localName === 'clinic-chat'"
        )
    widget.input.focus()
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.panel).to_be_visible()


def test_turning_the_phone_keeps_panel_text_and_focus(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page(viewport={"width": 800, "height": 900})
    page.goto(bot.url)
    widget = Widget(page).open()
    widget.input.fill("half a question")
    page.set_viewport_size({"width": 360, "height": 640})
    expect(widget.panel).to_be_visible()
    expect(widget.input).to_have_value("half a question")
    expect(widget.input).to_be_focused()
    box = widget.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)


def test_on_a_touch_screen_the_introduction_is_not_covered_by_the_keyboard(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page.goto(bot.url)
    widget = Widget(page)
    widget.launcher.tap()
    expect(widget.intro).to_be_visible()
    assert widget.focused == "title"


def test_the_launcher_does_not_cover_what_has_the_focus(page: Page) -> None:
    widget = Widget(page)
    page.evaluate(
        """() => { const link = document.createElement("a"); link.href = "#"; link.id = "corner";
        link.textContent = "Corner"; link.style.cssText = "position:fixed;right:40px;bottom:30px";
        document.querySelector("main").append(link); }"""
    )
    page.locator("#corner").focus()
    page.wait_for_function(
        """() => { const box = document.querySelector("clinic-chat").shadowRoot
        .querySelector(".launch").getBoundingClientRect();
        return box.top >= innerHeight; }"""
    )
    page.keyboard.press("Tab")
    tab_to_launcher(widget)
    expect(widget.launcher).to_be_in_viewport()


def test_focus_is_visible(page: Page) -> None:
    widget = Widget(page)
    tab_to_launcher(widget)
    outline = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
    assert widget.launcher.evaluate(outline) == "solid3px"
    page.keyboard.press("Enter")
    widget.ask(EMERGENCY)
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        shown = widget.root.evaluate(
            "host => { const s = getComputedStyle(host.shadowRoot.activeElement);"
            " return s.outlineStyle + s.outlineWidth; }"
        )
        assert shown == "solid3px", widget.focused
