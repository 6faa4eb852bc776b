"""The page without JavaScript: a plain form to the same assistant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import Page, expect
from websites import Website
from widget_page import EMERGENCY, OTHER_QUESTION, QUESTION, SAME_DAY


@pytest.fixture
def page(bot: BotServer, make_page: Callable[..., Page]) -> Page:
    page: Page = make_page(java_script_enabled=False)
    page.goto(bot.url)
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Ask", exact=True).click()


def conversation(page: Page) -> list[str]:
    return page.locator("#conversation h2").all_text_contents()


def test_it_says_what_it_is_and_shows_the_phone(page: Page) -> None:
    expect(page.get_by_text("Not for emergencies. Call 911")).to_be_visible()
    expect(page.get_by_text("not a clinician")).to_be_visible()
    phone = page.get_by_role("link", name="Phone, 2 0 2, 5 5 5, 0 1 0 0").first
    expect(phone).to_have_attribute("href", "tel:2025550100")


def test_a_question_gets_its_answer_with_sources(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("article").last).to_contain_text("alcohol")
    expect(page.locator("article").last).to_contain_text("Not yet reviewed by a clinician")
    page.locator("summary").last.click()
    expect(page.locator("details a").last).to_be_visible()
    assert conversation(page) == ["You", "Assistant"]


def test_the_conversation_goes_on(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, OTHER_QUESTION)
    assert conversation(page) == ["You", "Assistant", "You", "Assistant"]


def test_quick_replies_are_buttons(page: Page) -> None:
    ask(page, QUESTION)
    reply = page.locator(".replies button").first
    title = reply.text_content() or ""
    with page.expect_navigation():
        reply.click()
    assert page.locator("article.you").all_text_contents() == [QUESTION, title]


@pytest.mark.parametrize(
    ("text", "level"), [(EMERGENCY, "Emergency"), (SAME_DAY, "Get help today")]
)
def test_levels_are_said_in_words(page: Page, text: str, level: str) -> None:
    ask(page, text)
    expect(page.locator(".level").first).to_have_text(level)


def test_sending_the_form_again_does_not_ask_twice(page: Page) -> None:
    ask(page, QUESTION)
    page.reload()  # the browser sends the form again, with the same id
    assert conversation(page) == ["You", "Assistant"]


def test_an_emergency_is_answered_when_no_session_can_begin(page: Page, bot: BotServer) -> None:
    answer = page.request.post(bot.url + "/ask", form={"text": EMERGENCY, "token": "forged"})
    assert answer.status == 200
    assert '<p class="level">Emergency</p>' in answer.text()
    answer = page.request.post(bot.url + "/ask", form={"text": QUESTION, "token": "forged"})
    assert answer.status == 401
    assert QUESTION in answer.text()  # the text stays in the field


@pytest.mark.parametrize("policy", ["no-referrer", "unsafe-url"])
def test_a_form_on_another_website_leads_into_no_conversation(
    page: Page, bot: BotServer, strange_website: Website, policy: str
) -> None:
    """With a token of its own in the form, it could read what the visitor types afterwards."""
    form = (
        f'<!doctype html><title>Trap</title><meta name="referrer" content="{policy}">'
        f'<form method="post" action="{bot.url}/ask"><input name="text" value="hello">'
        "<button>Win a prize</button></form>"
    )
    page.goto(strange_website.put("/trap", form))
    with page.expect_navigation() as led:
        page.get_by_role("button").click()
    assert led.value is not None
    assert led.value.status == 403
    assert page.get_by_label("Your question").count() == 0


def test_markup_in_a_question_stays_text(page: Page) -> None:
    ask(page, "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>")
    expect(page.locator("article.you")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("main script, main img").count() == 0


@pytest.mark.parametrize(
    "text", ["a" * 1001, "好" * 900, "a" * 9000], ids=["characters", "bytes", "request"]
)
def test_a_text_that_is_too_long_is_refused_on_the_page(
    page: Page, bot: BotServer, text: str
) -> None:
    answer = page.request.post(bot.url + "/ask", form={"text": text})
    assert answer.status == 413
    assert 'role="alert"' in answer.text()


def test_the_answer_page_opened_anew_begins_again(page: Page, bot: BotServer) -> None:
    page.goto(bot.url + "/ask")
    assert page.url == bot.url + "/"


def test_answers_are_not_kept_by_the_browser(page: Page, bot: BotServer) -> None:
    answer = page.request.post(bot.url + "/ask", form={"text": QUESTION})
    assert answer.headers["cache-control"] == "no-store"
