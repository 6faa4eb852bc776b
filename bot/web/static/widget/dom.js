// Nodes by DOM calls alone: no text ever becomes HTML.

// A property that begins with "on" is a listener; null and "" are no children.
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if ((key in node && typeof value !== "string") || key === "className") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

function button(label, press, className = "button") {
  return make("button", { type: "button", className, onclick: press }, label);
}

const SHAPES = {
  chat: "M21 12a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 12ZM9 10h7M9 14h4",
  close: "M6 6l12 12M18 6L6 18",
  options: "M5 12h.1M4.9 12h.2M12 12h.1M11.9 12h.2M19 12h.1M18.9 12h.2",
  emergency: "M12 3l10 18H2L12 3ZM12 10v5M12 18h.01",
  same_day: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3 2",
  routine: "M4 5h16v14H4ZM4 9h16M8 3v4M16 3v4M9 14h6",
  phone:
    "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 12l5 2v3a3 3 0 0 1-3 3A14 14 0 0 1 3 6a3 3 0 0 1 3-3Z",
  yes: "M7 11v9M7 11l4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.4l-1.2 6A2 2 0 0 1 17 20H4v-9Z",
  no: "M7 13V4M7 13l4 8a2 2 0 0 0 3-2l-1-5h5a2 2 0 0 0 2-2.4l-1.2-6A2 2 0 0 0 17 4H4v9Z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

function iconButton(name, label, press) {
  const node = button(icon(name), press, "icon");
  node.setAttribute("aria-label", label);
  node.title = label;
  return node;
}

// A constructed sheet, which a strict Content-Security-Policy allows.
function sheet(css, view = window) {
  const made = new view.CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
