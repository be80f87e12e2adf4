// Replies that came too late: kept in this browser until they are used or thrown away.

import { element, fill } from "../lib/dom.js";

const KEY = "console-drafts";
const MOST = 50;

const all = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const store = (drafts) => localStorage.setItem(KEY, JSON.stringify(drafts.slice(-MOST)));

export function keepDraft({ session, turn, text }) {
  store([...all(), { session, turn, text, at: Date.now() }]);
}

export function draftsOf(session) {
  return all().filter((draft) => draft.session === session);
}

export function dropDraft(at) {
  store(all().filter((draft) => draft.at !== at));
}

/** The drafts of a room in `box`; `onUse(text)`, where a reply may be written now, puts one into the composer. */
export function showDrafts(box, session, { sentences, onUse, onChange }) {
  const { late, draft: title, use, discard } = sentences;
  box.replaceChildren(...draftsOf(session).map((draft) => {
    const words = element("div", {}, element("strong", {}, fill(title, { turn: draft.turn })), element("p", {}, late), element("blockquote", { class: "draft__text" }, draft.text));
    const drop = () => { dropDraft(draft.at); onChange(); };
    const buttons = [[discard, drop]];
    if (onUse) buttons.unshift([use, () => { drop(); onUse(draft.text); }]);
    return element("div", { class: "banner banner--warn draft" }, words, ...buttons.map(([label, act]) => {
      const button = element("button", { type: "button", class: "button button--small" }, label);
      button.addEventListener("click", act);
      return button;
    }));
  }));
}
