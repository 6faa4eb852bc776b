// <clinic-chat>: the clinic's assistant as one custom element. No dependency, no cookie, no
// build step, and nothing from anywhere but the server that this file came from.
// How to embed and adapt it: docs/embedding.md. How it was tested: docs/accessibility.md.
//
// Contents: texts, styles, DOM helpers, Markdown, messages, the server, the element.
(() => {
  "use strict";
  if (customElements.get("clinic-chat")) return;
  const script = document.currentScript && document.currentScript.src;

  // ---- Texts. Each can be replaced by an attribute: text-send="Ask". ----

  const TEXTS = {
    title: "Dupixent and eczema",
    open: "Ask a question",
    close: "Close chat",
    options: "Options",
    conversation: "Conversation",
    you: "You",
    assistant: "Assistant",
    question: "Your question",
    placeholder: "Type your question",
    send: "Send",
    left: "characters left",
    over: "characters too many. Please shorten your question.",
    typing: "The assistant is typing",
    suggested: "You could ask",
    emergency: "In an emergency, call",
    demo: "Demonstration. This clinic and its phone numbers are made up.",
    level_emergency: "Emergency",
    level_same_day: "Get help today",
    level_routine: "Contact your clinic",
    sources: "Sources",
    new_tab: "opens in a new tab",
    reviewed: "Reviewed by a clinician on",
    helped: "Was this helpful?",
    yes: "Yes, this helped",
    no: "No, this did not help",
    why: "What was missing? (optional, no personal details)",
    skip: "Skip",
    thanks: "Thank you for telling us.",
    loading: "Connecting",
    not_sent: "Not sent.",
    offline: "There is no connection to the assistant.",
    still_here: "Your message is still here.",
    no_start: "The assistant cannot be reached right now.",
    retry: "Try again",
    in_seconds: "in {n} s",
    in_minutes: "in {n} min",
    ended: "The last conversation has ended. This is a new one.",
    ended_kept: "The last conversation has ended. This is a new one: press Send to ask again.",
    restart: "Start over",
    restarted: "This is a new conversation.",
    print: "Print or save",
    printed: "Conversation with the clinic's assistant. It gives general information and is not a clinician.",
    no_print: "The browser did not allow a new page. Please allow pop-ups here and try again.",
    forget: "Delete this conversation",
    sure: "Delete this conversation for good?",
    delete: "Delete",
    keep: "Keep",
    deleted: "The conversation was deleted.",
  };

  // ---- Styles. Attached as constructed sheets, which a strict CSP allows. Sizes are in em of
  // the visitor's own text size: the page's root element has no say in them. ----

  const LIGHT = `
    --brand: var(--clinic-chat-color, #0f566e); --on-brand: var(--clinic-chat-on-color, #fff);
    --back: var(--clinic-chat-background, #fff); --text: var(--clinic-chat-text, #1c2b33);
    --head: var(--brand); --on-head: var(--on-brand); --log: #f4f7f8; --quiet: #4f5d67; --line: #d5dde2; --field: #6b7983; --hover: #e6eff3;
    --urgent: #a31621; --on-urgent: #fff; --urgent-back: #fff6f5;
    --today: #7d4e00; --on-today: #fff; --today-back: #fffaf0;`;
  const DARK = `
    --brand: var(--clinic-chat-color-dark, #8ccfe8); --on-brand: var(--clinic-chat-on-color-dark, #06222d);
    --back: var(--clinic-chat-background-dark, #1b2329); --text: var(--clinic-chat-text-dark, #e9eff2);
    --head: #143b4a; --on-head: #fff; --log: #12181c; --quiet: #abb8c1; --line: #3a464f; --field: #8b99a3; --hover: #26323a;
    --urgent: #ffb3ab; --on-urgent: #3d0507; --urgent-back: #2e1a1b;
    --today: #ffcf85; --on-today: #2f1d00; --today-back: #2a2317;`;
  // The panel covers a small screen, and is then a modal dialog.
  const SMALL = matchMedia("(max-width: 30rem), (max-height: 26rem)");
  const SHADE = matchMedia("(prefers-color-scheme: dark)");
  const CSS = `
:host { position: absolute !important; width: 0 !important; height: 0 !important; min-width: 0 !important;
  min-height: 0 !important; margin: 0 !important; padding: 0 !important; border: 0 !important; }
:host([position=inline]) { position: static !important; width: auto !important; height: auto !important; display: inline-block; }
:host([hidden]) { display: none !important; }
[hidden] { display: none !important; }
.launch, .panel { all: initial; ${LIGHT} box-sizing: border-box; color: var(--text); color-scheme: light;
  font: medium/1.5 var(--clinic-chat-font, system-ui, -apple-system, "Segoe UI", sans-serif); -webkit-text-size-adjust: 100%; }
.dark { ${DARK} color-scheme: dark; }
:where(.panel *) { box-sizing: border-box; font: inherit; color: inherit; margin: 0; }

.launch { position: fixed; z-index: 2147483000; bottom: calc(var(--clinic-chat-offset-y, 1.25em) + env(safe-area-inset-bottom, 0px));
  display: flex; align-items: center; gap: .6em; max-width: calc(100vw - 2.5em); padding: .8em 1.3em .8em 1.1em;
  border-radius: 2em; background: var(--brand); color: var(--on-brand); border: 1px solid transparent; cursor: pointer;
  font-weight: 600; box-shadow: 0 4px 16px #0003, 0 1px 3px #0003; }
.launch:hover { box-shadow: 0 6px 22px #0004, 0 1px 4px #0004; }
.launch.inline { position: static; }
.launch.aside { visibility: visible; transform: translateY(calc(100% + 4em)); }
.right { right: var(--clinic-chat-offset-x, 1.25em); left: auto; } .left { left: var(--clinic-chat-offset-x, 1.25em); right: auto; }
svg { width: 1.4em; height: 1.4em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; } header svg { stroke-width: 2.4; }

.panel { position: fixed; z-index: 2147483000; bottom: var(--clinic-chat-offset-y, 1.25em); top: auto; margin: 0; padding: 0;
  display: flex; flex-direction: column; width: min(26em, calc(100vw - 2.5em)); height: min(44em, calc(100dvh - 2.5em)); max-width: none; max-height: none;
  overflow: hidden; background: var(--back); border: 1px solid var(--line); border-radius: var(--clinic-chat-radius, 14px); box-shadow: 0 12px 40px #0004; }
header { flex: none; position: relative; display: flex; align-items: center; gap: .15em; padding: .6em .5em .6em 1.1em; background: var(--head); color: var(--on-head); }
header > div { flex: 1; min-width: 0; }
h2 { font-size: 1.06em; font-weight: 650; line-height: 1.3; }
.clinic { font-size: .86em; line-height: 1.3; }
.icon { display: grid; place-items: center; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 50%; background: none; cursor: pointer; }
header .icon:hover { background: #8884; }
header :focus-visible { outline-color: var(--on-head); outline-offset: -3px; }
.menu { position: absolute; z-index: 1; top: calc(100% + .3em); right: .6em; min-width: 14em; max-width: calc(100% - 1.2em); padding: .35em; background: var(--back); color: var(--text);
  border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 24px #0003; }
.menu button { display: block; width: 100%; min-height: 44px; padding: .4em .8em; border: 0; border-radius: 7px; background: none; text-align: start; cursor: pointer; }
.menu button:hover { background: var(--hover); }
.panel .menu :focus-visible { outline-color: var(--brand); }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }

.log { flex: 1 1 0; min-height: 4em; overflow: hidden auto; overscroll-behavior: contain; padding: 1em 1.1em; background: var(--log); overflow-wrap: anywhere; scroll-behavior: smooth; }
.log:focus-visible, .turn:focus-visible { outline-offset: -3px; }
.turn:focus { outline: none; }
.turn { margin-bottom: 1.1em; }
.who { font-size: .8em; font-weight: 600; color: var(--quiet); margin: .8em .2em .25em; }
.mine.who { text-align: end; }
.bubble { padding: .75em .95em; border: 1px solid var(--line); border-radius: 14px; background: var(--back); }
.off + .bubble { margin-top: .5em; }
.bubble.mine { width: fit-content; max-width: 88%; margin-inline-start: auto; white-space: pre-wrap; border-color: var(--brand); border-end-end-radius: 4px; background: var(--head); color: var(--on-head); }
.bubble.theirs { border-start-start-radius: 4px; }
.bubble > * + * { margin-top: .6em; }
.panel ul, .panel ol { padding: 0 0 0 1.3em; }
.panel li + li { margin-top: .25em; }
.panel strong { font-weight: 700; } .panel em { font-style: italic; }
.panel a { color: var(--brand); text-decoration: underline; text-underline-offset: 2px; border-radius: 3px; }
.small { font-size: .86em; color: var(--quiet); }
.intro { padding: .2em 0 .4em; }
.intro .hello { font-size: 1.06em; line-height: 1.45; }
.intro ul { list-style: none; padding: 0; margin: .8em 0; border-top: 1px solid var(--line); }
.intro li { padding: .5em 0; margin: 0; border-bottom: 1px solid var(--line); font-size: .92em; }
.intro li:first-child { font-weight: 650; }
.demo { padding: .4em .7em; border: 1px dashed var(--today); border-radius: 8px; margin-bottom: .8em; font-size: .86em; }

/* Levels differ by word, icon, and border, not by colour alone. */
.level { display: flex; align-items: center; gap: .5em; font-weight: 700; }
.escalation .level { margin: -.75em -.95em 0; padding: .5em .95em; border-radius: 2px 10px 0 0; }
.emergency { border: 3px solid var(--urgent); background: var(--urgent-back); } .emergency .level { background: var(--urgent); color: var(--on-urgent); }
.same_day { border: 2px solid var(--today); background: var(--today-back); } .same_day .level { background: var(--today); color: var(--on-today); }
.routine { border: 2px dashed var(--brand); } .routine .level { color: var(--brand); padding-bottom: 0; }
.phones { display: grid; gap: .4em; margin-top: .7em; }
.panel a.call { display: flex; align-items: center; gap: .6em; min-height: 44px; padding: .4em .8em; border: 2px solid currentColor; border-radius: 9px; font-weight: 650; line-height: 1.3; text-decoration: none; }
.call span { display: block; } .call span span:first-child { font-size: .9em; font-weight: 500; } .call:hover span span:last-child { text-decoration: underline; }
a[href^="tel:"] { white-space: nowrap; } .panel .call { white-space: normal; }
.panel .emergency a, .emergency .call { color: var(--urgent); } .panel .same_day a { color: var(--today); }
.panel .escalation a.call:first-child { background: var(--brand); color: var(--on-brand); border-color: var(--brand); }
.panel .emergency a.call:first-child { background: var(--urgent); color: var(--on-urgent); border-color: var(--urgent); }
.panel .same_day a.call:first-child { background: var(--today); color: var(--on-today); border-color: var(--today); }

.foot { margin-top: .8em; padding-top: .35em; border-top: 1px solid var(--line); font-size: .86em; color: var(--quiet); }
.foot > p { padding: .3em 0; }
summary { width: fit-content; padding: .35em .3em .35em 0; cursor: pointer; border-radius: 4px; color: var(--brand); font-weight: 600; }
details li { margin-bottom: .4em; }
.rate { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .2em; min-height: 44px; }
.rate .icon { color: var(--brand); } .rate .icon:hover { background: var(--hover); }
.rate label { flex: 1 0 100%; } .rate input { flex: 1 1 8em; } .rate button:not(.icon) { margin: .4em 0 .4em .3em; }
.chips { margin-top: .7em; }
.panel .chips ul { display: flex; flex-wrap: wrap; gap: .5em; margin-top: .4em; padding: 0; list-style: none; }
.chips li { margin: 0 !important; }
.button { min-height: 44px; padding: .45em 1em; border: 1.5px solid var(--brand); border-radius: 9px; background: var(--back); color: var(--brand); font-weight: 600; cursor: pointer; line-height: 1.3; }
.chips .button { border-radius: 22px; text-align: start; font-weight: 500; font-size: .95em; }
.button:hover { background: var(--hover); }
.panel .main { background: var(--brand); color: var(--on-brand); } .main:hover { text-decoration: underline; }
.button:disabled, .button[aria-disabled=true] { opacity: .65; cursor: default; }
.typing { display: flex; align-items: center; gap: .3em; width: fit-content; margin: .8em .2em; font-size: .86em; color: var(--quiet); }
.typing i { width: .45em; height: .45em; border-radius: 50%; background: currentColor; animation: blink 1.2s infinite; } .typing i:nth-child(2) { animation-delay: .2s; } .typing i:nth-child(3) { animation-delay: .4s; margin-right: .3em; }
@keyframes blink { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
.trouble { display: grid; gap: .6em; margin: .6em 0; padding: .7em .9em; border: 2px solid var(--urgent); border-radius: 10px; background: var(--back); }
.trouble .level { color: var(--urgent); } .trouble div { display: flex; flex-wrap: wrap; gap: .5em; }
.note { margin: .6em 0; padding: .5em .8em; border-radius: 9px; background: var(--hover); font-size: .92em; }
.paused { flex: none; max-height: 45%; overflow: auto; padding: .8em 1.1em; border-top: 2px solid var(--today); background: var(--today-back); }

form { flex: none; display: grid; grid-template-columns: 1fr auto; gap: .35em .5em; align-items: end; padding: .7em .8em .5em; border-top: 1px solid var(--line); background: var(--back); }
textarea, input { width: 100%; min-height: 46px; padding: .6em .75em; border: 1.5px solid var(--field); border-radius: 10px; background: var(--back); color: var(--text); }
textarea { display: block; resize: none; max-height: 8em; field-sizing: content; line-height: 1.4; }
textarea::placeholder { color: var(--quiet); opacity: 1; }
textarea:focus-visible, input:focus-visible { outline-offset: -1px; }
[aria-invalid=true] { border-color: var(--urgent); }
form .button { min-height: 46px; }
.below { grid-column: 1 / -1; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em; font-size: .8em; color: var(--quiet); }
.count { margin-inline-start: auto !important; font-variant-numeric: tabular-nums; } .count.over { color: var(--urgent); font-weight: 650; }
.off { position: absolute !important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 30rem), (max-height: 26rem) {
  .launch:not(.inline) { padding: 1em; } .launch:not(.inline) span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .panel { inset: 0; top: var(--top, 0px); width: 100%; height: var(--height, 100dvh); border: 0; border-radius: 0; padding: env(safe-area-inset-top, 0) env(safe-area-inset-right, 0) env(safe-area-inset-bottom, 0) env(safe-area-inset-left, 0); }
}
@media (max-height: 26rem) {
  header { padding-block: 0; } h2 { font-size: .95em; } .clinic { display: none; } form { padding: .3em .6em; } .log { padding-block: .5em; min-height: 0; }
  textarea { max-height: 4em; } .below { font-size: .75em; }
}
@media (max-height: 15rem) { /* a landscape phone with its keyboard open: room for the words */
  .icon { height: 32px; } textarea, form .button { min-height: 38px; padding-block: .2em; } .below:not(:has(.over)) { display: none; }
  .log { padding-block: .2em; } .escalation .level { padding-block: .1em; }
}
@media (prefers-reduced-motion: reduce) { .typing i { animation: none; } .log { scroll-behavior: auto; } }
@media (forced-colors: active) {
  .launch, .bubble, header, .note { border: 2px solid; } .emergency { border: 5px double; } .routine { border-style: dashed; }
  .typing i { background: CanvasText; } .menu button { border: 1px solid; }
}
@media print { .launch, .panel { display: none !important; } }`;

  const PAPER = `
body { font: 11pt/1.5 Georgia, serif; color: #000; background: #fff; max-width: 42rem; margin: 2rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 17pt; line-height: 1.25; margin: 0 0 .3rem; } p { margin: 0 0 .5rem; }
.turn { margin-top: 1.2rem; padding-top: .4rem; border-top: 1px solid #999; }
h3 { font: bold 9pt/1.4 sans-serif; margin: .8rem 0 .2rem; } .bubble.mine { font-weight: bold; white-space: pre-wrap; }
.escalation { border: 2px solid; padding: .6rem .9rem; break-inside: avoid; } .level { font-weight: bold; } .emergency { border-width: 4px; }
.call { display: block; } .call span span:first-child::after { content: ": "; } .foot, .meta { font-size: 9pt; color: #333; } summary { font-weight: bold; list-style: none; }
svg, .off:not(h3) { display: none; } details a::after { content: " " attr(href); } a { color: inherit; }
.intro, .note { font-size: 9pt; } .demo { border: 1px dashed; padding: .3rem .6rem; }`;

  // ---- DOM helpers ----

  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key in node && typeof value !== "string" || key === "className") node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child != null && child !== ""));
    return node;
  };
  const SHAPES = {
    chat: "M21 12a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 12ZM9 10h7M9 14h4",
    close: "M6 6l12 12M18 6L6 18",
    options: "M5 12h.1M4.9 12h.2M12 12h.1M11.9 12h.2M19 12h.1M18.9 12h.2",
    emergency: "M12 3l10 18H2L12 3ZM12 10v5M12 18h.01",
    same_day: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3 2",
    routine: "M4 5h16v14H4ZM4 9h16M8 3v4M16 3v4M9 14h6",
    phone: "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 12l5 2v3a3 3 0 0 1-3 3A14 14 0 0 1 3 6a3 3 0 0 1 3-3Z",
    yes: "M7 11v9M7 11l4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.4l-1.2 6A2 2 0 0 1 17 20H4v-9Z",
    no: "M7 13V4M7 13l4 8a2 2 0 0 0 3-2l-1-5h5a2 2 0 0 0 2-2.4l-1.2-6A2 2 0 0 0 17 4H4v9Z",
  };
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[name]);
    svg.append(path);
    return svg;
  };
  const sheet = (css, view = window) => {
    const made = new view.CSSStyleSheet();
    made.replaceSync(css);
    return made;
  };
  const button = (label, press, className = "button") => make("button", { type: "button", className, onclick: press }, label);
  const iconButton = (name, label, press) => make("button", { type: "button", className: "icon", "aria-label": label, title: label, onclick: press }, icon(name));
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // A screen reader speaks a phone number digit by digit.
  const spoken = (number) => number.replace(/[^0-9]+/g, ", ").replace(/[0-9](?=[0-9])/g, "$& ").replace(/^, |, $/g, "");
  const dialled = (number) => "tel:" + number.replace(/[^0-9+]/g, "");
  const telephone = (number) => make("a", { href: dialled(number), "aria-label": spoken(number) }, number);
  const callButton = ({ label, number }) =>
    make("a", { className: "call", href: dialled(number), "aria-label": `${label}, ${spoken(number)}` }, icon("phone"), make("span", {}, make("span", {}, label), make("span", {}, number)));

  // ---- Markdown by DOM calls: paragraphs, lists, bold, italics, https, tel and mailto links. ----

  // Phone numbers as they are written in the USA, and the given ones.
  const NUMBERS = (given) => `(?<![\\w-])(${["(?:1-)?\\d{3}-\\d{3}-\\d{4}", ...given.map((n) => n.replace(/[^0-9a-z]/gi, "\\$&"))].join("|")})(?![\\w-])`;
  const MARKS = (numbers) => new RegExp(
    String.raw`\[([^\]]+)\]\(((?:https:\/\/|tel:|mailto:)[^\s)]+)\)|\*\*(?=\S)([^*]+)\*\*|\*(?=\S)([^*\n]+)\*` +
    "|" + NUMBERS(numbers));
  const inline = (node, text, marks) => {
    for (let match; (match = marks.exec(text)); text = text.slice(match.index + match[0].length)) {
      const [, label, address, strong, emphasis, number] = match;
      node.append(text.slice(0, match.index));
      if (address?.startsWith("tel:")) node.append(make("a", { href: address, "aria-label": label.replace(/[0-9][0-9() -]*[0-9]/g, spoken) }, label));
      else if (address) node.append(outside(address, label));
      else if (strong) node.append(inline(make("strong"), strong, marks));
      else if (emphasis) node.append(inline(make("em"), emphasis, marks));
      else node.append(telephone(number));
    }
    node.append(text);
    return node;
  };
  const outside = (address, label) => make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, label);
  const markdown = (text, numbers) => {
    const out = document.createDocumentFragment(), marks = MARKS(numbers);
    let list = null, paragraph = null;
    for (const line of text.split("\n")) {
      const item = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/.exec(line);
      if (item) {
        const tag = item[1] ? "ol" : "ul";
        if (list?.localName !== tag) out.append((list = make(tag)));
        list.append(inline(make("li"), item[2], marks));
        paragraph = null;
      } else if (!line.trim()) list = paragraph = null;
      else if (paragraph) inline((paragraph.append(" "), paragraph), line.trim(), marks);
      else { list = null; out.append((paragraph = inline(make("p"), line.trim(), marks))); }
    }
    return out;
  };
  // As it is spoken: no marks, and numbers digit by digit.
  const plain = (text, numbers) => text.replace(/\[([^\]]+)\]\([^\s)]+\)/g, "$1").replace(/^\s*[-*] |\*/gm, "").replace(new RegExp(NUMBERS(numbers), "g"), (number) => spoken(number));

  // ---- Messages: what one looks like ----

  const LEVELS = ["emergency", "same_day", "routine"];
  const levelOf = (message) => (message.kind === "escalation" && LEVELS.includes(message.level) ? message.level : "");
  const numbersIn = (message, clinic) => [clinic.emergency_number, ...message.phones.map((phone) => phone.number)];
  const bubble = (message, texts, clinic) => {
    const level = levelOf(message), numbers = numbersIn(message, clinic);
    const box = make("div", { className: `bubble theirs ${level && "escalation " + level}` });
    if (level) box.append(make("p", { className: "level" }, icon(level), texts["level_" + level]));
    box.append(markdown(message.text, numbers));
    if (message.phones.length) box.append(make("div", { className: "phones" }, ...message.phones.map(callButton)));
    if (message.kind === "answer") box.append(make("div", { className: "foot" }, make("p", {}, reviewOf(message, texts)), sourcesOf(message, texts)));
    return box;
  };
  const reviewOf = ({ reviewed_on: day, reviewed_by: who }, texts) => {
    if (!day) return who ? who[0].toUpperCase() + who.slice(1) + "." : "";
    const date = new Date(day + "T12:00").toLocaleDateString("en-US", { dateStyle: "long" });
    return `${texts.reviewed} ${date}` + (who ? ` (${who})` : "");
  };
  const sourcesOf = ({ sources }, texts) => sources.length === 0 ? null : make("details", {},
    make("summary", {}, `${texts.sources} (${sources.length})`),
    make("ul", {}, ...sources.map(({ title, publisher, url }) => {
      const link = /^https:\/\//.test(url) ? outside(url, title) : make("span", {}, title);
      if (link.href) link.append(make("span", { className: "off" }, ` (${texts.new_tab})`));
      return make("li", {}, link, make("br"), publisher);
    })));

  // ---- The server, and what this browser remembers: the session, and text not yet sent ----

  class Server {
    constructor(base) {
      this.base = base;
      this.key = "clinic-chat " + base;
      this.kept = new Map();
    }
    // The session is shared by all tabs; unsent text stays in its own.
    get session() { return this.read(() => localStorage, "session"); }
    set session(value) { this.write(() => localStorage, "session", value); }
    get unsent() { return { draft: "", messages: [], ...this.read(() => sessionStorage, "unsent") }; }
    set unsent(value) { this.write(() => sessionStorage, "unsent", value); }
    read(storage, name) {
      if (this.kept.has(name)) return this.kept.get(name);
      try { return JSON.parse(storage().getItem(this.key)) || {}; } catch { return {}; }
    }
    write(storage, name, value) {
      try { storage().setItem(this.key, JSON.stringify(value)); this.kept.delete(name); }
      catch { this.kept.set(name, value); } // storage is blocked or full: for this page only
    }
    async call(method, path, { body, token } = {}) {
      const headers = {};
      if (body) headers["Content-Type"] = "application/json";
      if (token) headers.Authorization = "Bearer " + token;
      const response = await fetch(this.base + path, {
        method, headers, body: body && JSON.stringify(body), credentials: "omit", signal: AbortSignal.timeout(15000),
      });
      const data = await response.json();
      if (response.ok) return data;
      throw Object.assign(new Error(data.detail), { status: response.status, wait: Number(response.headers.get("Retry-After")) || 0 });
    }
    async begin() {
      const data = await this.call("POST", "/chat/session", { body: {} });
      const { token, earlier = [] } = this.session;
      this.session = { token: data.token, earlier: [...earlier, token].filter(Boolean).slice(-20) };
      return { ...data, messages: [] };
    }
    history() { return this.call("GET", "/chat/history", { token: this.session.token }); }
    async send(id, text) {
      const reply = await this.call("POST", "/chat/message", { body: { token: this.session.token, id, text } });
      this.session = { ...this.session, at: Date.now() }; // other tabs look again
      return reply;
    }
    rate(id, helpful, reason) { return this.call("POST", "/chat/feedback", { body: { token: this.session.token, id, helpful, reason } }); }
    // Deletes the conversations that were started over, too.
    async forget() {
      const { token, earlier = [] } = this.session;
      for (const each of [...earlier, token].filter(Boolean)) {
        await this.call("DELETE", "/chat/session", { token: each }).catch((error) => { if (error.status !== 401) throw error; });
      }
      this.session = {};
      this.unsent = {};
    }
  }

  // ---- The element ----

  let active = null; // one on a page is enough; another waits until the first is gone

  class ClinicChat extends HTMLElement {
    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      if (active && active !== this) return;
      active = this;
      if (!this.panel) this.build();
      this.listen();
      this.reveal(this.launcher);
    }
    disconnectedCallback() {
      if (active !== this) return;
      this.connected.abort();
      this.conceal(this.panel);
      active = null;
      document.querySelector("clinic-chat")?.connectedCallback();
    }

    build() {
      const texts = (this.texts = { ...TEXTS });
      for (const key of Object.keys(texts)) texts[key] = this.getAttribute("text-" + key.replaceAll("_", "-")) || texts[key];
      const home = script ? new URL(".", script).href : location.origin;
      this.server = new Server(addressOf(this.getAttribute("server") || home));
      this.limit = 1000;
      this.clinic = { emergency_number: this.getAttribute("emergency-number") || "911" };
      this.turns = new Map();

      const side = { left: "left", inline: "inline" }[this.getAttribute("position")] || "right";
      this.launcher = make("button", { type: "button", className: "launch " + side, "aria-haspopup": "dialog", onclick: () => this.open() }, icon("chat"), make("span", {}, texts.open));
      if (side !== "inline") this.launcher.popover = "manual";
      this.panel = this.buildPanel(side);
      this.shadowRoot.adoptedStyleSheets = [sheet(CSS)];
      this.shadowRoot.append(make(...(side === "inline" ? ["div", {}] : ["aside", { "aria-label": texts.title }]), this.launcher, this.panel));
      this.count();
    }
    listen() {
      const { signal } = (this.connected = new AbortController());
      const on = (target, kind, listener) => target?.addEventListener(kind, listener, { signal });
      const shade = () => {
        const theme = this.getAttribute("theme"), dark = theme === "dark" || (theme !== "light" && SHADE.matches);
        for (const node of [this.launcher, this.panel]) node.classList.toggle("dark", dark);
      };
      shade();
      on(SHADE, "change", shade);
      on(SMALL, "change", () => { if (this.isOpen) this.showAgain(); });
      on(window.visualViewport, "resize", () => this.fit());
      on(window.visualViewport, "scroll", () => this.fit());
      // Another tab said something, or started a new conversation.
      on(window, "storage", ({ key }) => { if (key === this.server.key && this.server.session.token && this.isOpen) this.resume(); });
      // The launcher steps aside when it would cover what has the focus.
      on(document, "focusin", ({ target }) => this.launcher.classList.toggle("aside", target !== this && covers(this.launcher, target)));
    }
    buildPanel(side) {
      const texts = this.texts;
      this.name = make("p", { className: "clinic" });
      this.menu = make("div", { className: "menu", id: "menu", hidden: true, onclick: () => this.toggleMenu(false) },
        button(texts.restart, () => this.startOver(), ""), button(texts.print, () => this.print(), ""), button(texts.forget, () => this.askForget(), ""));
      this.options = iconButton("options", texts.options, () => this.toggleMenu(this.menu.hidden));
      this.options.setAttribute("aria-expanded", "false");
      this.options.setAttribute("aria-controls", "menu");
      this.heading = make("h2", { id: "title", tabindex: "-1" }, texts.title);
      this.log = make("div", { className: "log", tabindex: "0", role: "group", "aria-label": texts.conversation });
      this.paused = make("div", { className: "paused", hidden: true });
      this.live = make("div", { className: "off", role: "status", "aria-live": "polite" });
      this.input = make("textarea", { id: "question", rows: "2", placeholder: texts.placeholder, enterkeyhint: "send", autocomplete: "off", "aria-describedby": "count",
        oninput: () => this.count(), onkeydown: (event) => this.pressed(event) });
      this.input.value = this.server.unsent.draft;
      this.submit = make("button", { type: "submit", className: "button main" }, texts.send);
      this.urgent = this.inEmergency();
      this.counter = make("p", { className: "count", id: "count" });
      const form = make("form", { onsubmit: (event) => { event.preventDefault(); this.ask(); } },
        make("label", { className: "off", for: "question" }, texts.question), this.input, this.submit, make("div", { className: "below" }, this.urgent, this.counter));
      return make("dialog", { className: "panel " + side, popover: "manual", hidden: true, lang: this.lang || "en", "aria-labelledby": "title",
        onkeydown: (event) => this.escaped(event), oncancel: (event) => { event.preventDefault(); this.close(); },
        onfocusin: ({ target }) => { if (!this.menu.contains(target) && target !== this.options) this.toggleMenu(false); } },
      make("header", {}, make("div", {}, this.heading, this.name), this.options, this.menu, iconButton("close", texts.close, () => this.close())),
      this.log, this.paused, form, this.live);
    }

    // -- Opening and closing. The top layer puts us above every z-index of the page. --

    get isOpen() { return Boolean(this.panel) && !this.panel.hidden; }
    reveal(node) {
      node.hidden = false;
      try { node.showPopover(); } catch { /* inline, or a browser without popover */ }
    }
    conceal(node) {
      if (node.open) node.close();
      try { node.hidePopover(); } catch { /* was not a popover */ }
      node.hidden = true;
    }
    showPanel() {
      if (!SMALL.matches && this.panel.showPopover) return this.reveal(this.panel);
      this.panel.hidden = false;
      SMALL.matches ? this.panel.showModal() : this.panel.show();
    }
    // After a turn of the phone, or another zoom.
    showAgain() {
      const focus = this.shadowRoot.activeElement;
      this.conceal(this.panel);
      this.showPanel();
      this.fit();
      focus?.focus();
    }
    open() {
      if (this.isOpen) return;
      this.opener = document.activeElement;
      this.conceal(this.launcher);
      this.showPanel();
      this.fit();
      // A touch keyboard would cover what is to be read before the first message.
      (matchMedia("(hover: hover)").matches ? this.input : this.heading).focus();
      return this.resume();
    }
    close() {
      if (!this.isOpen) return;
      this.toggleMenu(false);
      this.conceal(this.panel);
      this.reveal(this.launcher);
      const back = this.opener;
      (back && back !== document.body && back !== this && back.isConnected ? back : this.launcher).focus();
    }
    fit() {
      const view = window.visualViewport;
      if (!view || !this.isOpen || view.scale > 1.01) return;
      this.panel.style.setProperty("--height", view.height + "px");
      this.panel.style.setProperty("--top", view.offsetTop + "px");
    }
    toggleMenu(show) {
      this.menu.hidden = !show;
      this.options.setAttribute("aria-expanded", String(show));
    }
    escaped(event) {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      if (this.menu.hidden) return this.close();
      this.toggleMenu(false);
      this.options.focus();
    }

    // -- The conversation --

    // Resolves when there is a session and the log shows it; rejects when that cannot be had.
    started() { return (this.ready ||= this.restore().catch((error) => { this.ready = null; throw error; })); }
    resume() {
      this.ready = null;
      return this.started().catch((error) => this.cannotStart(error));
    }
    async restore() {
      const loading = this.waiting(this.texts.loading);
      if (!this.log.firstChild) this.log.append(loading);
      const { token } = this.server.session;
      let data = null, ended = false;
      try {
        if (token) data = await this.server.history().catch((error) => { if (error.status !== 401) throw error; ended = true; });
        if (data && token === this.token) return this.catchUp(data);
        data ||= await this.server.begin();
        this.show(data, this.token ? [] : this.emergencies());
        if (ended) this.note(this.texts.ended);
      } finally { loading.remove(); }
    }
    // Everything anew, but for the turns to keep.
    show(data, keep = []) {
      this.token = this.server.session.token;
      this.limit = data.max_characters || this.limit;
      this.clinic = data.clinic;
      this.name.textContent = data.clinic.name;
      this.urgent.replaceWith((this.urgent = this.inEmergency()));
      this.turns = new Map(keep);
      this.log.replaceChildren(this.intro(data), ...this.turns.values());
      this.catchUp(data);
      if (data.messages.length + keep.length === 0) {
        this.offer((this.getAttribute("questions") || "").split("|").map((text) => text.trim()).filter(Boolean).map((text) => ({ title: text, payload: text })));
        this.say(plain([data.greeting, ...data.notices].join(" "), [data.clinic.emergency_number]));
      }
    }
    // What was said elsewhere, in another tab or before a reload, and what could not be sent.
    catchUp(data) {
      this.pause(data.paused, data.notice);
      const turns = new Map();
      for (const message of data.messages) {
        const id = message.role === "user" ? message.id : message.reply_to;
        if (message.role === "user") turns.set(id, { text: message.text, reply: [] });
        else turns.get(id)?.reply.push(message);
      }
      const waiting = this.server.unsent.messages.filter((message) => !turns.has(message.id));
      this.server.unsent = { ...this.server.unsent, messages: waiting };
      let last = null;
      for (const [id, { text, reply }] of turns) {
        if (this.turns.has(id)) continue;
        this.retire();
        last = this.turn(id, text);
        this.reply(last, id, reply);
      }
      for (const { id, text } of waiting) {
        if (this.turns.has(id)) continue;
        last = this.turn(id, text);
        if (id !== this.sending) this.unsent(last, id, text, this.texts.still_here);
      }
      if (last) this.toEnd();
    }
    intro({ greeting, notices, clinic }) {
      const marks = MARKS([clinic.emergency_number]);
      return make("div", { className: "intro" }, clinic.demo ? make("p", { className: "demo" }, this.texts.demo) : null,
        make("p", { className: "hello" }, greeting),
        make("ul", {}, ...notices.map((notice) => inline(make("li"), notice, marks))),
        make("p", { className: "small" }, clinic.name + ": ", telephone(clinic.phone), ". ", clinic.open_now));
    }
    // A person has paused the assistant: its notice and phone stay in view. Typing goes on,
    // because an emergency is answered all the same.
    pause(paused, notice) {
      if (!paused) this.paused.hidden = true;
      if (!paused || !notice || !this.paused.hidden) return;
      this.paused.hidden = false;
      this.paused.replaceChildren(markdown(notice.text, [this.clinic.emergency_number]), make("div", { className: "phones" }, ...notice.phones.map(callButton)));
      this.say(plain(notice.text, numbersIn(notice, this.clinic)));
    }

    inEmergency() { return make("p", {}, this.texts.emergency + " ", telephone(this.clinic.emergency_number), "."); }
    // An emergency that was answered without a session is on no server: it stays in view.
    emergencies() { return [...this.turns].filter(([, turn]) => turn.querySelector(".emergency")); }

    turn(id, text) {
      const { you } = this.texts;
      const node = make("div", { className: "turn", tabindex: "-1" }, make("h3", { className: "who mine" }, you), make("div", { className: "bubble mine" }, text));
      this.turns.set(id, node);
      this.log.append(node);
      return node;
    }
    reply(turn, id, messages) {
      messages.forEach((message, index) => {
        turn.append(make("h3", { className: index ? "off" : "who" }, this.texts.assistant), bubble(message, this.texts, this.clinic));
      });
      [...turn.querySelectorAll(".foot")].at(-1)?.append(this.rating(id));
      this.offer(messages.findLast((message) => message.quick_replies.length)?.quick_replies || [], turn);
    }
    offer(replies, turn = this.log) {
      if (!replies.length) return;
      turn.append(make("div", { className: "chips" }, make("p", { className: "small off" }, this.texts.suggested),
        make("ul", {}, ...replies.map(({ title, payload }) => make("li", {}, button(title, () => { if (!this.sending) this.send(payload, newId(), true); }))))));
    }
    retire() { for (const chips of this.log.querySelectorAll(".chips")) chips.remove(); }
    waiting(text) { return make("p", { className: "typing" }, make("i"), make("i"), make("i"), text); }

    // -- Asking --

    pressed(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.ask();
    }
    count() {
      const { length } = this.input.value, over = length - this.limit, { texts } = this;
      this.server.unsent = { ...this.server.unsent, draft: this.input.value };
      this.counter.textContent = over > 0 ? `${over} ${texts.over}` : `${length} / ${this.limit}`;
      this.counter.classList.toggle("over", over > 0);
      this.input.setAttribute("aria-invalid", String(over > 0));
      const stage = over > 0 ? 2 : over > -100 ? 1 : 0;
      if (stage > (this.stage || 0)) this.say(stage === 2 ? this.counter.textContent : `${-over} ${texts.left}`);
      this.stage = stage;
    }
    write(text) {
      this.input.value = text;
      this.count();
    }
    ask() {
      const text = this.input.value.trim();
      if (!text || this.sending) return;
      if (text.length > this.limit) return this.say(this.counter.textContent);
      this.write("");
      return this.send(text, newId());
    }
    // Sends a message; the same id again is the same message, so it is answered once.
    async send(text, id, moveFocus) {
      const { server, texts } = this, { messages, draft } = server.unsent;
      this.work(id);
      server.unsent = { draft, messages: [...messages.filter((message) => message.id !== id), { id, text }] };
      this.retire();
      this.calm();
      if (moveFocus) this.turnOf(id, text).focus({ preventScroll: true });
      const typing = this.waiting(texts.typing);
      const wait = () => { this.turnOf(id, text).append(typing); this.toEnd(); };
      wait();
      try {
        // Without a session the server answers an emergency all the same, and nothing else.
        let refusal = null;
        await this.started().catch((error) => { if (!error.status) throw error; refusal = error; });
        wait();
        const reply = await server.send(id, text).catch((error) => { throw refusal || error; });
        const turn = this.turnOf(id, text);
        typing.remove();
        this.sent(id);
        this.reply(turn, id, reply.messages);
        this.pause(reply.paused, reply.messages.find((message) => message.kind === "notice"));
        this.say(reply.messages.map((message) => (levelOf(message) ? texts["level_" + levelOf(message)] + ". " : "") + plain(message.text, numbersIn(message, this.clinic))).join(" "));
        this.showTurn(turn);
      } catch (error) {
        const trouble = error.status === 401 ? await this.endedWith(text, id).catch((refusal) => refusal) : error;
        const { status } = trouble || {};
        if (status && status < 500 && status !== 429) this.refused(id, text, trouble);
        else if (trouble) this.unsent(this.turnOf(id, text), id, text, status ? trouble.message : `${texts.offline} ${texts.still_here}`, trouble.wait, !status);
      } finally {
        typing.remove();
        this.work(null);
      }
    }
    work(id) {
      this.sending = id;
      this.submit.setAttribute("aria-disabled", String(id !== null));
    }
    turnOf(id, text) { return this.turns.get(id) || this.turn(id, text); }
    toEnd() { this.log.scrollTop = this.log.scrollHeight; }
    sent(id) {
      const { draft, messages } = this.server.unsent;
      this.server.unsent = { draft, messages: messages.filter((message) => message.id !== id) };
    }
    // The answer is read from its beginning, with the question above it if there is room.
    showTurn(turn) {
      const [question, answer] = turn.querySelectorAll(".bubble");
      const top = question.offsetHeight > this.log.clientHeight / 3 ? answer : turn;
      if (top) this.log.scrollTop += top.getBoundingClientRect().top - this.log.getBoundingClientRect().top - 8;
    }
    async endedWith(text, id) {
      const data = await this.server.begin();
      this.sent(id);
      this.show(data, this.emergencies());
      this.write(text);
      this.note(this.texts.ended_kept);
      this.input.focus();
    }

    // -- When something does not work --

    // The server will never take this text: back to the field with it.
    refused(id, text, error) {
      this.sent(id);
      this.turns.get(id)?.remove();
      if (!this.input.value) this.write(text);
      this.note(error.message);
      this.input.focus();
    }
    unsent(turn, id, text, detail, wait, alone) {
      const box = this.trouble(this.texts.not_sent, detail, wait, () => {
        if (this.sending) return;
        box.remove();
        this.send(text, id, true);
      }, alone);
      turn.append(box);
      this.toEnd();
    }
    cannotStart(error) {
      this.calm();
      const box = this.trouble(this.texts.no_start, error.status ? error.message : "", error.wait, () => { box.remove(); this.input.focus(); this.resume(); }, !error.status);
      this.log.append(box);
    }
    calm() { this.log.querySelectorAll(":scope > .trouble").forEach((node) => node.remove()); }
    // `alone`: nobody has said whom to call, so the page's own phone number stands here, which
    // is what it shows without JavaScript, and the emergency number.
    trouble(title, detail, wait, again, alone) {
      const retry = button(this.texts.retry, again);
      const box = make("div", { className: "trouble" }, make("p", { className: "level" }, icon("emergency"), title),
        detail ? inline(make("p"), detail, MARKS([this.clinic.emergency_number])) : null, make("div", {}, retry));
      if (alone) {
        this.log.querySelector("slot")?.parentElement.remove();
        box.lastChild.before(make("p", {}, make("slot")), this.inEmergency());
      }
      const tick = (seconds) => {
        retry.disabled = seconds > 0;
        const { texts } = this, left = seconds < 100 ? texts.in_seconds.replace("{n}", seconds) : texts.in_minutes.replace("{n}", Math.ceil(seconds / 60));
        retry.textContent = texts.retry + (seconds > 0 ? " " + left : "");
        if (seconds > 0) setTimeout(tick, 1000, seconds - 1);
      };
      tick(wait || 0);
      const whom = alone ? [this.textContent.trim(), this.inEmergency().textContent] : [];
      this.say(plain([title, detail, ...whom].join(" "), [this.clinic.emergency_number]));
      return box;
    }
    note(text) {
      this.log.append(make("p", { className: "note" }, text));
      this.toEnd();
      this.say(text);
    }
    // To screen readers alone; a new node is spoken even when its words are the same.
    say(text) { this.live.replaceChildren(make("p", {}, text)); }

    // -- Rating, starting over, deleting, printing --

    rating(id) {
      const { texts } = this, box = make("div", { className: "rate", role: "group", "aria-label": texts.helped });
      const give = (helpful, reason = "") => this.server.rate(id, helpful, reason).catch(() => { /* a thumb is not worth an alarm */ });
      const done = () => {
        box.replaceChildren(make("p", { tabindex: "-1" }, texts.thanks));
        box.firstChild.focus({ preventScroll: true });
        this.say(texts.thanks);
      };
      const askWhy = () => {
        const field = make("input", { id: "why-" + id, maxlength: "500", autocomplete: "off", onkeydown: (event) => { if (event.key === "Enter" && !event.isComposing) { give(false, field.value); done(); } } });
        box.replaceChildren(make("label", { for: field.id }, texts.why), field, button(texts.send, () => { give(false, field.value); done(); }), button(texts.skip, done));
        field.focus();
      };
      box.append(make("span", {}, texts.helped), iconButton("yes", texts.yes, () => { give(true); done(); }), iconButton("no", texts.no, () => { give(false); askWhy(); }));
      return box;
    }
    async startOver() {
      this.input.focus();
      this.server.unsent = { ...this.server.unsent, messages: [] };
      try { this.show(await this.server.begin()); this.note(this.texts.restarted); } catch (error) { this.cannotStart(error); }
    }
    askForget() {
      const { texts } = this, keep = button(texts.keep, () => { box.remove(); this.input.focus(); });
      const box = make("div", { className: "trouble", role: "group", "aria-label": texts.sure }, make("p", { className: "level" }, texts.sure),
        make("div", {}, button(texts.delete, () => { box.remove(); this.input.focus(); this.forget(); }), keep));
      this.calm();
      this.log.append(box);
      this.toEnd();
      keep.focus();
    }
    async forget() {
      try {
        await this.server.forget();
        this.write("");
        this.show(await this.server.begin());
        this.note(this.texts.deleted);
      } catch (error) { this.cannotStart(error); }
    }
    print() {
      this.options.focus();
      const page = window.open("", "_blank");
      if (!page) return this.note(this.texts.no_print);
      const paper = page.document, { texts, clinic } = this;
      paper.title = `${clinic.name || ""} ${texts.title}`.trim();
      paper.documentElement.lang = this.panel.lang;
      paper.adoptedStyleSheets = [sheet(PAPER, page)];
      const title = make("h1", {}, texts.title), day = new Date().toLocaleString("en-US", { dateStyle: "long", timeStyle: "short" });
      const parts = [...this.log.querySelectorAll(".demo, .turn")].map((node) => node.cloneNode(true));
      for (const part of parts) {
        part.removeAttribute("tabindex");
        part.querySelectorAll("button, .chips, .rate, .trouble, .typing").forEach((node) => node.remove());
        part.querySelectorAll("details").forEach((node) => { node.open = true; });
      }
      paper.body.append(title, make("p", { className: "meta" }, [clinic.name, clinic.phone, day].filter(Boolean).join(" · ")), make("p", { className: "meta" }, texts.printed), ...parts);
      page.focus();
      page.print();
    }
  }
  const addressOf = (server) => {
    try { return new URL(server, location.href).href.replace(/\/+$/, ""); } catch {
      console.error(`<clinic-chat>: server="${server}" is no address. It should begin with https.`);
      return "about:invalid"; // cannot be reached, and the phone number of the page is shown
    }
  };
  const covers = (launcher, target) => {
    const one = launcher.getBoundingClientRect(), other = target.getBoundingClientRect();
    return one.width > 0 && one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  };
  customElements.define("clinic-chat", ClinicChat);
})();
