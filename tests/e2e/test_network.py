"""When the network, the server or the session fails; reloads and second tabs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import BrowserContext, Page, Route, expect
from websites import Website
from widget_page import EMERGENCY, OTHER_QUESTION, QUESTION, Widget, message


def test_a_message_that_is_not_sent_stays_and_can_be_sent_again(
    widget: Widget, bot: BotServer
) -> None:
    widget.page.context.set_offline(True)
    widget.type(QUESTION)
    trouble = widget.turns.first.locator(".trouble")
    expect(trouble).to_contain_text("Not sent.")
    expect(widget.live).to_contain_text("Not sent.")
    expect(widget.questions.first).to_have_text(QUESTION)
    widget.page.context.set_offline(False)
    widget.button("Try again").click()
    widget.reply_to(0)
    expect(trouble).to_have_count(0)
    assert widget.asked(bot.url) == [QUESTION]


def test_a_lost_reply_is_fetched_by_the_same_id_and_the_question_asked_once(
    widget: Widget, bot: BotServer
) -> None:
    ids: list[str] = []

    def lose(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        route.fetch()  # the server answers …
        route.abort()  # … and nobody hears it

    widget.page.route("**/chat/message", lose, times=1)
    widget.type(QUESTION)
    expect(widget.button("Try again")).to_be_visible()
    widget.page.on(
        "request",
        lambda request: (
            ids.append(request.post_data_json["id"])
            if request.url.endswith("/chat/message")
            else None
        ),
    )
    widget.button("Try again").click()
    widget.reply_to(0)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert widget.asked(bot.url) == [QUESTION]


def test_text_that_is_being_typed_survives_a_failure(widget: Widget) -> None:
    widget.page.context.set_offline(True)
    widget.type(QUESTION)
    widget.input.fill("and another thing")
    expect(widget.button("Try again")).to_be_visible()
    expect(widget.input).to_have_value("and another thing")


def test_unsent_text_survives_a_reload(widget: Widget, bot: BotServer) -> None:
    widget.page.route("**/chat/message", lambda route: route.abort(), times=1)
    widget.type(QUESTION)
    expect(widget.button("Try again")).to_be_visible()
    widget.input.fill("a draft")
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.questions.first).to_have_text(QUESTION)
    expect(again.input).to_have_value("a draft")
    again.button("Try again").click()
    again.reply_to(0)
    assert again.asked(bot.url) == [QUESTION]


def test_a_refusal_with_retry_after_counts_down_and_then_lets_send(
    widget: Widget, bot: BotServer
) -> None:
    detail = "That is a lot at once. Please wait 2 seconds."
    body = json.dumps({"error": "too_many", "detail": detail})
    widget.page.route(
        "**/chat/message",
        lambda route: route.fulfill(
            status=429, headers={"Retry-After": "2", "Content-Type": "application/json"}, body=body
        ),
        times=1,
    )
    widget.type(QUESTION)
    trouble = widget.turns.first.locator(".trouble")
    expect(trouble).to_contain_text(detail)
    retry = trouble.get_by_role("button")
    expect(retry).to_be_disabled()
    expect(retry).to_contain_text("in 2 s")
    expect(retry).to_be_enabled()
    expect(retry).to_have_text("Try again")
    retry.click()
    widget.reply_to(0)
    assert widget.asked(bot.url) == [QUESTION]


TOO_LONG = "A message can have up to 5 characters."


def type_on_while_waiting(widget: Widget, text: str, *, refused: bool) -> None:
    """The visitor types on before the server has answered the next question."""

    def handle(route: Route) -> None:
        widget.input.fill(text)
        if refused:
            body = json.dumps({"error": "too_long", "detail": TOO_LONG})
            route.fulfill(status=413, content_type="application/json", body=body)
        else:
            route.continue_()

    widget.page.route("**/chat/message", handle, times=1)


@pytest.mark.parametrize("nothing", ["", " "])
def test_a_text_that_the_server_refuses_goes_back_to_the_field(
    widget: Widget, nothing: str
) -> None:
    type_on_while_waiting(widget, nothing, refused=True)
    widget.input.fill(QUESTION)
    widget.input.press("Enter")
    expect(widget.root.locator(".note")).to_have_text(TOO_LONG)
    expect(widget.input).to_have_value(QUESTION)
    expect(widget.turns).to_have_count(0)
    expect(widget.input).to_be_focused()


def test_a_refused_text_stays_in_the_log_while_another_is_typed(
    widget: Widget, bot: BotServer
) -> None:
    type_on_while_waiting(widget, "and another", refused=True)
    widget.type(QUESTION)
    trouble = widget.turns.first.locator(".trouble")
    expect(trouble).to_contain_text("Not sent.")
    expect(trouble).to_contain_text(TOO_LONG)
    expect(widget.live).to_contain_text(TOO_LONG)
    expect(widget.questions).to_have_text([QUESTION])
    # Whoever is typing goes on where they were.
    expect(widget.input).to_be_focused()
    widget.page.keyboard.type(" thing")
    expect(widget.input).to_have_value("and another thing")
    trouble.get_by_role("button", name="Edit").click()
    both = f"{QUESTION}\nand another thing"
    expect(widget.turns).to_have_count(0)
    expect(widget.input).to_have_value(both)
    expect(widget.input).to_be_focused()
    widget.input.press("Enter")
    widget.reply_to(0)
    assert widget.asked(bot.url) == [both]


def test_a_refused_text_in_the_log_survives_a_reload(widget: Widget) -> None:
    type_on_while_waiting(widget, "a draft", refused=True)
    widget.type(QUESTION)
    expect(widget.button("Edit")).to_be_visible()
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.questions).to_have_text([QUESTION])
    expect(again.input).to_have_value("a draft")
    type_on_while_waiting(again, "", refused=True)
    again.button("Try again").click()
    expect(again.input).to_have_value(QUESTION)
    expect(again.turns).to_have_count(0)


def test_no_server_shows_the_phone_number_of_the_page(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    page.goto(bot.url)
    page.context.set_offline(True)
    widget = Widget(page)
    widget.launcher.click()
    expect(widget.log.get_by_text("cannot be reached")).to_be_visible()
    expect(widget.root.get_by_role("link", name="Phone, 2 0 2, 5 5 5, 0 1 0 0")).to_be_visible()
    page.context.set_offline(False)
    widget.button("Try again").click()
    expect(widget.intro).to_be_visible()
    widget.ask(QUESTION)


def refuse_sessions(page: Page, status: int, **headers: str) -> None:
    """The server starts no session: a limit, a model that is not loaded, a store that is away."""
    body = json.dumps({"error": "x", "detail": "Please wait, or call 202-555-0100."})
    given = {"Content-Type": "application/json", **headers}
    page.route(
        "**/chat/session", lambda route: route.fulfill(status=status, headers=given, body=body)
    )


@pytest.mark.parametrize("status", [429, 503])
def test_an_emergency_is_answered_when_no_session_can_begin(
    bot: BotServer, make_page: Callable[..., Page], status: int
) -> None:
    page = make_page()
    page.goto(bot.url)
    refuse_sessions(page, status)
    widget = Widget(page)
    widget.launcher.click()
    expect(widget.log.get_by_text("Please wait, or call")).to_be_visible()
    reply = widget.ask(EMERGENCY)
    expect(reply.locator("a.call").first).to_have_attribute("href", "tel:911")
    expect(widget.live).to_contain_text("Emergency. Call 9 1 1 now")
    # What is no emergency waits, with the reason why no session began.
    widget.type(QUESTION)
    expect(widget.turns.last.locator(".trouble")).to_contain_text("Please wait, or call")
    # When a session begins, what was said before stays in view.
    page.unroute_all()
    widget.turns.last.get_by_role("button", name="Try again").click()
    expect(widget.turns.last.locator(".bubble.theirs").first).to_contain_text("alcohol")
    expect(widget.questions).to_have_text([EMERGENCY, QUESTION])
    expect(widget.intro).to_be_visible()
    assert widget.asked(bot.url) == [QUESTION]


def test_an_emergency_in_an_ended_conversation_stays_in_view_when_a_new_one_begins(
    widget: Widget, bot: BotServer
) -> None:
    widget.ask(QUESTION)
    widget.end_session(bot.url)
    widget.ask(EMERGENCY)
    widget.type(OTHER_QUESTION)
    expect(widget.root.locator(".note")).to_contain_text("has ended")
    expect(widget.questions).to_have_text([EMERGENCY])
    expect(widget.turns.first.locator("a.call").first).to_have_attribute("href", "tel:911")


def test_a_question_is_not_lost_when_the_session_ended_and_no_new_one_can_begin(
    widget: Widget, bot: BotServer
) -> None:
    widget.ask(QUESTION)
    widget.end_session(bot.url)
    refuse_sessions(widget.page, 429, **{"Retry-After": "1"})
    widget.type(OTHER_QUESTION)
    trouble = widget.turns.last.locator(".trouble")
    expect(trouble).to_contain_text("Not sent.")
    widget.page.unroute_all()
    trouble.get_by_role("button", name="Try again", exact=True).click()
    expect(widget.root.locator(".note")).to_contain_text("has ended")
    expect(widget.input).to_have_value(OTHER_QUESTION)


def test_what_cannot_be_sent_names_whom_to_call(
    bot: BotServer, make_page: Callable[..., Page], website: Website
) -> None:
    tag = '<clinic-chat emergency-number="112">Call <a href="tel:2025550100">202-555-0100</a>'
    script = f'<script src="{bot.url}/widget.js"></script>'
    page = make_page()
    page.goto(
        website.put("/away", f"<!doctype html><title>Clinic</title>{tag}</clinic-chat>{script}")
    )
    page.context.set_offline(True)
    widget = Widget(page)
    widget.launcher.click()
    expect(widget.log.get_by_text("cannot be reached")).to_be_visible()
    for text in (EMERGENCY, QUESTION):
        widget.type(text)
        trouble = widget.turns.last.locator(".trouble")
        expect(trouble).to_contain_text("Not sent.")
        expect(trouble.get_by_role("link", name="1 1 2")).to_have_attribute("href", "tel:112")
        expect(widget.live).to_contain_text("Call 2 0 2, 5 5 5, 0 1 0 0")
        expect(widget.live).to_contain_text("In an emergency, call 1 1 2.")
        expect(widget.root.get_by_role("link", name="202-555-0100")).to_be_visible()


def test_a_question_asked_while_the_server_is_away_is_kept_and_sent_later(
    bot: BotServer, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    page.goto(bot.url)
    page.context.set_offline(True)
    widget = Widget(page)
    widget.launcher.click()
    widget.type(QUESTION)
    expect(widget.turns.first.locator(".trouble")).to_contain_text("Not sent.")
    page.context.set_offline(False)
    widget.turns.first.get_by_role("button", name="Try again").click()
    widget.reply_to(0)
    expect(widget.turns).to_have_count(1)
    expect(widget.intro).to_be_visible()
    assert widget.asked(bot.url) == [QUESTION]


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
    widget.type(OTHER_QUESTION)
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
    type_on_while_waiting(widget, "and another thing", refused=False)
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
