// The conversation on paper: a page of its own, with what can be pressed left out.

const PAPER = `
body { font: 11pt/1.5 Georgia, serif; color: #000; background: #fff; max-width: 42rem;
  margin: 2rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 17pt; line-height: 1.25; margin: 0 0 .3rem; }
p { margin: 0 0 .5rem; }
.turn { margin-top: 1.2rem; padding-top: .4rem; border-top: 1px solid #999; }
h3 { font: bold 9pt/1.4 sans-serif; margin: .8rem 0 .2rem; }
.bubble.mine { font-weight: bold; white-space: pre-wrap; }
.escalation { border: 2px solid; padding: .6rem .9rem; break-inside: avoid; }
.level { font-weight: bold; }
.emergency { border-width: 4px; }
.call { display: block; }
.call span span:first-child::after { content: ": "; }
.foot, .meta { font-size: 9pt; color: #333; }
summary { font-weight: bold; list-style: none; }
svg, .off:not(h3) { display: none; }
details a::after { content: " " attr(href); }
a { color: inherit; }
.intro, .note { font-size: 9pt; }
.demo { border: 1px dashed; padding: .3rem .6rem; }`;

// False if the browser does not allow a new page.
function printConversation(log, lang) {
  const { texts, clinic } = log;
  const page = window.open("", "_blank");
  if (!page) return false;
  const paper = page.document;
  paper.title = `${clinic.name || ""} ${texts.title}`.trim();
  paper.documentElement.lang = lang;
  paper.adoptedStyleSheets = [sheet(PAPER, page)];
  const day = new Date().toLocaleString("en-US", { dateStyle: "long", timeStyle: "short" });
  const from = [clinic.name, clinic.phone, day].filter(Boolean).join(" · ");
  paper.body.append(
    make("h1", {}, texts.title),
    make("p", { className: "meta" }, from),
    make("p", { className: "meta" }, texts.printed),
    ...[...log.node.querySelectorAll(".demo, .turn")].map(onPaper),
  );
  page.focus();
  page.print();
  return true;
}

function onPaper(node) {
  const copy = node.cloneNode(true);
  copy.removeAttribute("tabindex");
  const left = copy.querySelectorAll("button, .chips, .rate, .trouble, .typing");
  left.forEach((part) => part.remove());
  copy.querySelectorAll("details").forEach((part) => { part.open = true; });
  return copy;
}
