// The texts. Each can be replaced by an attribute of the tag: text-send="Ask".

const TEXTS = {
  title: "Dupixent and eczema",
  open: "Ask a question",
  close: "Close chat",
  options: "Options",
  conversation: "Conversation",
  you: "You",
  assistant: "Assistant",
  question: "Your question",
  placeholder: "Type your question",
  send: "Send",
  left: "characters left",
  over: "characters too many. Please shorten your question.",
  typing: "The assistant is typing",
  suggested: "You could ask",
  emergency: "In an emergency, call",
  demo: "Demonstration. This clinic and its phone numbers are made up.",
  level_emergency: "Emergency",
  level_same_day: "Get help today",
  level_routine: "Contact your clinic",
  sources: "Sources",
  new_tab: "opens in a new tab",
  reviewed: "Reviewed by a clinician on",
  helped: "Was this helpful?",
  yes: "Yes, this helped",
  no: "No, this did not help",
  why: "What was missing? (optional, no personal details)",
  skip: "Skip",
  thanks: "Thank you for telling us.",
  loading: "Connecting",
  not_sent: "Not sent.",
  offline: "There is no connection to the assistant.",
  still_here: "Your message is still here.",
  no_start: "The assistant cannot be reached right now.",
  retry: "Try again",
  edit: "Edit",
  in_seconds: "in {n} s",
  in_minutes: "in {n} min",
  ended: "The last conversation has ended. This is a new one.",
  ended_kept: "The last conversation has ended. This is a new one: press Send to ask again.",
  restart: "Start over",
  restarted: "This is a new conversation.",
  print: "Print or save",
  printed:
    "Conversation with the clinic's assistant. It gives general information and is not a clinician.",
  no_print: "The browser did not allow a new page. Please allow pop-ups here and try again.",
  forget: "Delete this conversation",
  sure: "Delete this conversation for good?",
  delete: "Delete",
  keep: "Keep",
  deleted: "The conversation was deleted.",
  not_deleted: "The conversation was not deleted. Please try again.",
};

// The texts of one tag.
function textsOf(host) {
  const texts = { ...TEXTS };
  for (const key of Object.keys(texts)) {
    const given = host.getAttribute("text-" + key.replaceAll("_", "-"));
    if (given) texts[key] = given;
  }
  return texts;
}
