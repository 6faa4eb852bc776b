// Sends questions, and shows what comes back: the answer, or why there is none.

class Sender {
  constructor(parts, conversation) {
    const { texts, memory, server, log, form, pause, say } = parts;
    Object.assign(this, { texts, memory, server, log, form, pause, say, conversation });
    this.sending = null; // the id of the message on its way
  }

  // A question from the form.
  ask(text) {
    return this.send(newId(), text);
  }

  // A suggested question.
  choose(text) {
    if (!this.sending) this.send(newId(), text, true);
  }

  // Sends a message; the same id again is the same message, so it is answered once.
  async send(id, text, moveFocus) {
    const { log } = this;
    this.work(id);
    this.memory.keepUnsent(id, text);
    log.retireOffers();
    log.calm();
    if (moveFocus) log.turnOf(id, text).focus({ preventScroll: true });
    const typing = waitingLine(this.texts.typing);
    const wait = () => {
      log.turnOf(id, text).append(typing); // into a log that may have been begun anew
      log.toEnd();
    };
    wait();
    try {
      const refusal = await this.refusal();
      wait();
      const reply = await this.server.send(id, text).catch((error) => { throw refusal || error; });
      typing.remove();
      this.answered(id, text, reply);
    } catch (error) {
      await this.failed(id, text, error);
    } finally {
      typing.remove();
      this.work(null);
    }
  }

  work(id) {
    this.sending = id;
    this.form.setBusy(id !== null);
  }

  // Why no session can begin, or null. Without a session the server answers an emergency all
  // the same, and nothing else.
  refusal() {
    return this.conversation.started().then(() => null, (error) => {
      if (!error.status) throw error;
      return error;
    });
  }

  answered(id, text, { messages, paused }) {
    const { log, texts } = this;
    const turn = log.turnOf(id, text);
    this.dropUnsent(id);
    log.addReply(turn, id, messages);
    const urgent = messages.some((message) => message.level === "emergency");
    const notice = messages.find((message) => message.kind === "notice");
    this.pause.show(paused, notice, log.clinic, urgent);
    this.say(messages.map((message) => aloud(message, texts, log.clinic)).join(" "));
    log.show(turn);
  }

  dropUnsent(id) {
    this.memory.dropUnsent((other) => other === id);
  }

  // -- When it does not work --

  async failed(id, text, error) {
    const { offline, still_here } = this.texts;
    if (error.status === 401) {
      error = await this.askAgain(id, text).catch((refusal) => refusal);
      if (!error) return;
    }
    const { status, message, wait } = error;
    if (!status) this.notSent(id, text, { detail: `${offline} ${still_here}`, unreachable: true });
    else if (status < 500 && status !== 429) this.refused(id, text, message);
    else this.notSent(id, text, { detail: message, wait });
  }

  // The session has ended. The question waits in a new conversation: in the field or, while
  // something else is being typed there, in the log.
  async askAgain(id, text) {
    const { ended, ended_kept, still_here } = this.texts;
    this.conversation.show(await this.server.begin(), this.log.emergencies());
    if (!this.form.isEmpty) return this.notSent(id, text, { detail: `${ended} ${still_here}` });
    this.takeBack(id, text);
    this.log.note(ended_kept);
  }

  // The server will never take this text: back to the field with it, as soon as that is free.
  refused(id, text, reason) {
    const edit = () => this.takeBack(id, text);
    if (!this.form.isEmpty) return this.notSent(id, text, { detail: reason, edit });
    edit();
    this.log.note(reason);
  }

  // Out of the log and into the field.
  takeBack(id, text) {
    this.dropUnsent(id);
    this.log.remove(id);
    this.form.putBack(text);
    this.form.focus();
  }

  notSent(id, text, { detail, wait, edit, unreachable }) {
    const again = () => {
      if (this.sending) return;
      box.remove();
      this.send(id, text, true);
    };
    const title = this.texts.not_sent;
    const box = this.log.trouble({ title, detail, wait, again, edit, unreachable });
    this.log.turnOf(id, text).append(box);
    this.log.toEnd();
  }

  // From before a reload, or in another session.
  leftUnsent(id, text) {
    if (id !== this.sending) this.notSent(id, text, { detail: this.texts.still_here });
  }
}
