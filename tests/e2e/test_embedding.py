"""One tag on any page: strict policies, hostile styles, other widgets, attributes."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Callable

import pytest
from bot_server import BotServer
from playwright.sync_api import Page, expect
from websites import Website
from widget_page import EMERGENCY, QUESTION, Widget

MOST_BYTES = 20 * 1024


def embedding(bot: BotServer, tag: str = "<clinic-chat></clinic-chat>", head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>Clinic</title>{head}</head>'
        f"<body><main><h1>Welcome</h1><p>To the clinic.</p></main>"
        f'<script src="{bot.url}/widget.js" defer></script>{tag}</body></html>'
    )


@pytest.fixture(scope="module")
def source(bot: BotServer) -> str:
    """The script as a page gets it."""
    with urllib.request.urlopen(bot.url + "/widget.js") as answer:
        return str(answer.read(), "utf-8")


def test_the_widget_is_one_small_file(source: str) -> None:
    assert len(gzip.compress(source.encode())) <= MOST_BYTES


def test_the_widget_names_no_host_and_loads_nothing(source: str) -> None:
    # The name of the SVG language is no address that anything is loaded from.
    addresses = set(re.findall(r"https?://[^\s\"'`)\\]+", source))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|@font-face|\bimport\s*[({\"']", source)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", source)
    assert "cookie" not in source.replace("no cookie", "")


def test_the_page_gets_the_element_and_no_name_besides(
    bot: BotServer, website: Website, make_page: Callable[..., Page], source: str
) -> None:
    page = make_page()
    page.goto(website.put("/names", "<!doctype html><title>Clinic</title>"))
    before = page.evaluate("Object.getOwnPropertyNames(window)")
    page.add_script_tag(url=bot.url + "/widget.js")
    assert page.evaluate("Boolean(customElements.get('clinic-chat'))")
    assert page.evaluate("Object.getOwnPropertyNames(window)") == before
    # Constants and classes are no properties of the window.
    declared = set(re.findall(r"^(?:const|let|class|function) (\w+)", source, re.MULTILINE))
    assert {"TEXTS", "make", "ClinicChat"} <= declared
    leaked = "names => names.filter(name => (0, eval)(`typeof ${name}`) !== 'undefined')"
    assert page.evaluate(leaked, sorted(declared)) == []


def test_it_runs_under_the_strictest_policy_without_a_violation(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    policy = (
        f"default-src 'none'; script-src {bot.url}; connect-src {bot.url}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    address = website.put("/strict", embedding(bot), policy)
    page = make_page()
    violations: list[str] = []
    page.context.expose_function("violated", lambda text: violations.append(text))
    page.context.add_init_script(
        "window.print = () => {}; document.addEventListener('securitypolicyviolation', "
        "e => violated(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`))"
    )
    complaints: list[str] = []
    page.on("console", lambda entry: complaints.append(entry.text))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    widget = Widget(page).open()
    widget.ask(QUESTION).locator("summary").click()
    widget.button("No, this did not help").click()
    widget.button("Skip").click()
    widget.ask(EMERGENCY)
    with page.context.expect_page() as paper:
        widget.choose("Print or save")
    expect(paper.value.locator("h1")).to_be_visible()
    widget.choose("Delete this conversation")
    widget.button("Delete").click()
    expect(widget.root.locator(".note")).to_be_visible()
    widget.button("Close chat").click()
    assert violations == []
    assert [text for text in complaints if "Security" in text or "Refused" in text] == []
    assert {url for url in requests if not url.startswith(bot.url)} == {address}
    background = widget.launcher.evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(15, 86, 110)"


def test_a_violation_would_be_noticed(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    """The test above can fail: the same page without the bot in its policy shows nothing."""
    address = website.put("/closed", embedding(bot), "default-src 'none'")
    page = make_page()
    page.add_init_script(
        "window.seen = []; document.addEventListener('securitypolicyviolation', "
        "e => seen.push(e.violatedDirective))"
    )
    page.goto(address)
    assert page.evaluate("seen") == ["script-src-elem"]
    assert page.evaluate("customElements.get('clinic-chat')") is None


def test_a_website_that_is_not_allowed_is_refused(
    bot: BotServer, strange_website: Website, make_page: Callable[..., Page]
) -> None:
    tag = '<clinic-chat>Call <a href="tel:2025550100">202-555-0100</a></clinic-chat>'
    page = make_page()
    page.goto(strange_website.put("/", embedding(bot, tag)))
    with page.expect_request("**/chat/session"):
        Widget(page).launcher.click()
    widget = Widget(page)
    expect(widget.log.get_by_text("cannot be reached")).to_be_visible()
    expect(widget.root.get_by_role("link", name="202-555-0100")).to_be_visible()
    expect(widget.intro).to_have_count(0)


HOSTILE = """
* { all: unset !important; display: block !important; color: red !important;
    font: 40px/3 cursive !important; letter-spacing: 1em !important; opacity: .2 !important;
    transform: rotate(9deg) !important; overflow: hidden !important; visibility: hidden !important;
    text-transform: uppercase !important; pointer-events: none !important;
    position: relative !important; z-index: 1 !important; filter: blur(9px) !important; }
