// The candidate replies of a turn, each with its number key, its warnings and what can be done with it.

import { element, fill } from "../lib/dom.js";

/** `acts` = { pick(index), edit(index), reject(index) }; `open` says whether this supervisor may act now. */
export function showCandidates(list, turn, { open, confirming, sentences, acts }) {
  if (!turn.candidates.length) {
    list.replaceChildren(element("li", { class: "soft candidates__none" }, sentences.no_candidates));
    return;
  }
  list.replaceChildren(...turn.candidates.map((candidate, index) => row(candidate, index)));

  function row(candidate, index) {
    const pick = element("button", { type: "button", class: "candidate__pick", disabled: !open || candidate.rejected !== null },
      element("kbd", {}, String(index + 1)), element("span", { class: "candidate__text" }, candidate.text));
    pick.addEventListener("click", () => acts.pick(index));
    const foot = element("div", { class: "candidate__foot" },
      element("span", {}, `${sentences.sources[candidate.source] ?? candidate.source}${candidate.score === null ? "" : ` · ${fill(sentences.score, { value: candidate.score.toFixed(2) })}`}`));
    for (const warning of candidate.warnings) foot.append(element("span", { class: "chip chip--warn" }, warning));
    if (candidate.rejected !== null) foot.append(element("span", { class: "chip chip--danger" }, fill(sentences.rejected, { reason: candidate.rejected })));
    if (open) foot.append(small(sentences.edit, index, acts.edit), candidate.rejected === null ? small(sentences.reject, index, acts.reject) : "");
    const classes = ["candidate", candidate.rejected !== null && "candidate--rejected", confirming === index && "candidate--confirming"];
    const item = element("li", { class: classes.filter(Boolean).join(" ") }, pick, foot);
    if (confirming === index) item.append(element("p", { class: "candidate__again", role: "alert" }, fill(sentences.again, { n: index + 1 })));
    return item;
  }

  function small(words, index, act) {
    const button = element("button", { type: "button", class: "candidate__act", "aria-label": `${words} ${index + 1}` }, words);
    button.addEventListener("click", () => act(index));
    return button;
  }
}
