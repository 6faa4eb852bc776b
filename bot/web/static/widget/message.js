// A message of the assistant: what it looks like and how it is spoken.

const LEVELS = ["emergency", "same_day", "routine"];

function levelOf(message) {
  const known = message.kind === "escalation" && LEVELS.includes(message.level);
  return known ? message.level : "";
}

function numbersIn(message, clinic) {
  return [clinic.emergency_number, ...message.phones.map((phone) => phone.number)];
}

function bubble(message, texts, clinic) {
  const level = levelOf(message);
  const box = make("div", { className: `bubble theirs ${level && "escalation " + level}` });
  if (level) box.append(make("p", { className: "level" }, icon(level), texts["level_" + level]));
  box.append(markdown(message.text, numbersIn(message, clinic)));
  if (message.phones.length) box.append(phoneList(message.phones));
  if (message.kind === "answer") {
    const review = make("p", {}, reviewOf(message, texts));
    box.append(make("div", { className: "foot" }, review, sourcesOf(message, texts)));
  }
  return box;
}

function phoneList(phones) {
  return make("div", { className: "phones" }, ...phones.map(callButton));
}

function reviewOf({ reviewed_on: day, reviewed_by: who }, texts) {
  if (!day) return who ? who[0].toUpperCase() + who.slice(1) + "." : "";
  const date = new Date(day + "T12:00").toLocaleDateString("en-US", { dateStyle: "long" });
  return `${texts.reviewed} ${date}` + (who ? ` (${who})` : "");
}

function sourcesOf({ sources }, texts) {
  if (sources.length === 0) return null;
  const items = sources.map(({ title, publisher, url }) => {
    const link = /^https:\/\//.test(url) ? outsideLink(url, title) : make("span", {}, title);
    if (link.href) link.append(make("span", { className: "off" }, ` (${texts.new_tab})`));
    return make("li", {}, link, make("br"), publisher);
  });
  const summary = make("summary", {}, `${texts.sources} (${sources.length})`);
  return make("details", {}, summary, make("ul", {}, ...items));
}

function aloud(message, texts, clinic) {
  const level = levelOf(message);
  const text = plain(message.text, numbersIn(message, clinic));
  return level ? `${texts["level_" + level]}. ${text}` : text;
}

// The messages of a conversation as turns: by message id, the question and its reply.
function turnsOf(messages) {
  const turns = new Map();
  for (const message of messages) {
    if (message.role === "user") turns.set(message.id, { text: message.text, reply: [] });
    else turns.get(message.reply_to)?.reply.push(message);
  }
  return turns;
}
