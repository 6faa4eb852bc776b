// The options menu of the panel: a button, and what it opens.

class Menu {
  // `choices`: pairs of a label and what to do. Any choice closes the menu.
  constructor(texts, choices) {
    const buttons = choices.map(([label, act]) => button(label, act, ""));
    const chosen = () => this.toggle(false);
    const props = { className: "menu", id: "menu", hidden: true, onclick: chosen };
    this.node = make("div", props, ...buttons);
    this.button = iconButton("options", texts.options, () => this.toggle(!this.isOpen));
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", "menu");
  }

  get isOpen() { return !this.node.hidden; }

  toggle(show) {
    this.node.hidden = !show;
    this.button.setAttribute("aria-expanded", String(show));
  }

  contains(target) {
    return this.node.contains(target) || target === this.button;
  }
}
