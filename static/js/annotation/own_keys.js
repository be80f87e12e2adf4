// A person's own keys: read from the page, written on its buttons, changed in its dialog.

import { keyOf } from "./keys.js";

const PASSES = ["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "CapsLock"]; // these stay the browser's

export class OwnKeys {
  /** @param {HTMLFormElement} form the dialog's form @param {() => string} token @param {object} words */
  constructor(form, token, words) {
    this.form = form;
    this.token = token;
    this.words = words;
    const { keys, printed } = JSON.parse(document.getElementById("own-keys").textContent);
    this.keys = keys;
    this.printed = printed;
    form.addEventListener("keydown", (event) => this.#catch(event));
    form.addEventListener("submit", (event) => this.#save(event));
    this.paint();
  }

  /** Write the keys on every button below `root`. */
  paint(root = document) {
    for (const mark of root.querySelectorAll("kbd[data-key]")) mark.textContent = this.printed[mark.dataset.key];
  }

  #catch(event) {
    const field = event.target.closest("[data-key-field]");
    if (!field || PASSES.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.value = keyOf(event);
  }

  async #save(event) {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(this.form));
    if (event.submitter?.name === "reset") body.set("reset", "on");
    let response;
    try {
      response = await fetch(this.form.action, {
        method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": this.token() },
      });
    } catch {
      return this.#say(this.words.keysOffline, false);
    }
    if (response.redirected || !response.headers.get("Content-Type")?.startsWith("application/json")) {
      return this.#say(this.words.keysOffline, false);
    }
    const answer = await response.json();
    if (!response.ok) return this.#say(answer.error.message, false);
    Object.assign(this, answer);
    for (const field of this.form.querySelectorAll("[data-key-field]")) field.value = this.keys[field.name];
    this.paint();
    this.#say(this.words.keysSaved, true);
  }

  #say(text, good) {
    const note = this.form.querySelector("[data-keys-note]");
    note.className = `banner ${good ? "banner--ok" : "banner--warn"}`;
    note.textContent = text;
    note.hidden = false;
  }
}
