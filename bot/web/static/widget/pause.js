// A person has paused the assistant: its notice and phone stay in view. Typing goes on, because
// an emergency is answered all the same.

class PauseNotice {
  constructor(say) {
    this.say = say;
    this.node = make("div", { className: "paused", hidden: true });
  }

  // Beside an emergency it steps aside: nothing may cover that.
  show(paused, notice, clinic, urgent = false) {
    if (!paused || urgent) this.node.hidden = true;
    if (urgent) return;
    if (!paused || !notice || !this.node.hidden) return;
    this.node.hidden = false;
    const text = markdown(notice.text, [clinic.emergency_number]);
    this.node.replaceChildren(text, phoneList(notice.phones));
    this.say(plain(notice.text, numbersIn(notice, clinic)));
  }
}
