"""A conversation goes on over reloads and in a second tab, until its session ends."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot_server import BotServer
from playwright.sync_api import BrowserContext, Route, expect
from widget_page import OTHER_QUESTION, QUESTION, Widget, message


def test_a_reload_continues_the_conversation(widget: Widget, bot: BotServer) -> None:
    reply = widget.ask(QUESTION).locator("p").first.text_content() or ""
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.questions).to_have_text([QUESTION])
    expect(again.replies.first).to_contain_text(reply)
    expect(again.quick_replies.first).to_be_visible()
    again.ask(OTHER_QUESTION)
    assert again.asked(bot.url) == [QUESTION, OTHER_QUESTION]


def test_two_tabs_share_one_conversation(
    make_context: Callable[..., BrowserContext],
    open_widget: Callable[..., Widget],
    bot: BotServer,
) -> None:
    context = make_context()
    one, two = open_widget(context), open_widget(context)
    one.ask(QUESTION)
    expect(two.questions).to_have_text([QUESTION])
    two.ask(OTHER_QUESTION)
    expect(one.questions).to_have_text([QUESTION, OTHER_QUESTION])
    assert one.token == two.token
    assert one.asked(bot.url) == [QUESTION, OTHER_QUESTION]


def test_a_conversation_deleted_in_one_tab_is_gone_in_the_other(
    make_context: Callable[..., BrowserContext], open_widget: Callable[..., Widget]
) -> None:
    context = make_context()
    one, two = open_widget(context), open_widget(context)
    one.ask(QUESTION)
    expect(two.turns).to_have_count(1)
    one.choose("Delete this conversation")
    one.button("Delete").click()
    expect(two.turns).to_have_count(0)
    two.ask(OTHER_QUESTION)
    expect(one.questions).to_have_text([OTHER_QUESTION])


def test_visitors_do_not_see_each_other(open_widget: Callable[..., Widget]) -> None:
    one, two = open_widget(), open_widget()
    one.ask(QUESTION)
    two.ask(OTHER_QUESTION)
    assert one.token != two.token
    expect(two.questions).to_have_text([OTHER_QUESTION])


def test_an_ended_session_says_so_and_a_new_one_begins(widget: Widget, bot: BotServer) -> None:
    widget.ask(QUESTION)
    old = widget.token
    widget.end_session(bot.url)
    widget.input.fill(OTHER_QUESTION)
    widget.input.press("Enter")  # its turn is gone again as soon as the server has refused it
    expect(widget.root.locator(".note")).to_contain_text("has ended")
    expect(widget.live).to_contain_text("has ended")
    expect(widget.input).to_have_value(OTHER_QUESTION)
    expect(widget.input).to_be_focused()
    widget.input.press("Enter")
    widget.reply_to(0)
    assert widget.token != old
    assert widget.asked(bot.url) == [OTHER_QUESTION]


def test_a_question_in_an_ended_session_waits_in_the_log_while_another_is_typed(
    widget: Widget, bot: BotServer
) -> None:
    widget.ask(QUESTION)
    widget.end_session(bot.url)
    widget.type_on_while_waiting("and another thing")
    widget.input.fill(OTHER_QUESTION)
    widget.input.press("Enter")
    trouble = widget.turns.first.locator(".trouble")
    expect(trouble).to_contain_text("has ended")
    expect(widget.live).to_contain_text("has ended")
    expect(widget.questions).to_have_text([OTHER_QUESTION])
    expect(widget.input).to_have_value("and another thing")
    expect(widget.input).to_be_focused()
    trouble.get_by_role("button", name="Try again").click()
    widget.reply_to(0)
    expect(widget.input).to_have_value("and another thing")
    assert widget.asked(bot.url) == [OTHER_QUESTION]


def test_a_session_that_ended_before_a_reload_says_so_too(widget: Widget, bot: BotServer) -> None:
    widget.ask(QUESTION)
    widget.end_session(bot.url)
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.root.locator(".note")).to_contain_text("has ended")
    expect(again.turns).to_have_count(0)


def test_it_works_where_storage_is_blocked(
    make_context: Callable[..., BrowserContext], open_widget: Callable[..., Widget]
) -> None:
    context = make_context()
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) "
        "Object.defineProperty(window, name, { get() { throw new DOMException('blocked'); } })"
    )
    widget = open_widget(context)
    widget.ask(QUESTION)
    widget.ask(OTHER_QUESTION)
    expect(widget.questions).to_have_text([QUESTION, OTHER_QUESTION])


def test_a_reply_that_comes_after_closing_is_there_on_opening(widget: Widget) -> None:
    held: list[Route] = []
    widget.page.route("**/chat/message", lambda route: held.append(route))
    widget.type(QUESTION)
    expect(widget.root.get_by_text("The assistant is typing")).to_be_visible()
    widget.button("Close chat").click()
    body = json.dumps({"messages": [message(text="Here it is.")], "paused": False})
    held[0].fulfill(status=200, content_type="application/json", body=body)
    widget.open()
    expect(widget.replies.first).to_contain_text("Here it is.")
