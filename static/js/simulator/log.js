// A dialogue as bubbles. The same for teachers and supervisors; who wrote is shown only where the events say it.

import { element, svg } from "../lib/dom.js";
import { shown } from "../lib/time.js";

/** A quiet figure of three shapes, always the same one for the same name. */
export function avatar(name) {
  let seed = 7;
  for (const letter of name) seed = (seed * 31 + letter.codePointAt(0)) % 9973;
  const turn = seed % 360;
  const mark = svg("svg", { viewBox: "0 0 36 36", "aria-hidden": "true", focusable: "false" });
  mark.append(
    svg("rect", { class: "avatar__ground", width: 36, height: 36 }),
    svg("path", { class: "avatar__one", d: "M-6 22 L42 10 V44 H-6 Z", transform: `rotate(${turn % 50 - 25} 18 18)` }),
    svg("circle", { class: "avatar__two", cx: 10 + seed % 16, cy: 10 + (seed >> 3) % 12, r: 6 + seed % 4 }),
  );
  return element("span", { class: "avatar" }, mark);
}

export class DialogueLog {
  #list;
  #names;
  #labels;
  #last = null;
  #day = "";
  #ids = new Set();
  #unseen = false;

  /** @param {HTMLElement} list @param {{teacher: string, student: string}} names @param {{new: string}} labels */
  constructor(list, names, labels) {
    this.#list = list;
    this.#names = names;
    this.#labels = labels;
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#unseen = false; });
  }

  reset() {
    this.#list.replaceChildren();
    this.#last = null;
    this.#day = "";
    this.#ids.clear();
    this.#unseen = false;
  }

  /** Adds one message.posted event; one that is there already is left out. `note` stands under the text. */
  add(event, note = null) {
    if (this.#ids.has(event.id)) return null;
    this.#ids.add(event.id);
    this.#separate(event);
    const first = this.#last !== event.persona;
    const bubble = element("div", { class: "bubble" }, event.payload.text);
    const body = element("div", { class: "line__body" });
    if (first) body.append(element("span", { class: "line__name" }, this.#names[event.persona]));
    else body.append(element("span", { class: "visually-hidden" }, `${this.#names[event.persona]}: `));
    body.append(bubble, element("span", { class: "line__foot" },
      element("time", { datetime: event.ts, title: shown(event.ts, "full") }, shown(event.ts)), note));
    const line = element("li", { class: `line line--${event.persona}${first ? " line--first" : ""}`, "data-id": event.id });
    if (event.persona === "student") line.append(first ? avatar(this.#names.student) : element("span", { class: "avatar avatar--none" }));
    line.append(body);
    this.#list.append(line);
    this.#last = event.persona;
    return line;
  }

  /** A line across: what happened to the session, or who did what. */
  note(text, tone = "") {
    this.#list.append(element("li", { class: `across ${tone}` }, element("span", {}, text)));
    this.#last = null;
  }

  #separate(event) {
    const day = shown(event.ts, "day");
    if (day !== this.#day && this.#day) this.note(day);
    if (day !== this.#day && !this.#day && day !== shown(Date.now(), "day")) this.note(day);
    this.#day = day;
    if (document.hidden && !this.#unseen && this.#last && event.persona === "student") {
      this.#unseen = true;
      this.note(this.#labels.new, "across--new");
    }
  }
}

/** Keeps a list at its end while the reader is there; otherwise calls `offer(true)`. */
export function stayAtEnd(list, offer = () => {}) {
  let there = true;
  let top = 0;
  const near = () => list.scrollHeight - list.scrollTop - list.clientHeight < 48;
  const toEnd = () => { list.scrollTop = list.scrollHeight; there = true; offer(false); };
  // Only a move upwards is the reader's: a list that shrinks below its text is not at its end either.
  list.addEventListener("scroll", () => {
    if (near()) { there = true; offer(false); }
    else if (list.scrollTop < top) there = false;
    top = list.scrollTop;
  }, { passive: true });
  new ResizeObserver(() => { if (there) toEnd(); }).observe(list);
  return { toEnd, grown: () => (there ? toEnd() : offer(true)) };
}
