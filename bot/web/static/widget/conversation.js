// The conversation: begins it, goes on with it after a reload or in another tab, ends it.

class Conversation {
  // `suggestions()`: the questions to offer before the first one. `leftUnsent(id, text)`: shows
  // a question that the browser remembers and the server does not know.
  constructor(parts, { suggestions, leftUnsent }) {
    const { texts, memory, server, log, form, pause, clinicName, say } = parts;
    Object.assign(this, { texts, memory, server, log, form, pause, clinicName, say });
    Object.assign(this, { suggestions, leftUnsent });
    this.token = null; // of the conversation that the log shows
    this.ready = null; // the promise of `started`
  }

  // -- Beginning and going on --

  // Resolves when there is a session and the log shows it; rejects when that cannot be had.
  started() {
    this.ready ||= this.restore().catch((error) => {
      this.ready = null;
      throw error;
    });
    return this.ready;
  }

  resume() {
    this.ready = null;
    return this.started().catch((error) => this.cannotStart(error));
  }

  async restore() {
    const { log } = this;
    const loading = waitingLine(this.texts.loading);
    if (!log.node.firstChild) log.node.append(loading);
    try {
      const { token } = this.server;
      const earlier = token ? await this.earlier() : null;
      if (earlier && token === this.token) return this.catchUp(earlier);
      this.show(earlier || (await this.server.begin()), this.token ? [] : log.emergencies());
      if (token && !earlier) log.note(this.texts.ended);
    } finally {
      loading.remove();
    }
  }

  // The conversation as the server has it; null if it has ended.
  earlier() {
    return this.server.history().catch((error) => {
      if (error.status !== 401) throw error;
      return null;
    });
  }

  cannotStart({ status, message, wait }) {
    const again = () => {
      box.remove();
      this.form.focus();
      this.resume();
    };
    this.log.calm();
    const title = this.texts.no_start;
    const detail = status ? message : "";
    const box = this.log.trouble({ title, detail, wait, again, unreachable: !status });
    this.log.node.append(box);
  }

  // -- Showing --

  // Everything anew, but for the turns to keep.
  show(data, keep = []) {
    const { clinic } = data;
    this.token = this.server.token;
    this.clinicName.textContent = clinic.name;
    this.form.limit = data.max_characters || this.form.limit;
    this.form.showEmergencyNumber(clinic);
    this.log.begin(data, keep);
    this.catchUp(data);
    if (data.messages.length + keep.length > 0) return;
    this.log.offer(this.suggestions().map((text) => ({ title: text, payload: text })));
    this.say(plain([data.greeting, ...data.notices].join(" "), [clinic.emergency_number]));
  }

  // What was said elsewhere, in another tab or before a reload, and what could not be sent.
  catchUp(data) {
    const { log } = this;
    this.pause.show(data.paused, data.notice, log.clinic);
    const turns = turnsOf(data.messages);
    this.memory.dropUnsent((id) => turns.has(id));
    const heard = [...turns].filter(([id]) => !log.turns.has(id));
    for (const [id, { text, reply }] of heard) {
      log.retireOffers();
      log.addReply(log.turnOf(id, text), id, reply);
    }
    const unsent = this.memory.unsent.messages.filter(({ id }) => !log.turns.has(id));
    for (const { id, text } of unsent) {
      log.turnOf(id, text);
      this.leftUnsent(id, text);
    }
    if (heard.length + unsent.length > 0) log.toEnd();
  }

  // -- Starting over and deleting --

  async startOver() {
    this.form.focus();
    this.memory.dropUnsent(() => true);
    try {
      this.show(await this.server.begin());
      this.log.note(this.texts.restarted);
    } catch (error) {
      this.cannotStart(error);
    }
  }

  askForget() {
    const keep = () => this.form.focus();
    const forget = () => {
      this.form.focus();
      this.forget();
    };
    const { box, kept } = sureBox(this.texts, { forget, keep });
    this.log.calm();
    this.log.node.append(box);
    this.log.toEnd();
    kept.focus();
  }

  async forget() {
    try {
      await this.server.forget();
    } catch (error) {
      this.cannotStart(error);
      this.log.note(this.texts.not_deleted);
      this.log.toEnd();
      return;
    }
    try {
      this.form.write("");
      this.show(await this.server.begin());
      this.log.note(this.texts.deleted);
    } catch (error) {
      this.cannotStart(error);
    }
  }
}
