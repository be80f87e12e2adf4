// Where a message is written: grows with its text, keeps a draft over reloads, counts near the limit.

import { fill } from "../lib/dom.js";

export const MAX_CHARACTERS = 4000;
const COUNT_FROM = 3500;
const TYPING_EVERY_MS = 2000;

export class Composer {
  #field;
  #counter;
  #key;
  #sentences;
  #typedAt = 0;

  /** `onSend(text)` for a message that may go out, `onTyping()` at most every two seconds. */
  constructor({ form, field, counter, key, sentences, onSend, onTyping }) {
    this.#field = field;
    this.#counter = counter;
    this.#key = key;
    this.#sentences = sentences;
    field.value = sessionStorage.getItem(key) ?? "";
    field.addEventListener("input", () => { this.#grown(); this.#typing(onTyping); });
    field.addEventListener("keydown", (event) => {
      const writes = event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches;
      if (event.key !== "Enter" || writes) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text || [...text].length > MAX_CHARACTERS) return;
      field.value = "";
      this.#grown();
      onSend(text);
      field.focus();
    });
    this.#grown();
  }

  #grown() {
    const { value } = this.#field;
    if (value) sessionStorage.setItem(this.#key, value);
    else sessionStorage.removeItem(this.#key);
    const left = MAX_CHARACTERS - [...value.trim()].length;
    const sentence = left < 0 ? this.#sentences.over : this.#sentences.left;
    this.#counter.textContent = left > MAX_CHARACTERS - COUNT_FROM ? "" : fill(sentence, { n: Math.abs(left) });
    this.#counter.classList.toggle("is-over", left < 0);
    this.#field.setAttribute("aria-invalid", String(left < 0));
  }

  #typing(onTyping) {
    if (Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    onTyping();
  }
}
