// Styles: small screens, the settings of the visitor's system, and paper.

const SCREEN_STYLES = `
@media (max-width: 30rem), (max-height: 26rem) {
  .panel {
    inset: 0; top: var(--top, 0px); width: 100%; height: var(--height, 100dvh); border: 0;
    border-radius: 0;
    padding: env(safe-area-inset-top, 0) env(safe-area-inset-right, 0)
      env(safe-area-inset-bottom, 0) env(safe-area-inset-left, 0);
  }
}

@media (max-height: 26rem) {
  .launch:not(.inline) { padding: 1em; }
  .launch:not(.inline) span {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  }
  header { padding-block: 0; }
  h2 { font-size: .95em; }
  .clinic { display: none; }
  form { padding: .3em .6em; }
  .log { padding-block: .5em; min-height: 0; }
  textarea { max-height: 4em; }
  .below { font-size: .75em; }
}

/* A landscape phone with its keyboard open: room for the words. */
@media (max-height: 15rem) {
  .icon { height: 32px; }
  textarea, form .button { min-height: 38px; padding-block: .2em; }
  .below:not(:has(.over)) { display: none; }
  .log { padding-block: .2em; }
  .escalation .level { padding-block: .1em; }
}

@media (prefers-reduced-motion: reduce) {
  .typing i { animation: none; }
  .log { scroll-behavior: auto; }
}

@media (forced-colors: active) {
  .launch, .bubble, header, .note { border: 2px solid; }
  .emergency { border: 5px double; }
  .routine { border-style: dashed; }
  .typing i { background: CanvasText; }
  .menu button { border: 1px solid; }
}

@media print {
  .launch, .panel { display: none !important; }
}`;
