// Styles: the launcher, and the panel with its header and menu.

const PANEL_STYLES = `
.launch {
  position: fixed; z-index: 2147483000;
  bottom: calc(var(--clinic-chat-offset-y, 1.25em) + env(safe-area-inset-bottom, 0px));
  display: flex; align-items: center; gap: .6em; max-width: calc(100vw - 2.5em);
  padding: .8em 1.3em .8em 1.1em; border-radius: 2em; background: var(--brand);
  color: var(--on-brand); border: 1px solid transparent; cursor: pointer; font-weight: 600;
  box-shadow: 0 4px 16px #0003, 0 1px 3px #0003;
}
.launch:hover { box-shadow: 0 6px 22px #0004, 0 1px 4px #0004; }
.launch.inline { position: static; }
.launch.aside { visibility: visible; transform: translateY(calc(100% + 4em)); }
.right { right: var(--clinic-chat-offset-x, 1.25em); left: auto; }
.left { left: var(--clinic-chat-offset-x, 1.25em); right: auto; }

svg {
  width: 1.4em; height: 1.4em; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round;
}
header svg { stroke-width: 2.4; }

.panel {
  position: fixed; z-index: 2147483000; bottom: var(--clinic-chat-offset-y, 1.25em); top: auto;
  margin: 0; padding: 0; display: flex; flex-direction: column;
  width: min(26em, calc(100vw - var(--clinic-chat-offset-x, 1.25em) - 1.25em)); max-width: none;
  height: min(44em, calc(100dvh - var(--clinic-chat-offset-y, 1.25em) - 1.25em));
  max-height: none; overflow: hidden; background: var(--back); border: 1px solid var(--line);
  border-radius: var(--clinic-chat-radius, 14px); box-shadow: 0 12px 40px #0004;
}

header {
  flex: none; position: relative; display: flex; align-items: center; gap: .15em;
  padding: .6em .5em .6em 1.1em; background: var(--head); color: var(--on-head);
}
header > div { flex: 1; min-width: 0; }
h2 { font-size: 1.06em; font-weight: 650; line-height: 1.3; }
.clinic { font-size: .86em; line-height: 1.3; }

.icon {
  display: grid; place-items: center; width: 44px; height: 44px; padding: 0; border: 0;
  border-radius: 50%; background: none; cursor: pointer;
}
header .icon:hover { background: #8884; }
header :focus-visible { outline-color: var(--on-head); outline-offset: -3px; }

.menu {
  position: absolute; z-index: 1; top: calc(100% + .3em); right: .6em; min-width: 14em;
  max-width: calc(100% - 1.2em); padding: .35em; background: var(--back); color: var(--text);
  border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 24px #0003;
}
.menu button {
  display: block; width: 100%; min-height: 44px; padding: .4em .8em; border: 0; border-radius: 7px;
  background: none; text-align: start; cursor: pointer;
}
.menu button:hover { background: var(--hover); }
.panel .menu :focus-visible { outline-color: var(--brand); }

:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }`;
