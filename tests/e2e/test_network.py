"""When the network or the server fails."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import Page, Route, expect
from websites import Website
from widget_page import EMERGENCY, OTHER_QUESTION, QUESTION, Widget


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


@pytest.mark.parametrize("nothing", ["", " "])
def test_a_text_that_the_server_refuses_goes_back_to_the_field(
    widget: Widget, nothing: str
) -> None:
    widget.type_on_while_waiting(nothing, refused=TOO_LONG)
    widget.input.fill(QUESTION)
    widget.input.press("Enter")
    expect(widget.root.locator(".note")).to_have_text(TOO_LONG)
    expect(widget.input).to_have_value(QUESTION)
    expect(widget.turns).to_have_count(0)
    expect(widget.input).to_be_focused()


def test_a_refused_text_stays_in_the_log_while_another_is_typed(
    widget: Widget, bot: BotServer
) -> None:
    widget.type_on_while_waiting("and another", refused=TOO_LONG)
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
    widget.type_on_while_waiting("a draft", refused=TOO_LONG)
    widget.type(QUESTION)
    expect(widget.button("Edit")).to_be_visible()
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.questions).to_have_text([QUESTION])
    expect(again.input).to_have_value("a draft")
    again.type_on_while_waiting("", refused=TOO_LONG)
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
