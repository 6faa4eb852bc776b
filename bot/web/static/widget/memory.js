// What this browser remembers: the session, shared by all tabs, and the text that is not yet
// sent, which stays in its own tab. Where storage is blocked or full, for this page only.

class Memory {
  constructor(address) {
    this.key = "clinic-chat " + address;
    this.kept = new Map();
  }

  // {token, earlier: tokens of conversations that were started over, at: time of the last turn}
  get session() { return this.read(() => localStorage, "session"); }
  set session(value) { this.write(() => localStorage, "session", value); }

  // {draft: text in the field, messages: [{id, text}]}
  get unsent() { return { draft: "", messages: [], ...this.read(() => sessionStorage, "unsent") }; }
  set unsent(value) { this.write(() => sessionStorage, "unsent", value); }

  keepDraft(draft) {
    this.unsent = { ...this.unsent, draft };
  }

  keepUnsent(id, text) {
    const others = this.unsent.messages.filter((message) => message.id !== id);
    this.unsent = { ...this.unsent, messages: [...others, { id, text }] };
  }

  // Forgets the unsent messages of which `known(id)` is true.
  dropUnsent(known) {
    const messages = this.unsent.messages.filter((message) => !known(message.id));
    this.unsent = { ...this.unsent, messages };
  }

  // -- Storage: a function, because to name it throws where it is blocked --

  read(storage, name) {
    if (this.kept.has(name)) return this.kept.get(name);
    try {
      return JSON.parse(storage().getItem(this.key)) || {};
    } catch {
      return {};
    }
  }

  write(storage, name, value) {
    try {
      storage().setItem(this.key, JSON.stringify(value));
      this.kept.delete(name);
    } catch {
      this.kept.set(name, value);
    }
  }
}
