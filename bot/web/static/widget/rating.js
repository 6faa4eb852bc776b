// "Was this helpful?" under an answer. `rate(helpful, reason)` tells the server.

function ratingBox(id, texts, rate, say) {
  const box = make("div", { className: "rate", role: "group", "aria-label": texts.helped });
  const give = (helpful, reason = "") => {
    rate(helpful, reason).catch(() => { /* a thumb is not worth an alarm */ });
  };
  const done = () => {
    box.replaceChildren(make("p", { tabindex: "-1" }, texts.thanks));
    box.firstChild.focus({ preventScroll: true });
    say(texts.thanks);
  };
  const askWhy = () => {
    const explain = () => {
      give(false, field.value);
      done();
    };
    const pressed = (event) => {
      if (event.key === "Enter" && !event.isComposing) explain();
    };
    const props = { id: "why-" + id, maxlength: "500", autocomplete: "off", onkeydown: pressed };
    const field = make("input", props);
    const label = make("label", { for: field.id }, texts.why);
    box.replaceChildren(label, field, button(texts.send, explain), button(texts.skip, done));
    field.focus();
  };
  const yes = iconButton("yes", texts.yes, () => {
    give(true);
    done();
  });
  const no = iconButton("no", texts.no, () => {
    give(false);
    askWhy();
  });
  box.append(make("span", {}, texts.helped), yes, no);
  return box;
}
