// Styles: the colours, and what keeps the page's own styles out. Sizes are in em of the visitor's
// own text size: the page's root element has no say in them.

const LIGHT = `
  --brand: var(--clinic-chat-color, #0f566e); --on-brand: var(--clinic-chat-on-color, #fff);
  --back: var(--clinic-chat-background, #fff); --text: var(--clinic-chat-text, #1c2b33);
  --head: var(--brand); --on-head: var(--on-brand); --log: #f4f7f8; --quiet: #4f5d67;
  --line: #d5dde2; --field: #6b7983; --hover: #e6eff3;
  --urgent: #a31621; --on-urgent: #fff; --urgent-back: #fff6f5;
  --today: #7d4e00; --on-today: #fff; --today-back: #fffaf0;`;

const DARK = `
  --brand: var(--clinic-chat-color-dark, #8ccfe8);
  --on-brand: var(--clinic-chat-on-color-dark, #06222d);
  --back: var(--clinic-chat-background-dark, #1b2329);
  --text: var(--clinic-chat-text-dark, #e9eff2);
  --head: #143b4a; --on-head: #fff; --log: #12181c; --quiet: #abb8c1;
  --line: #3a464f; --field: #8b99a3; --hover: #26323a;
  --urgent: #ffb3ab; --on-urgent: #3d0507; --urgent-back: #2e1a1b;
  --today: #ffcf85; --on-today: #2f1d00; --today-back: #2a2317;`;

const THEME_STYLES = `
:host {
  position: absolute !important; width: 0 !important; height: 0 !important;
  min-width: 0 !important; min-height: 0 !important; margin: 0 !important; padding: 0 !important;
  border: 0 !important;
}
:host([position=inline]) {
  position: static !important; width: auto !important; height: auto !important;
  display: inline-block;
}
:host([hidden]) { display: none !important; }
[hidden] { display: none !important; }
.launch, .panel {
  all: initial; ${LIGHT}
  box-sizing: border-box; color: var(--text); color-scheme: light;
  font: medium/1.5 var(--clinic-chat-font, system-ui, -apple-system, "Segoe UI", sans-serif);
  -webkit-text-size-adjust: 100%;
}
.dark { ${DARK} color-scheme: dark; }
:where(.panel *) { box-sizing: border-box; font: inherit; color: inherit; margin: 0; }`;
