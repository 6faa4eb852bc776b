// The log: all that was said, as turns. A turn is a question and whatever came of it.

class Log {
  // `choose(text)`: a suggested question was pressed. `rate(id, helpful, reason)`: an answer was
  // rated. `say(text)` speaks to screen readers. The host's own text names whom to call.
  constructor(host, texts, clinic, { choose, rate, say }) {
    Object.assign(this, { host, texts, clinic, choose, rate, say });
    this.turns = new Map(); // by message id
    this.node = make("div", { className: "log", tabindex: "0", role: "group" });
    this.node.setAttribute("aria-label", texts.conversation);
  }

  // Everything anew, but for the turns to keep.
  begin(data, keep) {
    this.clinic = data.clinic;
    this.turns = new Map(keep);
    this.node.replaceChildren(introduction(data, this.texts), ...this.turns.values());
  }

  // -- Turns --

  turnOf(id, text) {
    return this.turns.get(id) || this.addTurn(id, text);
  }

  addTurn(id, text) {
    const who = make("h3", { className: "who mine" }, this.texts.you);
    const question = make("div", { className: "bubble mine" }, text);
    const turn = make("div", { className: "turn", tabindex: "-1" }, who, question);
    this.turns.set(id, turn);
    this.node.append(turn);
    return turn;
  }

  remove(id) {
    this.turns.get(id)?.remove();
    this.turns.delete(id);
  }

  addReply(turn, id, messages) {
    const { texts } = this;
    messages.forEach((message, index) => {
      const who = make("h3", { className: index ? "off" : "who" }, texts.assistant);
      turn.append(who, bubble(message, texts, this.clinic));
    });
    const rate = (helpful, reason) => this.rate(id, helpful, reason);
    [...turn.querySelectorAll(".foot")].at(-1)?.append(ratingBox(id, texts, rate, this.say));
    const offering = messages.findLast((message) => message.quick_replies.length);
    this.offer(offering?.quick_replies || [], turn);
  }

  // An emergency that was answered without a session is on no server: it stays in view.
  emergencies() {
    return [...this.turns].filter(([, turn]) => turn.querySelector(".emergency"));
  }

  // -- Suggested questions --

  offer(replies, place = this.node) {
    if (!replies.length) return;
    const items = replies.map(({ title, payload }) =>
      make("li", {}, button(title, () => this.choose(payload))));
    const label = make("p", { className: "small off" }, this.texts.suggested);
    place.append(make("div", { className: "chips" }, label, make("ul", {}, ...items)));
  }

  retireOffers() {
    for (const chips of this.node.querySelectorAll(".chips")) chips.remove();
  }

  // -- Notes and troubles --

  note(text) {
    this.node.append(make("p", { className: "note" }, text));
    this.toEnd();
    this.say(text);
  }

  // A box to be put into the log or a turn. `edit`: what to do in place of trying `again`.
  // `unreachable`: the server has said nothing, so the box says whom to call.
  trouble({ title, detail, wait, again, edit, unreachable }) {
    const { texts, clinic } = this;
    const action = edit ? button(texts.edit, edit) : retryButton(texts, wait, again);
    const box = troubleBox(title, detail, clinic, action);
    const words = [title, detail];
    if (unreachable) {
      this.node.querySelector("slot")?.parentElement.remove(); // the page's text shows once
      box.lastChild.before(...whomToCall(texts, clinic));
      words.push(this.host.textContent.trim(), emergencyLine(texts, clinic).textContent);
    }
    this.say(plain(words.join(" "), [clinic.emergency_number]));
    return box;
  }

  // Away with the troubles that belong to no turn.
  calm() {
    this.node.querySelectorAll(":scope > .trouble").forEach((box) => box.remove());
  }

  // -- Scrolling --

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  // The answer is read from its beginning, with the question above it if there is room.
  show(turn) {
    const [question, answer] = turn.querySelectorAll(".bubble");
    const top = question.offsetHeight > this.node.clientHeight / 3 ? answer : turn;
    if (!top) return;
    const above = this.node.getBoundingClientRect().top + 8;
    this.node.scrollTop += top.getBoundingClientRect().top - above;
  }
}

function introduction({ greeting, notices, clinic }, texts) {
  const marks = marksWith([clinic.emergency_number]);
  const items = notices.map((notice) => inline(make("li"), notice, marks));
  const contact = [clinic.name + ": ", telephone(clinic.phone), ". ", clinic.open_now];
  return make(
    "div",
    { className: "intro" },
    clinic.demo ? make("p", { className: "demo" }, texts.demo) : null,
    make("p", { className: "hello" }, greeting),
    make("ul", {}, ...items),
    make("p", { className: "small" }, ...contact),
  );
}

function waitingLine(text) {
  return make("p", { className: "typing" }, make("i"), make("i"), make("i"), text);
}
