// Styles: what is said.

const LOG_STYLES = `
.log {
  flex: 1 1 0; min-height: 4em; overflow: hidden auto; overscroll-behavior: contain;
  padding: 1em 1.1em; background: var(--log); overflow-wrap: anywhere; scroll-behavior: smooth;
}
.log:focus-visible, .turn:focus-visible { outline-offset: -3px; }
.turn:focus { outline: none; }
.turn { margin-bottom: 1.1em; }
.who { font-size: .8em; font-weight: 600; color: var(--quiet); margin: .8em .2em .25em; }
.mine.who { text-align: end; }

.bubble {
  padding: .75em .95em; border: 1px solid var(--line); border-radius: 14px;
  background: var(--back);
}
.off + .bubble { margin-top: .5em; }
.bubble.mine {
  width: fit-content; max-width: 88%; margin-inline-start: auto; white-space: pre-wrap;
  border-color: var(--brand); border-end-end-radius: 4px; background: var(--head);
  color: var(--on-head);
}
.bubble.theirs { border-start-start-radius: 4px; }
.bubble > * + * { margin-top: .6em; }

.panel ul, .panel ol { padding: 0 0 0 1.3em; }
.panel li + li { margin-top: .25em; }
.panel strong { font-weight: 700; }
.panel em { font-style: italic; }
.panel a {
  color: var(--brand); text-decoration: underline; text-underline-offset: 2px; border-radius: 3px;
}
.small { font-size: .86em; color: var(--quiet); }

.intro { padding: .2em 0 .4em; }
.intro .hello { font-size: 1.06em; line-height: 1.45; }
.intro ul { list-style: none; padding: 0; margin: .8em 0; border-top: 1px solid var(--line); }
.intro li { padding: .5em 0; margin: 0; border-bottom: 1px solid var(--line); font-size: .92em; }
.intro li:first-child { font-weight: 650; }
.demo {
  padding: .4em .7em; border: 1px dashed var(--today); border-radius: 8px; margin-bottom: .8em;
  font-size: .86em;
}

/* Levels differ by word, icon, and border, not by colour alone. */
.level { display: flex; align-items: center; gap: .5em; font-weight: 700; }
.escalation .level { margin: -.75em -.95em 0; padding: .5em .95em; border-radius: 2px 10px 0 0; }
.emergency { border: 3px solid var(--urgent); background: var(--urgent-back); }
.emergency .level { background: var(--urgent); color: var(--on-urgent); }
.same_day { border: 2px solid var(--today); background: var(--today-back); }
.same_day .level { background: var(--today); color: var(--on-today); }
.routine { border: 2px dashed var(--brand); }
.routine .level { color: var(--brand); padding-bottom: 0; }

.phones { display: grid; gap: .4em; margin-top: .7em; }
.panel a.call {
  display: flex; align-items: center; gap: .6em; min-height: 44px; padding: .4em .8em;
  border: 2px solid currentColor; border-radius: 9px; font-weight: 650; line-height: 1.3;
  text-decoration: none;
}
.call span { display: block; }
.call span span:first-child { font-size: .9em; font-weight: 500; }
.call:hover span span:last-child { text-decoration: underline; }
a[href^="tel:"] { white-space: nowrap; }
.panel .call { white-space: normal; }
.panel .emergency a, .emergency .call { color: var(--urgent); }
.panel .same_day a { color: var(--today); }
.panel .escalation a.call:first-child {
  background: var(--brand); color: var(--on-brand); border-color: var(--brand);
}
.panel .emergency a.call:first-child {
  background: var(--urgent); color: var(--on-urgent); border-color: var(--urgent);
}
.panel .same_day a.call:first-child {
  background: var(--today); color: var(--on-today); border-color: var(--today);
}

.foot {
  margin-top: .8em; padding-top: .35em; border-top: 1px solid var(--line); font-size: .86em;
  color: var(--quiet);
}
.foot > p { padding: .3em 0; }
summary {
  width: fit-content; padding: .35em .3em .35em 0; cursor: pointer; border-radius: 4px;
  color: var(--brand); font-weight: 600;
}
details li { margin-bottom: .4em; }

.rate { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .2em; min-height: 44px; }
.rate .icon { color: var(--brand); }
.rate .icon:hover { background: var(--hover); }
.rate label { flex: 1 0 100%; }
.rate input { flex: 1 1 8em; }
.rate button:not(.icon) { margin: .4em 0 .4em .3em; }

.chips { margin-top: .7em; }
.panel .chips ul {
  display: flex; flex-wrap: wrap; gap: .5em; margin-top: .4em; padding: 0; list-style: none;
}
.chips li { margin: 0 !important; }

.button {
  min-height: 44px; padding: .45em 1em; border: 1.5px solid var(--brand); border-radius: 9px;
  background: var(--back); color: var(--brand); font-weight: 600; cursor: pointer;
  line-height: 1.3;
}
.chips .button { border-radius: 22px; text-align: start; font-weight: 500; font-size: .95em; }
.button:hover { background: var(--hover); }
.panel .main { background: var(--brand); color: var(--on-brand); }
.main:hover { text-decoration: underline; }
.button:disabled, .button[aria-disabled=true] { opacity: .65; cursor: default; }

.typing {
  display: flex; align-items: center; gap: .3em; width: fit-content; margin: .8em .2em;
  font-size: .86em; color: var(--quiet);
}
.typing i {
  width: .45em; height: .45em; border-radius: 50%; background: currentColor;
  animation: blink 1.2s infinite;
}
.typing i:nth-child(2) { animation-delay: .2s; }
.typing i:nth-child(3) { animation-delay: .4s; margin-right: .3em; }
@keyframes blink {
  0%, 60%, 100% { opacity: .3; }
  30% { opacity: 1; }
}

.trouble {
  display: grid; gap: .6em; margin: .6em 0; padding: .7em .9em; border: 2px solid var(--urgent);
  border-radius: 10px; background: var(--back);
}
.trouble .level { color: var(--urgent); }
.trouble div { display: flex; flex-wrap: wrap; gap: .5em; }

.note {
  margin: .6em 0; padding: .5em .8em; border-radius: 9px; background: var(--hover);
  font-size: .92em;
}
.paused {
  flex: none; max-height: 30%; overflow: auto; padding: .8em 1.1em;
  border-top: 2px solid var(--today); background: var(--today-back);
}`;
