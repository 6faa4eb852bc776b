"""Text never becomes markup: what patients type, what answers hold, what attributes say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bot_server import BotServer
from playwright.sync_api import Page, expect
from websites import Website
from widget_page import Widget, message, stub_replies

ATTACKS = [
    "<img src=x onerror=attacked()>",
    "<script>attacked()</script>",
    "<svg/onload=attacked()>",
    '"><iframe srcdoc="<script>parent.attacked()</script>"></iframe>',
    "<a href='javascript:attacked()'>here</a>",
    "[here](javascript:attacked())",
    "[here](JaVaScRiPt:attacked())",
    "[here](data:text/html,<script>attacked()</script>)",
    '[here](https://example.org/"onmouseover=attacked())',
    "**<b onclick=attacked()>bold</b>**",
    "- <img src=x onerror=attacked()>",
    "![x](https://example.org/x.png)",
    "</textarea><script>attacked()</script>",
    "{{constructor.constructor('attacked()')()}}",
]
FOREIGN = "script, img, iframe, object, embed, style, base, [onerror], [onload], [onclick]"


@pytest.fixture
def guarded(open_widget: Callable[..., Widget]) -> Iterator[Widget]:
    """A widget on a page that notices when something runs or is asked for from elsewhere."""
    widget = open_widget()
    seen: list[str] = []
    widget.page.expose_function("attacked", lambda: seen.append("ran"))
    widget.page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    widget.page.on(
        "request",
        lambda request: seen.append(request.url) if "example.org" in request.url else None,
    )
    yield widget
    harmless(widget)
    assert seen == []


def harmless(widget: Widget) -> None:
    assert widget.root.locator(FOREIGN).count() == 0
    for link in widget.root.locator("a").all():
        assert (link.get_attribute("href") or "").startswith(("https://", "tel:", "mailto:"))
        assert link.evaluate("a => ![...a.attributes].some(x => x.name.startsWith('on'))")


def test_what_a_patient_types_stays_text(guarded: Widget) -> None:
    stub_replies(guarded.page, message(kind="notice", text="Noted."))
    for attack in ATTACKS:
        guarded.ask(attack)
    expect(guarded.questions).to_have_text(ATTACKS)


def test_what_a_patient_typed_stays_text_after_a_reload_and_in_print(
    open_widget: Callable[..., Widget],
) -> None:
    widget = open_widget()
    attack = ATTACKS[0]
    widget.ask(attack)
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.questions.first).to_have_text(attack)
    harmless(again)
    again.page.context.add_init_script("window.print = () => {}")
    with again.page.context.expect_page() as paper:
        again.choose("Print or save")
    expect(paper.value.get_by_text(attack)).to_be_visible()
    assert paper.value.locator(FOREIGN).count() == 0


def hostile_messages(attack: str) -> list[dict[str, object]]:
    """An attack in every text that a reply has."""
    phones = [{"label": attack, "number": attack}]
    sources = [
        {"title": attack, "publisher": attack, "url": attack},
        {"title": "t", "publisher": "p", "url": "javascript:attacked()"},
    ]
    replies = [{"title": attack, "payload": attack}]
    return [
        message(kind="escalation", level=attack, text=attack, phones=phones),
        message(kind="escalation", level="emergency", text=attack, phones=phones),
        message(
            text=attack, sources=sources, reviewed_on=attack, reviewed_by=attack,
            quick_replies=replies,
        ),
    ]  # fmt: skip


def test_what_an_answer_holds_stays_text(guarded: Widget) -> None:
    stub_replies(guarded.page, *(part for attack in ATTACKS for part in hostile_messages(attack)))
    guarded.ask("a question")
    for summary in guarded.root.locator("summary").all():
        summary.click()
    for link in guarded.root.locator(".turn a").all():
        link.dispatch_event("mouseover")
    guarded.quick_replies.first.click()
    guarded.reply_to(1)
    expect(guarded.questions.last).to_have_text(ATTACKS[-1])
    for attack in (ATTACKS[0], ATTACKS[1]):
        expect(guarded.replies.filter(has_text=attack).first).to_be_visible()


@pytest.mark.parametrize("attack", ATTACKS[:2])
def test_what_an_attribute_says_stays_text(
    bot: BotServer, website: Website, make_page: Callable[..., Page], attack: str
) -> None:
    page = make_page()
    ran: list[str] = []
    page.expose_function("attacked", lambda: ran.append("ran"))
    page.goto(website.put("/attack", "<!doctype html><title>Clinic</title><main></main>"))
    page.evaluate(
        """([base, attack]) => { const chat = document.createElement("clinic-chat");
        for (const name of ["title", "open", "send", "close", "placeholder", "options"])
          chat.setAttribute("text-" + name, attack);
        chat.setAttribute("questions", attack); chat.setAttribute("position", attack);
        chat.setAttribute("theme", attack); chat.setAttribute("lang", attack);
        document.body.append(chat); const script = document.createElement("script");
        script.src = base + "/widget.js"; document.head.append(script); }""",
        [bot.url, attack],
    )
    widget = Widget(page).open()
    expect(widget.root.locator("h2")).to_have_text(attack)
    assert ran == []
    harmless(widget)