head, head * { display: none !important; }
button, textarea, dialog, a { background: lime !important; border: 9px dotted !important; }
"""


def looks(widget: Widget) -> dict[str, object]:
    styles = (
        "e => { const s = getComputedStyle(e), b = e.getBoundingClientRect();"
        " return [s.color, s.backgroundColor, s.fontSize, s.fontFamily, s.letterSpacing,"
        " s.textTransform, s.visibility, s.pointerEvents, s.opacity, s.borderTopStyle,"
        " Math.round(b.width), Math.round(b.height)].join() }"
    )
    parts = (".panel", "header", "h2", "textarea", ".main", ".bubble.mine", ".intro li", ".count")
    return {part: widget.root.locator(part).first.evaluate(styles) for part in parts}


def test_a_page_that_styles_everything_does_not_reach_it(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    plain, hostile = make_page(), make_page()
    plain.goto(website.put("/plain", embedding(bot)))
    expected = Widget(plain).open()
    expected.ask(QUESTION)
    hostile.goto(website.put("/hostile", embedding(bot, head=f"<style>{HOSTILE}</style>")))
    widget = Widget(hostile).open()
    widget.ask(QUESTION)
    assert looks(widget) == looks(expected)
    assert widget.panel.bounding_box() == expected.panel.bounding_box()
    # Not only looks: everything can still be pressed.
    widget.button("Close chat").click()
    expect(widget.launcher).to_be_visible()
    assert widget.launcher.bounding_box()


def test_it_stands_above_another_widget_and_leaves_it_alone(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    other = """<other-chat></other-chat><script>
        customElements.define("other-chat", class extends HTMLElement {
          connectedCallback() { const button = document.createElement("button");
            button.textContent = "Other chat"; button.style.cssText =
              "position:fixed;left:20px;bottom:20px;width:200px;height:60px;z-index:2147483647";
            button.onclick = () => { button.textContent = "Other chat pressed"; };
            this.append(button); } });
        localStorage.setItem("chat", "theirs");
        document.addEventListener("keydown", e => { if (e.key === "Enter") e.preventDefault(); });
        </script>"""
    page = make_page()
    page.goto(website.put("/other", embedding(bot, "<clinic-chat></clinic-chat>" + other)))
    widget = Widget(page).open()
    page.get_by_text("Other chat").click()
    expect(page.get_by_text("Other chat pressed")).to_be_visible()
    widget.ask(QUESTION)
    widget.button("Options").click()
    assert page.evaluate("localStorage.getItem('chat')") == "theirs"


def test_a_high_z_index_of_the_page_does_not_cover_the_panel(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    banner = '<div style="position:fixed;inset:50% 0 0 0;z-index:2147483647;background:gold"></div>'
    page = make_page()
    page.goto(website.put("/banner", embedding(bot, "<clinic-chat></clinic-chat>" + banner)))
    Widget(page).open().ask(QUESTION)


def test_twice_on_a_page_one_wins_and_the_other_takes_over_when_it_goes(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    tags = '<clinic-chat id="a"></clinic-chat><clinic-chat id="b"></clinic-chat>'
    page = make_page()
    page.goto(
        website.put("/twice", embedding(bot, tags + f'<script src="{bot.url}/widget.js"></script>'))
    )
    expect(page.locator(".launch")).to_have_count(1)
    expect(page.locator("#a .launch")).to_be_visible()
    page.evaluate("document.querySelector('#a').remove()")
    expect(page.locator("#b .launch")).to_be_visible()
    expect(page.locator(".launch")).to_have_count(1)


def test_a_page_may_take_it_away_and_put_it_back(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.page.evaluate(
        "const chat = document.querySelector('clinic-chat'); chat.remove();"
        "document.body.append(chat);"
    )
    expect(widget.launcher).to_be_visible()
    widget.open()
    expect(widget.questions).to_have_text([QUESTION])


def test_a_page_may_put_it_in_by_script(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    page.goto(website.put("/later", "<!doctype html><title>Clinic</title><main></main>"))
    page.evaluate(
        """base => { const script = document.createElement("script");
        script.src = base + "/widget.js"; document.head.append(script);
        document.querySelector("main").append(document.createElement("clinic-chat")); }""",
        bot.url,
    )
    Widget(page).open().ask(QUESTION)


def test_texts_position_theme_and_questions_by_attributes(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    tag = (
        '<clinic-chat position="left" theme="dark" text-title="Ask Dr. Example\'s team" '
        'text-open="Chat" text-send="Ask" questions="What is eczema? | "></clinic-chat>'
    )
    page = make_page()
    page.goto(website.put("/attributes", embedding(bot, tag)))
    widget = Widget(page)
    expect(widget.launcher).to_have_text("Chat")
    box = widget.launcher.bounding_box()
    assert box is not None
    assert box["x"] == 20
    widget.open()
    expect(widget.panel).to_have_accessible_name("Ask Dr. Example's team")
    expect(widget.button("Ask")).to_be_visible()
    expect(widget.quick_replies).to_have_text(["What is eczema?"])
    assert widget.panel.evaluate("e => getComputedStyle(e).colorScheme") == "dark"


def test_colours_font_and_place_by_custom_properties(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    style = """<style>clinic-chat {
        --clinic-chat-color: #4b2e83; --clinic-chat-font: Georgia, serif;
        --clinic-chat-offset-x: 50px; --clinic-chat-offset-y: 90px; --clinic-chat-radius: 0px;
        }</style>"""
    page = make_page()
    page.goto(website.put("/properties", embedding(bot, head=style)))
    widget = Widget(page)
    box = widget.launcher.bounding_box()
    assert box is not None
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (1280 - 50, 800 - 90)
    assert (
        widget.launcher.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(75, 46, 131)"
    )
    assert "Georgia" in widget.launcher.evaluate("e => getComputedStyle(e).fontFamily")
    widget.open()
    assert widget.panel.evaluate("e => getComputedStyle(e).borderTopLeftRadius") == "0px"


@pytest.mark.parametrize("height", [720, 600, 500])
def test_moved_up_the_panel_stays_in_the_window(
    bot: BotServer, website: Website, make_page: Callable[..., Page], height: int
) -> None:
    style = "<style>clinic-chat { --clinic-chat-offset-y: 5rem; }</style>"
    page = make_page(viewport={"width": 1280, "height": height})
    page.goto(website.put("/moved", embedding(bot, head=style)))
    widget = Widget(page).open()
    box = widget.panel.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    expect(widget.button("Close chat")).to_be_in_viewport(ratio=0.99)


def test_on_a_phone_the_launcher_says_what_it_is(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    page = make_page(viewport={"width": 360, "height": 640})
    page.goto(website.put("/phone", embedding(bot)))
    label = Widget(page).launcher.locator("span").first
    expect(label).to_be_in_viewport(ratio=0.99)
    box = label.bounding_box()
    assert box is not None
    assert box["width"] > 40


def test_inline_it_stands_where_the_tag_stands(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    tag = '<p>Before</p><clinic-chat position="inline"></clinic-chat><p id="after">After</p>'
    page.goto(website.put("/inline", embedding(bot, tag)))
    widget = Widget(page)
    launcher, after = widget.launcher.bounding_box(), page.locator("#after").bounding_box()
    assert launcher is not None
    assert after is not None
    assert launcher["y"] + launcher["height"] <= after["y"]
    widget.open().ask(QUESTION)


def test_hidden_by_the_page_it_is_not_shown(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    page = make_page()
    page.goto(website.put("/hidden", embedding(bot, "<clinic-chat hidden></clinic-chat>")))
    expect(page.locator("clinic-chat")).to_have_count(1)
    expect(Widget(page).launcher).to_be_hidden()


def test_without_javascript_the_phone_number_shows(
    bot: BotServer, website: Website, make_page: Callable[..., Page]
) -> None:
    tag = '<clinic-chat>Questions? Call <a href="tel:2025550100">202-555-0100</a></clinic-chat>'
    address = website.put("/nojs", embedding(bot, tag))
    page = make_page(java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_role("link", name="202-555-0100")).to_be_visible()
    page = make_page()
    page.goto(address)
    expect(Widget(page).launcher).to_be_visible()
    expect(page.get_by_role("link", name="202-555-0100")).to_be_hidden()


@pytest.mark.parametrize(
    "server", ["javascript:alert(1)//", "data:text/html,x", "nobody", "http://["]
)
def test_a_bad_server_attribute_runs_nothing(
    bot: BotServer, website: Website, make_page: Callable[..., Page], server: str
) -> None:
    page = make_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tag = f'<clinic-chat server="{server}"><span id=phone>Call 202-555-0100</span></clinic-chat>'
    page.goto(website.put("/server", embedding(bot, tag)))
    widget = Widget(page)
    widget.launcher.click()
    expect(widget.log.get_by_text("cannot be reached")).to_be_visible()
    expect(page.locator("#phone")).to_be_visible()
    assert dialogs == []
