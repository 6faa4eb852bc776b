// The element <clinic-chat>: puts the parts together, and into the page.

const SCRIPT = document.currentScript && document.currentScript.src;
let active = null; // one on a page is enough; another waits until the first is gone

class ClinicChat extends HTMLElement {
  // -- For the page's own script --

  open() {
    return this.dialog.open();
  }

  close() {
    this.dialog?.close();
  }

  // -- What the browser calls --

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    if (active && active !== this) return;
    active = this;
    if (!this.dialog) this.build();
    this.listen();
    reveal(this.dialog.launcher);
  }

  disconnectedCallback() {
    if (active !== this) return;
    this.connected.abort();
    conceal(this.dialog.panel);
    active = null;
    document.querySelector("clinic-chat")?.connectedCallback();
  }

  // -- Putting together --

  build() {
    const texts = textsOf(this);
    const clinic = { emergency_number: this.getAttribute("emergency-number") || "911" };
    const home = SCRIPT ? new URL(".", SCRIPT).href : location.origin;
    const address = addressOf(this.getAttribute("server") || home);
    const memory = (this.memory = new Memory(address));
    const server = new Server(address, memory);

    // To screen readers alone; a new node is spoken even when its words are the same.
    const live = make("div", { className: "off", role: "status", "aria-live": "polite" });
    const say = (text) => live.replaceChildren(make("p", {}, text));

    const clinicName = make("p", { className: "clinic" });
    const pause = new PauseNotice(say);
    const log = new Log(this, texts, clinic, {
      choose: (text) => sender.choose(text),
      rate: (id, helpful, reason) => server.rate(id, helpful, reason),
      say,
    });
    const form = new QuestionForm(texts, clinic, memory, { ask: (text) => sender.ask(text), say });
    const parts = { texts, memory, server, log, form, pause, clinicName, say };
    const conversation = (this.conversation = new Conversation(parts, {
      suggestions: () => listOf(this.getAttribute("questions")),
      leftUnsent: (id, text) => sender.leftUnsent(id, text),
    }));
    const sender = new Sender(parts, conversation);

    const print = () => {
      menu.button.focus();
      if (!printConversation(log, this.dialog.panel.lang)) log.note(texts.no_print);
    };
    const menu = new Menu(texts, [
      [texts.restart, () => conversation.startOver()],
      [texts.print, print],
      [texts.forget, () => conversation.askForget()],
    ]);
    this.dialog = new Dialog(this, texts, {
      clinicName,
      menu,
      contents: [log.node, pause.node, form.node, live],
      field: form.input,
      opened: () => conversation.resume(),
    });

    const { launcher, panel, isInline } = this.dialog;
    const styles = [THEME_STYLES, PANEL_STYLES, LOG_STYLES, FORM_STYLES, SCREEN_STYLES].join("");
    const frame = isInline ? make("div") : make("aside", { "aria-label": texts.title });
    frame.append(launcher, panel);
    this.shadowRoot.adoptedStyleSheets = [sheet(styles)];
    this.shadowRoot.append(frame);
    form.count();
  }

  listen() {
    this.connected = new AbortController();
    const { signal } = this.connected;
    this.dialog.listen(signal);
    // Another tab said something, or started a new conversation.
    const changed = ({ key }) => {
      if (key !== this.memory.key || !this.memory.session.token) return;
      if (this.dialog.isOpen) this.conversation.resume();
    };
    window.addEventListener("storage", changed, { signal });
  }
}

// The attribute "one | two" as a list.
function listOf(attribute) {
  return (attribute || "").split("|").map((text) => text.trim()).filter(Boolean);
}

if (!customElements.get("clinic-chat")) customElements.define("clinic-chat", ClinicChat);
