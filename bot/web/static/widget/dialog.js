// The button that opens the chat and the panel that it opens: where they stand, in which theme,
// and where the focus goes. The panel covers a small screen, and is then a modal dialog.

const SMALL = matchMedia("(max-width: 30rem), (max-height: 26rem)");
const SHADE = matchMedia("(prefers-color-scheme: dark)");

class Dialog {
  // `contents`: the nodes under the header. `field`: what has the focus after opening.
  // `opened()` is called after each opening.
  constructor(host, texts, { clinicName, menu, contents, field, opened }) {
    Object.assign(this, { host, menu, field, opened });
    const side = { left: "left", inline: "inline" }[host.getAttribute("position")] || "right";
    this.isInline = side === "inline";
    this.launcher = make(
      "button",
      {
        type: "button",
        className: "launch " + side,
        "aria-haspopup": "dialog",
        onclick: () => this.open(),
      },
      icon("chat"),
      make("span", {}, texts.open),
    );
    if (!this.isInline) this.launcher.popover = "manual";
    this.heading = make("h2", { id: "title", tabindex: "-1" }, texts.title);
    const close = iconButton("close", texts.close, () => this.close());
    const names = make("div", {}, this.heading, clinicName);
    this.panel = make(
      "dialog",
      {
        className: "panel " + side,
        popover: "manual",
        hidden: true,
        lang: host.lang || "en",
        "aria-labelledby": "title",
        onkeydown: (event) => this.pressed(event),
        oncancel: (event) => this.cancelled(event),
        onfocusin: ({ target }) => { if (!menu.contains(target)) menu.toggle(false); },
      },
      make("header", {}, names, menu.button, menu.node, close),
      ...contents,
    );
  }

  // Until the signal aborts.
  listen(signal) {
    const on = (target, kind, listener) => target?.addEventListener(kind, listener, { signal });
    this.shade();
    on(SHADE, "change", () => this.shade());
    on(SMALL, "change", () => { if (this.isOpen) this.showAgain(); });
    on(window.visualViewport, "resize", () => this.fit());
    on(window.visualViewport, "scroll", () => this.fit());
    // The launcher steps aside when it would cover what has the focus.
    on(document, "focusin", ({ target }) => {
      const aside = target !== this.host && overlap(this.launcher, target);
      this.launcher.classList.toggle("aside", aside);
    });
  }

  shade() {
    const theme = this.host.getAttribute("theme");
    const dark = theme === "dark" || (theme !== "light" && SHADE.matches);
    for (const node of [this.launcher, this.panel]) node.classList.toggle("dark", dark);
  }

  // -- Opening and closing --

  get isOpen() { return !this.panel.hidden; }

  open() {
    if (this.isOpen) return;
    this.opener = document.activeElement;
    conceal(this.launcher);
    this.showPanel();
    this.fit();
    // A touch keyboard would cover what is to be read before the first message.
    (matchMedia("(hover: hover)").matches ? this.field : this.heading).focus();
    return this.opened();
  }

  close() {
    if (!this.isOpen) return;
    this.menu.toggle(false);
    conceal(this.panel);
    reveal(this.launcher);
    const back = this.opener;
    const isOutside = back && back !== document.body && back !== this.host && back.isConnected;
    (isOutside ? back : this.launcher).focus();
  }

  showPanel() {
    if (!SMALL.matches && this.panel.showPopover) return reveal(this.panel);
    this.panel.hidden = false;
    SMALL.matches ? this.panel.showModal() : this.panel.show();
  }

  // After a turn of the phone, or another zoom.
  showAgain() {
    const focus = this.panel.getRootNode().activeElement;
    conceal(this.panel);
    this.showPanel();
    this.fit();
    focus?.focus();
  }

  // Above a touch keyboard.
  fit() {
    const view = window.visualViewport;
    if (!view || !this.isOpen || view.scale > 1.01) return;
    this.panel.style.setProperty("--height", view.height + "px");
    this.panel.style.setProperty("--top", view.offsetTop + "px");
  }

  // -- Escape closes the menu, or else the panel --

  pressed(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.menu.isOpen) return this.close();
    this.menu.toggle(false);
    this.menu.button.focus();
  }

  // The browser's own way to close a modal dialog, such as a phone's back gesture.
  cancelled(event) {
    event.preventDefault();
    this.close();
  }
}

// The top layer puts a node above every z-index of the page.
function reveal(node) {
  node.hidden = false;
  try { node.showPopover(); } catch { /* inline, or a browser without popover */ }
}

function conceal(node) {
  if (node.open) node.close();
  try { node.hidePopover(); } catch { /* was not a popover */ }
  node.hidden = true;
}

function overlap(node, other) {
  const one = node.getBoundingClientRect();
  const two = other.getBoundingClientRect();
  const beside = one.left < two.right && two.left < one.right;
  return one.width > 0 && beside && one.top < two.bottom && two.top < one.bottom;
}
