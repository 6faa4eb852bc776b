// The server's /chat, over HTTP. A call rejects with an error that has `status` and `wait`
// (seconds) if the server refused, and neither if it could not be reached.

const PATIENCE = 15000; // milliseconds

class Server {
  constructor(address, memory) {
    this.address = address;
    this.memory = memory;
  }

  get token() { return this.memory.session.token; }

  async begin() {
    const data = await this.call("POST", "/chat/session", { body: {} });
    const { token, earlier = [] } = this.memory.session;
    this.memory.session = {
      token: data.token,
      earlier: [...earlier, token].filter(Boolean).slice(-20),
    };
    return { ...data, messages: [] };
  }

  history() {
    return this.call("GET", "/chat/history", { token: this.token });
  }

  async send(id, text) {
    const body = { token: this.token, id, text };
    const reply = await this.call("POST", "/chat/message", { body });
    this.memory.session = { ...this.memory.session, at: Date.now() }; // other tabs look again
    return reply;
  }

  rate(id, helpful, reason) {
    const body = { token: this.token, id, helpful, reason };
    return this.call("POST", "/chat/feedback", { body });
  }

  // Deletes the conversations that were started over, too.
  async forget() {
    const { token, earlier = [] } = this.memory.session;
    for (const each of [...earlier, token].filter(Boolean)) {
      await this.call("DELETE", "/chat/session", { token: each }).catch((error) => {
        if (error.status !== 401) throw error; // it has ended already
      });
    }
    this.memory.session = {};
    this.memory.unsent = {};
  }

  async call(method, path, { body, token } = {}) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = "Bearer " + token;
    const response = await fetch(this.address + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const data = await response.json();
    if (response.ok) return data;
    const wait = Number(response.headers.get("Retry-After")) || 0;
    throw Object.assign(new Error(data.detail), { status: response.status, wait });
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function addressOf(server) {
  try {
    return new URL(server, location.href).href.replace(/\/+$/, "");
  } catch {
    console.error(`<clinic-chat>: server="${server}" is no address. It should begin with https.`);
    return "about:invalid"; // cannot be reached, and the phone number of the page is shown
  }
}
