// <clinic-chat>: the clinic's assistant as one custom element. No dependency, no cookie,
// nothing from anywhere but the server that this file came from.
(() => {
  "use strict";
  if (customElements.get("clinic-chat")) return;
  const here = document.currentScript && document.currentScript.src;
  const STORED = "clinic-chat";
  const TEXTS = {
    title: "Ask about Dupixent and eczema", open: "Questions? Ask our assistant", close: "Close chat",
    placeholder: "Type your question", send: "Send", you: "You", assistant: "Assistant",
    typing: "The assistant is typing", retry: "Not sent. Try again", restart: "Start over",
    forget: "Delete this conversation", print: "Print or save", sources: "Sources",
    reviewed: "Reviewed on", good: "This helped", bad: "This did not help",
    why: "What was missing? (optional)", thanks: "Thank you for telling us.", ended: "This conversation has ended. A new one has started.",
    deleted: "This conversation was deleted.", sure: "Delete this conversation for good?", yes: "Delete", no: "Keep",
    offline: "No connection. Your message is still here.", urgent: "Emergency", today: "Contact someone today", soon: "Contact your clinic",
  };
  const LEVELS = { emergency: ["urgent", "⚠"], same_day: ["today", "☎"], routine: ["soon", "✉"] };
  const CSS = `
:host{all:initial;--b:var(--clinic-chat-color,#14526b);--f:var(--clinic-chat-on-color,#fff);--g:var(--clinic-chat-background,#fff);--t:var(--clinic-chat-text,#1b1f23);--m:#565f68;--l:#c5ccd3;--s:#eef3f6;--e:#9b1c1c;--eb:#fdf0f0;--w:#7a4b00;--wb:#fff6e5;font:16px/1.5 system-ui,sans-serif;color:var(--t);color-scheme:light dark}
:host([hidden]){display:none}
@media (prefers-color-scheme:dark){:host{--b:var(--clinic-chat-color,#8fd0ea);--f:var(--clinic-chat-on-color,#08222e);--g:var(--clinic-chat-background,#15191d);--t:var(--clinic-chat-text,#edf1f4);--m:#aab4bd;--l:#4a545d;--s:#222a31;--e:#ffb4b4;--eb:#3a1a1a;--w:#ffd48a;--wb:#35290f}}
*{box-sizing:border-box;font:inherit}
button,summary{cursor:pointer;min-height:44px;min-width:44px}
button{background:var(--g);color:var(--b);border:2px solid var(--b);border-radius:8px;padding:.4em .8em}
button:hover{text-decoration:underline}
:focus-visible{outline:3px solid var(--b);outline-offset:2px}
button:disabled{opacity:.6;cursor:default}
.launch,.panel{position:fixed;z-index:2147483000;bottom:max(1rem,env(safe-area-inset-bottom))}
.launch{background:var(--b);color:var(--f);border-radius:2em;padding:.7em 1.2em;box-shadow:0 2px 10px #0005;max-width:calc(100vw - 2rem)}
.right{right:1rem}.left{left:1rem}
.panel{display:flex;flex-direction:column;width:min(26rem,calc(100vw - 2rem));height:min(42rem,calc(100dvh - 2rem));background:var(--g);border:1px solid var(--l);border-radius:12px;box-shadow:0 4px 24px #0006;overflow:auto}
[hidden]{display:none!important}
header{display:flex;align-items:center;gap:.5rem;padding:.5rem .5rem .5rem 1rem;background:var(--b);color:var(--f);border-radius:11px 11px 0 0}
h2{font-size:1.05rem;font-weight:650;margin:0;flex:1}
header button{background:none;color:inherit;border-color:transparent}
header :focus-visible{outline-color:var(--f)}
.log{flex:1 1 12rem;overflow:auto;padding:1rem;min-height:8rem;overflow-wrap:anywhere}
.log>*{margin:0 0 .9rem}
.intro{color:var(--m);font-size:.95rem}.intro ul{padding-left:1.2rem;margin:.4rem 0}
.who{font-size:.85rem;color:var(--m);margin:0 0 .15rem}
.msg{border-radius:10px;padding:.7rem .9rem;background:var(--s)}
.msg.mine{background:var(--g);border:1px solid var(--l);margin-left:2rem;white-space:pre-wrap}
.msg.emergency{background:var(--eb);border:3px solid var(--e)}
.msg.same_day{background:var(--wb);border:2px solid var(--w)}
.msg.routine{border:2px dashed var(--b)}
.flag{font-weight:700;margin:0 0 .3rem}.emergency .flag{color:var(--e)}.same_day .flag{color:var(--w)}
p{margin:0 0 .6rem}p:last-child{margin:0}ul,ol{margin:.2rem 0 .6rem;padding-left:1.3rem}b{font-weight:700}i{font-style:italic}
a{color:var(--b)}.tel{display:inline-block;font-weight:700;padding:.5rem 0;min-height:44px}
.small{font-size:.85rem;color:var(--m)}
summary{padding:.6rem 0;font-size:.9rem}details ul{font-size:.9rem}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;list-style:none;margin:.6rem 0 0}
.chips button{border-radius:1.2em;text-align:left}
.tools{display:flex;flex-wrap:wrap;gap:.3rem;padding:.3rem .6rem;border-top:1px solid var(--l)}
.tools button,.rate button{border-color:transparent;padding:.2em .5em;font-size:.9rem}
.rate{display:flex;flex-wrap:wrap;gap:.3rem;align-items:center}
form{display:grid;grid-template-columns:1fr auto;gap:.4rem;padding:.6rem;border-top:1px solid var(--l)}
textarea,input{width:100%;color:var(--t);background:var(--g);border:2px solid var(--m);border-radius:8px;padding:.5rem;resize:none;min-height:44px}
form button{background:var(--b);color:var(--f)}.count{grid-column:1/-1;text-align:right;margin:0}
.fail{border:2px solid var(--e);border-radius:8px;padding:.5rem}
.off{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.dots::after{content:"…";animation:d 1.2s steps(4) infinite}
@keyframes d{from{opacity:.2}to{opacity:1}}
@media (prefers-reduced-motion:reduce){.dots::after{animation:none}}
@media (forced-colors:active){.msg,.launch,.panel{border:2px solid CanvasText}.msg.emergency{border-width:4px}}
@media (max-width:30rem),(max-height:26rem){.panel{inset:0;width:auto;height:auto;border-radius:0;border:0}header{border-radius:0}.log{min-height:5rem}.tools{border:0}}`;

  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key in node && key !== "role") node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const spoken = (number) => [...number].filter((c) => /[0-9]/.test(c)).join(" ");
  const phone = (number, label) =>
    make("a", { className: "tel", href: "tel:" + number.replace(/[^0-9+]/g, ""), "aria-label": (label ? label + ", " : "") + spoken(number) }, label ? label + ": " + number : number);

  // Markdown by DOM calls from a short list: paragraphs, lists, bold, italics, web and phone links.
  const LINK = /\[([^\]]+)\]\(((?:https:\/\/|tel:|mailto:)[^\s)]+)\)|\*\*([^*]+)\*\*|\*([^*\n]+)\*|(?<![\w-])(1-\d{3}-\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w-])/;
  const inline = (node, text) => {
    for (let match; (match = LINK.exec(text)); text = text.slice(match.index + match[0].length)) {
      node.append(text.slice(0, match.index));
      if (match[2]) node.append(make("a", { href: match[2], rel: "noopener noreferrer", target: "_blank" }, match[1]));
      else if (match[3]) node.append(inline(make("b"), match[3]));
      else if (match[4]) node.append(inline(make("i"), match[4]));
      else node.append(make("a", { href: "tel:" + match[5].replace(/-/g, ""), "aria-label": spoken(match[5]) }, match[5]));
    }
    node.append(text);
    return node;
  };
  const markdown = (text) => {
    const out = document.createDocumentFragment();
    let list = null, para = null;
    for (const line of text.split("\n")) {
      const item = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/.exec(line);
      if (item) {
        para = null;
        const tag = item[1] ? "ol" : "ul";
        if (!list || list.localName !== tag) out.append((list = make(tag)));
        list.append(inline(make("li"), item[2]));
      } else if (!line.trim()) list = para = null;
      else if (para) inline((para.append(" "), para), line.trim());
      else { list = null; out.append((para = inline(make("p"), line.trim()))); }
    }
    return out;
  };
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  class ClinicChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const first = document.querySelector("clinic-chat");
      if (first !== this) { this.hidden = true; return; }  // one is enough on a page
      this.base = this.getAttribute("server") || (here ? new URL(".", here).href : location.origin + "/");
      this.base = this.base.replace(/\/+$/, "");
      this.texts = { ...TEXTS };
      for (const key of Object.keys(TEXTS)) { const own = this.getAttribute("text-" + key); if (own) this.texts[key] = own; }
      if (this.getAttribute("title-text")) this.texts.title = this.getAttribute("title-text");
      this.limit = 1000;
      this.build();
      addEventListener("storage", (event) => { if (event.key === STORED && !this.panel.hidden) this.resume(); });
    }

    build() {
      const t = this.texts, side = this.getAttribute("position") === "left" ? "left" : "right";
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      this.launcher = make("button", { className: "launch " + side, type: "button", "aria-expanded": "false", onclick: () => this.open() }, t.open);
      this.log = make("div", { className: "log", tabIndex: 0, role: "region", "aria-label": t.title });
      this.live = make("div", { className: "off", role: "status", "aria-live": "polite" });
      this.input = make("textarea", { rows: 2, maxLength: this.limit, id: "q", placeholder: t.placeholder, oninput: () => this.count(), onkeydown: (e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.submit(); } } });
      this.counter = make("p", { className: "small count", id: "count" });
      this.button = make("button", { type: "submit" }, t.send);
      this.form = make("form", { onsubmit: (e) => { e.preventDefault(); this.submit(); } },
        make("label", { className: "off", htmlFor: "q" }, t.placeholder), this.input, this.button, this.counter);
      this.input.setAttribute("aria-describedby", "count");
      this.tools = make("div", { className: "tools" },
        make("button", { type: "button", onclick: () => this.startOver() }, t.restart),
        make("button", { type: "button", onclick: () => this.askForget() }, t.forget),
        make("button", { type: "button", onclick: () => this.print() }, t.print));
      this.panel = make("section", { className: "panel " + side, hidden: true, role: "dialog", "aria-label": t.title, onkeydown: (e) => { if (e.key === "Escape") { e.stopPropagation(); this.close(); } } },
        make("header", {}, make("h2", {}, t.title), make("button", { type: "button", "aria-label": t.close, onclick: () => this.close() }, "✕")),
        this.log, this.tools, this.form);
      root.append(this.launcher, this.panel, this.live);
      this.count();
    }

    get saved() { try { return JSON.parse(localStorage.getItem(STORED)) || {}; } catch { return this.memory || {}; } }
    set saved(value) { this.memory = value; try { localStorage.setItem(STORED, JSON.stringify(value)); } catch { /* private mode: this page only */ } }

    async open() {
      this.panel.hidden = false;
      this.launcher.hidden = true;
      this.launcher.setAttribute("aria-expanded", "true");
      this.input.focus();
      if (!this.ready) await this.resume();
    }
    close() {
      this.panel.hidden = true;
      this.launcher.hidden = false;
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.focus();
    }
    count() { this.counter.textContent = this.input.value.length > this.limit * 0.7 ? `${this.input.value.length} / ${this.limit}` : ""; }

    async call(method, path, body) {
      const { token } = this.saved;
      const headers = {};
      if (body) { headers["Content-Type"] = "application/json"; if (path !== "/chat/session") body.token = token; }
      else if (token) headers.Authorization = "Bearer " + token;
      const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 20000);
      try {
        const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body), credentials: "omit", signal: stop.signal });
        const data = await answer.json();
        if (!answer.ok) throw Object.assign(new Error(data.detail || this.texts.offline), { status: answer.status, wait: answer.headers.get("Retry-After") });
        return data;
      } finally { clearTimeout(timer); }
    }

    async resume() {
      this.ready = true;
      try {
        if (this.saved.token) {
          try { const data = await this.call("GET", "/chat/history"); return this.show(data); }
          catch (error) { if (error.status !== 401) throw error; await this.begin(); return this.say(this.texts.ended); }
        }
        await this.begin();
      } catch (error) { this.ready = false; this.trouble(error, () => this.resume()); }
    }
    async begin() {
      const data = await this.call("POST", "/chat/session", {});
      this.saved = { token: data.token };
      this.show({ ...data, messages: [] });
    }
    show(data) {
      this.limit = data.max_characters || 1000;
      this.clinic = data.clinic;
      this.log.replaceChildren(make("div", { className: "intro" }, make("p", {}, data.greeting), make("ul", {}, ...data.notices.map((n) => make("li", {}, n))),
        make("p", {}, phone(data.clinic.phone, data.clinic.name), " ", phone(data.clinic.emergency_number, this.texts.urgent))));
      for (const message of data.messages) message.role === "user" ? this.mine(message.text, message.id) : this.theirs(message, message.reply_to, true);
      this.retire(true);
      this.log.scrollTop = this.log.scrollHeight;
    }

    submit() { const text = this.input.value.trim(); if (text && !this.busy) { this.input.value = ""; this.count(); this.send(text, newId()); } }
    async send(text, id, bubble) {
      this.busy = true;
      this.retire();
      bubble = bubble || this.mine(text, id);
      const typing = make("p", { className: "small dots" }, this.texts.typing);
      this.log.append(typing);
      this.log.scrollTop = this.log.scrollHeight;
      this.button.disabled = true;
      try {
        if (!this.saved.token) await this.begin();
        const { messages } = await this.call("POST", "/chat/message", { id, text });
        typing.remove();
        for (const message of messages) this.theirs(message, id);
        this.live.textContent = messages.map((m) => m.text.replace(/[*_]/g, "")).join(" ");
        localStorageTouch(this);
      } catch (error) {
        typing.remove();
        if (error.status === 401) { bubble.remove(); await this.begin().catch(() => {}); this.say(this.texts.ended); this.input.value = text; this.count(); }
        else this.trouble(error, () => this.send(text, id, bubble));
      } finally { this.busy = false; this.button.disabled = false; }
    }

    mine(text, id) {
      const bubble = make("div", {}, make("p", { className: "who" }, this.texts.you), make("div", { className: "msg mine" }, text));
      bubble.dataset.id = id;
      this.log.append(bubble);
      return bubble;
    }
    theirs(message, id, quiet) {
      const t = this.texts, level = LEVELS[message.level] ? message.level : "";
      const box = make("div", { className: "msg " + (message.kind === "escalation" ? level : "") });
      if (message.kind === "escalation" && level) box.append(make("p", { className: "flag" }, make("span", { "aria-hidden": "true" }, LEVELS[level][1] + " "), t[LEVELS[level][0]]));
      box.append(markdown(message.text));
      for (const p of message.phones) box.append(make("p", {}, phone(p.number, p.label)));
      if (message.sources.length) box.append(make("details", {}, make("summary", {}, t.sources), make("ul", {}, ...message.sources.map((s) =>
        make("li", {}, /^https:\/\//.test(s.url) ? make("a", { href: s.url, rel: "noopener noreferrer", target: "_blank" }, s.title) : s.title, ` (${s.publisher})`)))));
      if (message.kind === "answer") {
        box.append(make("p", { className: "small" }, message.reviewed_on ? `${t.reviewed} ${message.reviewed_on}` : message.reviewed_by));
        if (!quiet) box.append(this.rating(id));
      }
      if (message.quick_replies.length) box.append(make("ul", { className: "chips" }, ...message.quick_replies.map((q) =>
        make("li", {}, make("button", { type: "button", onclick: () => { if (!this.busy) { this.input.focus(); this.send(q.payload, newId()); } } }, q.title)))));
      const bubble = make("div", {}, make("p", { className: "who" }, t.assistant), box);
      this.log.append(bubble);
      if (!quiet) bubble.scrollIntoView({ block: "nearest" });
    }
    retire(keepLast) {
      const chips = [...this.log.querySelectorAll(".chips")];
      if (keepLast && chips.length && chips.at(-1).closest(".log > div") === this.log.lastElementChild) chips.pop();
      for (const list of chips) list.remove();
    }
    rating(id) {
      const t = this.texts, box = make("div", { className: "rate" });
      const give = async (helpful, reason) => {
        try { await this.call("POST", "/chat/feedback", { id, helpful, reason: reason || "" }); } catch { /* a thumb is not worth an alarm */ }
        box.replaceChildren(make("span", { className: "small" }, t.thanks));
        this.live.textContent = t.thanks;
        this.input.focus();
      };
      const ask = () => {
        const field = make("input", { maxLength: 500, "aria-label": t.why, placeholder: t.why });
        box.replaceChildren(field, make("button", { type: "button", onclick: () => give(false, field.value) }, t.send));
        field.focus();
      };
      box.append(make("button", { type: "button", "aria-label": t.good, onclick: () => give(true) }, "👍"), make("button", { type: "button", "aria-label": t.bad, onclick: ask }, "👎"));
      return box;
    }
    say(text) { this.log.append(make("p", { className: "small" }, text)); this.live.textContent = text; this.log.scrollTop = this.log.scrollHeight; }
    trouble(error, again) {
      const text = error.status ? error.message : this.texts.offline;
      const box = make("div", { className: "fail" }, make("p", {}, text), make("button", { type: "button", onclick: () => { box.remove(); again(); } }, this.texts.retry));
      this.log.append(box);
      this.live.textContent = text;
      this.log.scrollTop = this.log.scrollHeight;
    }
    async startOver() {
      try { await this.begin(); this.live.textContent = this.texts.restart; } catch (error) { this.trouble(error, () => this.startOver()); }
      this.input.focus();
    }
    askForget() {
      const box = make("div", { className: "fail" }, make("p", {}, this.texts.sure),
        make("button", { type: "button", onclick: async () => { box.remove(); await this.forget(); } }, this.texts.yes), " ",
        make("button", { type: "button", onclick: () => { box.remove(); this.input.focus(); } }, this.texts.no));
      this.log.append(box);
      this.log.scrollTop = this.log.scrollHeight;
      box.querySelector("button").focus();
    }
    async forget() {
      try {
        await this.call("DELETE", "/chat/session");
        this.saved = {};
        await this.begin();
        this.say(this.texts.deleted);
        this.input.focus();
      } catch (error) { this.trouble(error, () => this.forget()); }
    }
    print() {
      const page = open("", "_blank");
      if (!page) return;
      const doc = page.document;
      doc.title = this.texts.title;
      const body = doc.body;
      const head = doc.createElement("h1");
      head.textContent = `${this.clinic ? this.clinic.name + ": " : ""}${this.texts.title}`;
      body.append(head, new Date().toLocaleString());
      for (const node of this.log.children) {
        if (node.matches(".fail,.small")) continue;
        const copy = doc.importNode(node, true);
        copy.querySelectorAll("button,.chips,.rate,input").forEach((n) => n.remove());
        copy.querySelectorAll("details").forEach((n) => { n.open = true; });
        body.append(doc.createElement("hr"), copy);
      }
      page.focus();
      page.print();
    }
  }
  // Other tabs of the same conversation look again.
  const localStorageTouch = (chat) => { chat.saved = { ...chat.saved, at: Date.now() }; };
  customElements.define("clinic-chat", ClinicChat);
})();
