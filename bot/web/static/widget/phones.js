// Phone numbers: found in text, dialled by a touch, and spoken digit by digit.

// How a screen reader should say a number.
function spoken(number) {
  return number
    .replace(/[^0-9]+/g, ", ")
    .replace(/[0-9](?=[0-9])/g, "$& ")
    .replace(/^, |, $/g, "");
}

function dialled(number) {
  return "tel:" + number.replace(/[^0-9+]/g, "");
}

function telephone(number) {
  return make("a", { href: dialled(number), "aria-label": spoken(number) }, number);
}

function callButton({ label, number }) {
  const props = {
    className: "call",
    href: dialled(number),
    "aria-label": `${label}, ${spoken(number)}`,
  };
  const words = make("span", {}, make("span", {}, label), make("span", {}, number));
  return make("a", props, icon("phone"), words);
}

// The source of a pattern: numbers as they are written in the USA, and the given ones.
function numberPattern(given) {
  const escaped = given.map((number) => number.replace(/[^0-9a-z]/gi, "\\$&"));
  return `(?<![\\w-])(${["(?:1-)?\\d{3}-\\d{3}-\\d{4}", ...escaped].join("|")})(?![\\w-])`;
}

function emergencyLine(texts, clinic) {
  return make("p", {}, texts.emergency + " ", telephone(clinic.emergency_number), ".");
}
