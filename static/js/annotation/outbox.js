// Labels on their way to the server: kept in the browser's storage until the server has them, sent in order,
// tried again when the connection drops. Each carries a txn, so a repeat is never stored twice; each lies under a
// key of its own, so two tabs never overwrite what the other still has to send.

import { Shelf } from "./shelf.js";

const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];

export class Outbox {
  #shelf;
  #records;
  #sending = null;
  #failures = 0;
  #timer = null;
  #running = null;

  /**
   * @param {{ annotator: string, url: string, token: () => string, without: () => string[],
   *           onState: (state: string, count: number) => void, onSaved: (answer: object) => void,
   *           onRefused: (record: object, message: string) => void }} options
   */
  constructor(options) {
    this.options = options;
    this.#shelf = new Shelf(`acts.labels.${options.annotator}.`);
    this.#records = this.#shelf.all();
    window.addEventListener("online", () => this.flush());
  }

  get size() {
    return this.#records.length;
  }

  get items() {
    return this.#records.map((record) => record.item);
  }

  add(record) {
    this.#records.push(record);
    this.#shelf.put(record);
    this.flush();
  }

  /** Take the latest record back if it was never on its way: else the server may have it. */
  takeBack(txn) {
    const last = this.#records.at(-1);
    if (last?.txn !== txn || this.#sending === txn || last.tried) return false;
    this.#records.pop();
    this.#shelf.remove(last);
    this.#tell(this.size ? "waiting" : "saved");
    return true;
  }

  /** Resolves when nothing is left, or rejects when sending fails now. */
  async drained() {
    await this.flush();
    if (this.size) throw new Error("unsent");
  }

  async flush() {
    if (this.#running) return this.#running;
    clearTimeout(this.#timer);
    this.#running = this.#run();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #run() {
    while (this.#records.length) {
      this.#tell("saving");
      const record = this.#records[0];
      this.#sending = record.txn;
      record.tried = true;
      const outcome = await this.#send(record);
      this.#sending = null;
      if (outcome === "retry" || outcome === "signedOut") return this.#later(outcome);
      this.#failures = 0;
      this.#records = this.#records.filter((other) => other.txn !== record.txn);
      this.#shelf.remove(record);
    }
    this.#tell("saved");
  }

  async #send(record) {
    const body = new URLSearchParams(record.fields.map(([name, value]) => [name, String(value)]));
    body.set("without", this.options.without().join(","));
    let response;
    try {
      response = await fetch(this.options.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": this.options.token() },
        credentials: "same-origin",
      });
    } catch {
      return "retry";
    }
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    if (response.ok && json) {
      this.options.onSaved(await response.json());
      return "done";
    }
    if (response.redirected || response.status === 403) return "signedOut";
    if (!json) return "retry";
    const { error } = await response.json();
    this.options.onRefused(record, error.message);
    return "done";
  }

  #later(outcome) {
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#tell(outcome === "signedOut" ? "signedOut" : navigator.onLine ? "waiting" : "offline");
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  #tell(state) {
    this.options.onState(state, this.size);
  }
}
