"""The main journey: ask, read, rate, start over, delete, print."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import BrowserContext, Page, expect
from widget_page import EMERGENCY, OTHER_QUESTION, QUESTION, SAME_DAY, Widget, message, stub_replies

from bot import staff


def test_before_the_first_message_it_says_what_it_is(widget: Widget) -> None:
    for part in (
        "Not for emergencies. In an emergency, call 911.",
        "not a clinician",
        "kept for 30 days",
        "do not type names, birth dates",
        "202-555-0100",
        "made up",
    ):
        expect(widget.intro).to_contain_text(part)


def test_no_session_begins_before_the_panel_is_opened(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(bot.url)))
    page.goto(bot.url)
    expect(Widget(page).launcher).to_be_visible()
    assert [path for path in asked if path.startswith("/chat")] == []
    assert page.evaluate("document.cookie") == ""


def test_an_answer_has_text_review_sources_and_speaker(widget: Widget) -> None:
    answer = widget.ask(QUESTION)
    expect(answer).to_contain_text("alcohol")
    expect(answer).to_contain_text("Not yet reviewed by a clinician")
    sources = answer.locator("details")
    expect(sources).not_to_have_attribute("open", "")
    sources.locator("summary").click()
    links = sources.get_by_role("link")
    expect(links.first).to_be_visible()
    for link in links.all():
        assert (link.get_attribute("href") or "").startswith("https://")
        assert link.get_attribute("rel") == "noopener noreferrer"
    names = widget.turns.first.get_by_role("heading").all_text_contents()
    assert names == ["You"] + ["Assistant"] * widget.replies.count()


def test_a_reviewed_answer_says_when_and_by_whom(widget: Widget) -> None:
    stub_replies(
        widget.page, message(text="Yes.", reviewed_on="2026-11-03", reviewed_by="a dermatologist")
    )
    answer = widget.ask(QUESTION)
    expect(answer).to_contain_text("Reviewed by a clinician on November 3, 2026 (a dermatologist)")


def test_markdown_becomes_elements(widget: Widget) -> None:
    text = "A **bold** and *soft* word.\n\n- one\n- two\n\n1. first\n\n[site](https://example.org/)"
    stub_replies(widget.page, message(text=text))
    answer = widget.ask(QUESTION)
    assert answer.locator("strong").all_text_contents() == ["bold"]
    assert answer.locator("em").all_text_contents() == ["soft"]
    assert answer.locator("ul").first.locator("li").all_text_contents() == ["one", "two"]
    assert answer.locator("ol li").all_text_contents() == ["first"]
    expect(answer.get_by_role("link", name="site")).to_have_attribute(
        "href", "https://example.org/"
    )


def test_an_emergency_says_so_in_words_with_a_number_to_call(widget: Widget) -> None:
    reply = widget.ask(EMERGENCY)
    expect(reply).to_have_class(re.compile("emergency"))
    expect(reply.locator(".level")).to_have_text("Emergency")
    expect(reply.locator(".level svg")).to_be_visible()
    call = reply.locator("a.call").first
    expect(call).to_have_attribute("href", "tel:911")
    expect(call).to_be_in_viewport()


def test_levels_differ_by_word_icon_and_border(widget: Widget) -> None:
    looks = set()
    for level in ("emergency", "same_day", "routine"):
        stub_replies(widget.page, message(kind="escalation", level=level, text="Call."))
        reply = widget.ask(QUESTION)
        looks.add(reply.locator(".level").text_content())
        looks.add(reply.locator("svg path").first.get_attribute("d"))
        border = "e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopWidth"
        looks.add(reply.evaluate(border))
        widget.page.unroute_all()
    assert len(looks) == 9


def test_same_day_help_comes_before_the_answer(widget: Widget) -> None:
    reply = widget.ask(SAME_DAY)
    expect(reply.locator(".level")).to_have_text("Get help today")
    expect(reply).to_contain_text("202-555-0133")


def test_quick_replies_ask_and_retire(widget: Widget, bot: BotServer) -> None:
    widget.ask(QUESTION)
    first = widget.quick_replies.first
    title = first.text_content() or ""
    old = widget.quick_replies.all_text_contents()
    first.click()
    widget.reply_to(1)
    expect(widget.questions.last).to_have_text(title)
    expect(widget.turns.first.locator("button", has_text=old[-1])).to_have_count(0)
    assert widget.asked(bot.url) == [QUESTION, title]
    assert "turn" in widget.focused


def test_first_questions_can_be_offered_by_the_page(widget: Widget) -> None:
    question = widget.quick_replies.first.text_content() or ""
    widget.quick_replies.first.click()
    widget.reply_to(0)
    expect(widget.questions.first).to_have_text(question)


def test_a_thumb_up_reaches_the_server(widget: Widget) -> None:
    widget.ask(QUESTION)
    with widget.page.expect_response("**/chat/feedback") as sent:
        widget.button("Yes, this helped").click()
    assert sent.value.status == 200
    assert sent.value.request.post_data_json["helpful"] is True
    expect(widget.live).to_have_text("Thank you for telling us.")
    expect(widget.button("Yes, this helped")).to_have_count(0)


def test_a_thumb_down_counts_at_once_and_may_have_a_reason(widget: Widget) -> None:
    widget.ask(QUESTION)
    with widget.page.expect_response("**/chat/feedback") as sent:
        widget.button("No, this did not help").click()
    assert sent.value.request.post_data_json["helpful"] is False
    reason = widget.root.get_by_label("What was missing?")
    expect(reason).to_be_focused()
    reason.fill("I wanted to know about beer")
    with widget.page.expect_response("**/chat/feedback") as sent:
        reason.press("Enter")
    assert sent.value.status == 200
    assert sent.value.request.post_data_json["reason"] == "I wanted to know about beer"
    expect(widget.root.get_by_text("Thank you for telling us.").first).to_be_visible()


def test_a_long_text_is_counted_and_not_cut(widget: Widget) -> None:
    widget.input.fill("a" * 950)
    expect(widget.root.locator("#count")).to_have_text("950 / 1000")
    expect(widget.live).to_have_text("50 characters left")
    widget.input.fill("a" * 1020)
    expect(widget.root.locator("#count")).to_contain_text("20 characters too many")
    expect(widget.input).to_have_attribute("aria-invalid", "true")
    widget.input.press("Enter")
    expect(widget.turns).to_have_count(0)
    assert len(widget.input.input_value()) == 1020


@pytest.mark.parametrize(
    ("character", "most"), [("a", 1000), ("é", 1000), ("好", 682), ("हि", 682), ("😀", 512)]
)
def test_the_count_says_how_much_of_any_script_the_server_takes(
    widget: Widget, character: str, most: int
) -> None:
    fits = (character * most)[:most]
    count = widget.root.locator("#count")
    widget.input.fill(fits + character[0])
    expect(count).to_contain_text("1 characters too many")
    expect(widget.input).to_have_attribute("aria-invalid", "true")
    widget.input.press("Enter")
    expect(widget.turns).to_have_count(0)
    widget.input.fill(fits)
    expect(count).to_have_text(f"{most} / {most}")
    expect(widget.live).to_contain_text("too many")
    expect(widget.input).to_have_attribute("aria-invalid", "false")
    with widget.page.expect_response("**/chat/message") as sent:
        widget.input.press("Enter")
    assert sent.value.status == 200


def test_the_count_of_a_short_text_is_what_it_was(widget: Widget) -> None:
    widget.input.fill("sí, ¿qué es?")
    expect(widget.root.locator("#count")).to_have_text("12 / 1000")
    widget.input.fill("")
    expect(widget.root.locator("#count")).to_have_text("0 / 1000")


def test_enter_sends_and_shift_enter_makes_a_line(widget: Widget) -> None:
    widget.input.fill("one")
    widget.input.press("Shift+Enter")
    widget.input.press_sequentially("two")
    widget.input.press("Enter")
    expect(widget.questions.first).to_have_text("one\ntwo")


def test_blank_text_is_not_sent(widget: Widget) -> None:
    widget.input.fill("   \n ")
    widget.input.press("Enter")
    widget.ask(QUESTION)
    expect(widget.turns).to_have_count(1)


def test_typing_is_shown_until_the_answer_comes(widget: Widget) -> None:
    held = []
    widget.page.route("**/chat/message", lambda route: held.append(route))
    widget.type(QUESTION)
    typing = widget.root.get_by_text("The assistant is typing")
    expect(typing).to_be_visible()
    held[0].continue_()
    widget.reply_to(0)
    expect(typing).to_have_count(0)


def test_start_over_begins_a_new_conversation(widget: Widget, bot: BotServer) -> None:
    widget.ask(QUESTION)
    before = widget.token
    widget.choose("Start over")
    expect(widget.root.locator(".note")).to_contain_text("new conversation")
    expect(widget.turns).to_have_count(0)
    assert widget.token != before
    assert widget.history(bot.url) == []
    expect(widget.input).to_be_focused()


def test_what_could_not_be_deleted_is_said_with_whom_to_call(
    widget: Widget, bot: BotServer
) -> None:
    widget.ask(QUESTION)
    widget.page.route("**/chat/session", lambda route: route.abort())
    widget.choose("Delete this conversation")
    widget.button("Delete").click()
    expect(widget.log).to_contain_text("The conversation was not deleted")
    expect(widget.log).to_contain_text("911")
    widget.page.unroute("**/chat/session")
    assert widget.history(bot.url)


def test_delete_asks_first_and_then_removes_it_from_the_server(
    widget: Widget, bot: BotServer
) -> None:
    widget.ask(QUESTION)
    started_over = widget.token
    widget.choose("Start over")
    expect(widget.turns).to_have_count(0)
    widget.ask(OTHER_QUESTION)
    deleted = widget.token
    widget.choose("Delete this conversation")
    expect(widget.button("Keep")).to_be_focused()
    widget.button("Keep").click()
    expect(widget.turns).to_have_count(1)
    widget.choose("Delete this conversation")
    widget.button("Delete").click()
    expect(widget.root.locator(".note")).to_have_text("The conversation was deleted.")
    expect(widget.turns).to_have_count(0)
    for token in (started_over, deleted):
        headers = {"Authorization": f"Bearer {token}"}
        assert widget.page.request.get(bot.url + "/chat/history", headers=headers).status == 401
    assert QUESTION not in str(
        widget.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    )


def test_the_print_view_is_a_clean_page(
    make_context: Callable[..., BrowserContext], open_widget: Callable[..., Widget]
) -> None:
    context = make_context()
    context.add_init_script("window.print = () => { window.printed = true; }")
    widget = open_widget(context)
    widget.ask(QUESTION)
    widget.ask(EMERGENCY)
    with context.expect_page() as opened:
        widget.choose("Print or save")
    paper = opened.value
    text = paper.locator("body").inner_text()
    for part in (QUESTION, EMERGENCY, "Call 911 now", "Demo Dermatology Clinic", "not a clinician"):
        assert part in text
    assert paper.locator("button, input, textarea, svg:visible").count() == 0
    expect(paper.locator("details a").first).to_be_visible()
    assert paper.locator("h3").all_text_contents()[:2] == ["You", "Assistant"]
    assert paper.locator("[style], style, script").count() == 0
    assert paper.title().startswith("Demo Dermatology Clinic")


def test_a_paused_assistant_shows_the_phone_and_still_hears_an_emergency(
    bot: BotServer, open_widget: Callable[..., Widget]
) -> None:
    staff.pause(bot.settings, "a test")
    try:
        widget = open_widget()
        notice = widget.root.locator(".paused")
        expect(notice).to_contain_text("switched off")
        expect(notice.locator("a.call").first).to_have_attribute("href", "tel:2025550100")
        reply = widget.ask(EMERGENCY)
        expect(reply.locator(".level")).to_have_text("Emergency")
        expect(notice).to_be_hidden()  # Nothing covers it.
        widget.ask(QUESTION)
        expect(notice).to_be_visible()
    finally:
        staff.resume(bot.settings)
    widget.ask(QUESTION)
    expect(widget.replies.last).to_contain_text("alcohol")
    expect(notice).to_be_hidden()
