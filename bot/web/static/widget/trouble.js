// Boxes in the log that ask for something: to try again, or to say that it is really meant.

function troubleBox(title, detail, clinic, action) {
  const level = make("p", { className: "level" }, icon("emergency"), title);
  const words = detail ? inline(make("p"), detail, marksWith([clinic.emergency_number])) : null;
  return make("div", { className: "trouble" }, level, words, make("div", {}, action));
}

// Can be pressed after `wait` seconds, and counts them down.
function retryButton(texts, wait, press) {
  const retry = button(texts.retry, press);
  const tick = (seconds) => {
    const left = seconds < 100
      ? texts.in_seconds.replace("{n}", seconds)
      : texts.in_minutes.replace("{n}", Math.ceil(seconds / 60));
    retry.disabled = seconds > 0;
    retry.textContent = texts.retry + (seconds > 0 ? " " + left : "");
    if (seconds > 0) setTimeout(tick, 1000, seconds - 1);
  };
  tick(wait || 0);
  return retry;
}

// Whom to call when the server has not said it: the number that the page itself shows to
// visitors without JavaScript, and the emergency number.
function whomToCall(texts, clinic) {
  return [make("p", {}, make("slot")), emergencyLine(texts, clinic)];
}

// Either choice removes the box, and then does its own. The focus belongs on `keep`.
function sureBox(texts, { forget, keep }) {
  const props = { className: "trouble", role: "group", "aria-label": texts.sure };
  const choice = (label, act) => button(label, () => {
    box.remove();
    act();
  });
  const kept = choice(texts.keep, keep);
  const choices = make("div", {}, choice(texts.delete, forget), kept);
  const box = make("div", props, make("p", { className: "level" }, texts.sure), choices);
  return { box, kept };
}
