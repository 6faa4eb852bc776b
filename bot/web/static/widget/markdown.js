// Markdown: paragraphs, lists, bold, italics, and links to https, tel and mailto addresses.
// `numbers` are phone numbers that become links besides those that look like one.

function markdown(text, numbers) {
  const out = document.createDocumentFragment();
  const marks = marksWith(numbers);
  let list = null;
  let paragraph = null;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "ol" : "ul";
      if (list?.localName !== tag) out.append((list = make(tag)));
      list.append(inline(make("li"), item[2], marks));
      paragraph = null;
    } else if (!line.trim()) {
      list = paragraph = null;
    } else if (paragraph) {
      paragraph.append(" ");
      inline(paragraph, line.trim(), marks);
    } else {
      list = null;
      out.append((paragraph = inline(make("p"), line.trim(), marks)));
    }
  }
  return out;
}

// What can stand inside a line: a link, bold, italics, a phone number.
function marksWith(numbers) {
  const link = String.raw`\[([^\]]+)\]\(((?:https:\/\/|tel:|mailto:)[^\s)]+)\)`;
  const strong = String.raw`\*\*(?=\S)([^*]+)\*\*`;
  const emphasis = String.raw`\*(?=\S)([^*\n]+)\*`;
  return new RegExp([link, strong, emphasis, numberPattern(numbers)].join("|"));
}

// Puts a line of text into a node, and returns the node.
function inline(node, text, marks) {
  for (let match; (match = marks.exec(text)); text = text.slice(match.index + match[0].length)) {
    const [, label, address, strong, emphasis, number] = match;
    node.append(text.slice(0, match.index));
    if (address?.startsWith("tel:")) {
      const aloud = label.replace(/[0-9][0-9() -]*[0-9]/g, spoken);
      node.append(make("a", { href: address, "aria-label": aloud }, label));
    } else if (address) node.append(outsideLink(address, label));
    else if (strong) node.append(inline(make("strong"), strong, marks));
    else if (emphasis) node.append(inline(make("em"), emphasis, marks));
    else node.append(telephone(number));
  }
  node.append(text);
  return node;
}

function outsideLink(address, label) {
  return make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, label);
}

// As it is spoken: no marks, and numbers digit by digit.
function plain(text, numbers) {
  return text
    .replace(/\[([^\]]+)\]\([^\s)]+\)/g, "$1")
    .replace(/^\s*[-*] |\*/gm, "")
    .replace(new RegExp(numberPattern(numbers), "g"), (number) => spoken(number));
}
