"""What a visitor sees of the widget and does with it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

# What the server answers these with does not matter to the tests that use them.
QUESTION = "Can I drink alcohol on Dupixent?"
OTHER_QUESTION = "How should I store Dupixent?"
EMERGENCY = "My throat is closing and I can't breathe"
SAME_DAY = "My eye hurts and my vision is blurry"


class Widget:
    """The one widget of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("clinic-chat").first
        self.launcher = self.root.locator(".launch")
        self.panel = self.root.get_by_role("dialog")
        self.log = self.root.get_by_role("group", name="Conversation")
        self.input = self.root.get_by_role("textbox", name="Your question")
        self.live = self.root.get_by_role("status")
        self.intro = self.root.locator(".intro")
        self.turns = self.root.locator(".turn")
        self.questions = self.root.locator(".bubble.mine")
        self.replies = self.root.locator(".bubble.theirs")
        self.quick_replies = self.root.locator(".chips button")

    def open(self) -> Widget:
        self.launcher.click()
        expect(self.intro).to_be_visible()
        return self

    def ask(self, text: str) -> Locator:
        """Asks by keyboard and waits for the reply. Returns its first message."""
        self.type(text)
        return self.reply_to(self.turns.count() - 1)

    def type(self, text: str) -> None:
        """Sends a text; the reply may or may not come."""
        count = self.turns.count()
        self.input.fill(text)
        self.input.press("Enter")
        expect(self.turns).to_have_count(count + 1)

    def type_on_while_waiting(self, text: str, refused: str = "") -> None:
        """The visitor types on before the server has answered, or refused, the next question."""

        def handle(route: Route) -> None:
            self.input.fill(text)
            if refused:
                body = json.dumps({"error": "too_long", "detail": refused})
                route.fulfill(status=413, content_type="application/json", body=body)
            else:
                route.continue_()

        self.page.route("**/chat/message", handle, times=1)

    def reply_to(self, index: int) -> Locator:
        reply = self.turns.nth(index).locator(".bubble.theirs").first
        expect(reply).to_be_visible()
        return reply

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def choose(self, option: str) -> None:
        """Uses the options menu."""
        self.button("Options").click()
        self.button(option).click()

    @property
    def focused(self) -> str:
        """Label, id, class or text of what has the focus inside the widget; empty outside."""
        return str(
            self.root.evaluate(
                "host => { const e = host.shadowRoot.activeElement; "
                "return e ? e.ariaLabel || e.id || e.className || e.textContent : ''; }"
            )
        )

    @property
    def token(self) -> str:
        return str(
            self.page.evaluate(
                "() => JSON.parse(Object.entries(localStorage).find(([key]) => "
                "key.startsWith('clinic-chat'))[1]).token"
            )
        )

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def end_session(self, base: str) -> None:
        """Ends the conversation on the server; the widget does not know of it."""
        answer = self.page.request.delete(base + "/chat/session", headers=self._bearer)
        assert answer.ok, answer.text()

    def history(self, base: str) -> list[dict[str, Any]]:
        """What the server has kept of this conversation."""
        answer = self.page.request.get(base + "/chat/history", headers=self._bearer)
        assert answer.status == 200, answer.text()
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def asked(self, base: str) -> list[str]:
        """The questions that the server has kept."""
        return [m["text"] for m in self.history(base) if m["role"] == "user"]


def message(**values: Any) -> dict[str, Any]:
    """A reply message as the server sends it, with some values of its own."""
    return {
        "role": "assistant", "kind": "answer", "text": "", "faq_id": None, "level": "none",
        "sources": [], "reviewed_on": None, "reviewed_by": "not yet reviewed by a clinician",
        "quick_replies": [], "phones": [], "rules": [], **values,
    }  # fmt: skip


def stub_replies(page: Page, *messages: dict[str, Any]) -> None:
    """Makes every question get these messages."""

    def fulfil(route: Route) -> None:
        route.fulfill(
            status=200,
            content_type="application/json",
            body=json.dumps({"messages": list(messages), "paused": False}),
        )

    page.route("**/chat/message", fulfil)


def scrolls_sideways(page: Page) -> bool:
    """Whether the page, the panel or the log is wider than what is visible of it."""
    parts = ".panel, .log, form, .bubble, .menu, .paused"
    return bool(
        page.evaluate(
            "(parts) => [document.documentElement, "
            "...document.querySelector('clinic-chat').shadowRoot.querySelectorAll(parts)]"
            ".some(e => e.scrollWidth > e.clientWidth + 1)",
            parts,
        )
    )
