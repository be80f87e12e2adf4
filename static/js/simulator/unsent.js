// The bubbles of messages that are not in the log yet, with what can be done about them.

import { element, fill } from "../lib/dom.js";

export function showUnsent(list, messages, { sentences, online, onRetry, onDiscard }) {
  list.replaceChildren(...messages.map((message) => line(message)));

  function line(message) {
    const foot = element("span", { class: "line__foot" }, words(message));
    if (message.state === "failed") foot.append(button(sentences.retry, () => onRetry(message.txn)));
    if (message.state === "failed" || (message.state === "queued" && !online)) {
      foot.append(button(sentences.discard, () => onDiscard(message.txn)));
    }
    const bubble = element("div", { class: "bubble" }, message.text);
    const body = element("div", { class: "line__body" }, bubble, foot);
    return element("li", { class: `line line--teacher line--unsent line--${message.state}` }, body);
  }

  function words(message) {
    if (message.state === "failed") return fill(sentences.failed, { detail: message.detail });
    if (!online) return sentences.unsent;
    return message.state === "queued" ? sentences.queued : sentences.sending;
  }

  function button(text, act) {
    const made = element("button", { class: "button button--small button--quiet", type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  }
}
