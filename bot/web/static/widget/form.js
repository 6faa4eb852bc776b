// The form: the question that is being typed, how long it may be, and the emergency number.

const MOST_BYTES = 2048; // the server's limit beside the one in characters
const FEW = 100; // characters left, of which a screen reader is told

class QuestionForm {
  // `ask(text)` is called with a question that may be sent.
  constructor(texts, clinic, memory, { ask, say }) {
    Object.assign(this, { texts, memory, ask, say });
    this.limit = 1000;
    this.busy = false;
    this.stage = 0;
    this.input = make("textarea", {
      id: "question",
      rows: "2",
      placeholder: texts.placeholder,
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": "count",
      oninput: () => this.count(),
      onkeydown: (event) => this.pressed(event),
    });
    this.input.value = memory.unsent.draft;
    this.submit = make("button", { type: "submit", className: "button main" }, texts.send);
    this.urgent = emergencyLine(texts, clinic);
    this.counter = make("p", { className: "count", id: "count" });
    const submitted = (event) => {
      event.preventDefault();
      this.submitted();
    };
    this.node = make(
      "form",
      { onsubmit: submitted },
      make("label", { className: "off", for: "question" }, texts.question),
      this.input,
      this.submit,
      make("div", { className: "below" }, this.urgent, this.counter),
    );
  }

  showEmergencyNumber(clinic) {
    const line = emergencyLine(this.texts, clinic);
    this.urgent.replaceWith(line);
    this.urgent = line;
  }

  focus() {
    this.input.focus();
  }

  // While a question is being answered no other is sent.
  setBusy(busy) {
    this.busy = busy;
    this.submit.setAttribute("aria-disabled", String(busy));
  }

  get isEmpty() { return !this.input.value.trim(); }

  write(text) {
    this.input.value = text;
    this.count();
  }

  // Before whatever is being typed.
  putBack(text) {
    this.write(this.isEmpty ? text : text + "\n" + this.input.value);
  }

  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submitted();
  }

  submitted() {
    const text = this.input.value.trim();
    if (!text || this.busy) return;
    if (lengthOf(text) > this.limitFor(text)) {
      this.say(this.counter.textContent);
      return;
    }
    this.write("");
    this.ask(text);
  }

  // In characters. Many scripts take three bytes or four for each: of such a text less fits.
  limitFor(text) {
    const bytes = new TextEncoder().encode(text).length;
    const fit = Math.floor((MOST_BYTES * lengthOf(text)) / bytes);
    return bytes ? Math.min(this.limit, fit) : this.limit;
  }

  count() {
    const { texts } = this;
    const text = this.input.value;
    const length = lengthOf(text);
    const limit = this.limitFor(text);
    const over = length - limit;
    this.memory.keepDraft(text);
    this.counter.textContent = over > 0 ? `${over} ${texts.over}` : `${length} / ${limit}`;
    this.counter.classList.toggle("over", over > 0);
    this.input.setAttribute("aria-invalid", String(over > 0));
    // Spoken only when it gets worse, not at every letter.
    const stage = over > 0 ? 2 : over > -FEW ? 1 : 0;
    const told = stage === 2 ? this.counter.textContent : `${-over} ${texts.left}`;
    if (stage > this.stage) this.say(told);
    this.stage = stage;
  }
}

// In characters as the server counts them: an emoji is one, not two.
function lengthOf(text) {
  return [...text].length;
}
