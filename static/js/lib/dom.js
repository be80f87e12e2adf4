// Making and finding elements, and words that come from the page (so that they are translated).

/** element("li", { class: "row", hidden: false }, "text", child): attributes that are false or null are left out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** The translated sentences of a page: <script type="application/json" id="words">. */
export function words(id = "words") {
  return JSON.parse(document.getElementById(id).textContent);
}

/** fill("{n} left", { n: 3 }) -> "3 left" */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A short notice at the corner of the page; it leaves by itself unless `action` waits for an answer. */
export function toast(text, { tone = "", action = null, onAction = null, seconds = 6 } = {}) {
  const note = element("div", { class: `toast ${tone && `toast--${tone}`}` }, element("span", {}, text));
  if (action) {
    const button = element("button", { type: "button" }, action);
    button.addEventListener("click", () => { note.remove(); onAction(); });
    note.append(button);
  }
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), seconds * 1000);
  return note;
}
