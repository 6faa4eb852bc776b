// Styles: the form, and what only screen readers get (.off).

const FORM_STYLES = `
form {
  flex: none; display: grid; grid-template-columns: 1fr auto; gap: .35em .5em; align-items: end;
  padding: .7em .8em .5em; border-top: 1px solid var(--line); background: var(--back);
}
textarea, input {
  width: 100%; min-height: 46px; padding: .6em .75em; border: 1.5px solid var(--field);
  border-radius: 10px; background: var(--back); color: var(--text);
}
textarea { display: block; resize: none; max-height: 8em; field-sizing: content; line-height: 1.4; }
textarea::placeholder { color: var(--quiet); opacity: 1; }
textarea:focus-visible, input:focus-visible { outline-offset: -1px; }
[aria-invalid=true] { border-color: var(--urgent); }
form .button { min-height: 46px; }

.below {
  grid-column: 1 / -1; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em;
  font-size: .8em; color: var(--quiet);
}
.count { margin-inline-start: auto !important; font-variant-numeric: tabular-nums; }
.count.over { color: var(--urgent); font-weight: 650; }

.off {
  position: absolute !important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}`;
