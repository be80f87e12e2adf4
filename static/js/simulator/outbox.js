// Messages that the server has not confirmed: kept over reloads, sent one at a time, repeated under the same txn.

import { randomId } from "../lib/socket.js";

const GIVE_UP_MS = 120_000;
const RETRY_MS = 3_000;

/**
 * A message is `queued`, `sending`, `acked` (stored, its event not here yet) or `failed` (with `detail`).
 * `transmit(frame)` says whether the frame went out; `changed(messages)` is called after every change.
 */
export class Outbox {
  #key;
  #transmit;
  #changed;
  #messages;
  #maySend = false;
  #retry = 0;

  constructor(session, transmit, changed) {
    this.#key = `unsent:${session}`;
    this.#transmit = transmit;
    this.#changed = changed;
    this.#messages = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
    // After a reload nobody knows what became of a message under way; sending it again is safe.
    for (const message of this.#messages) if (message.state !== "failed") message.state = "queued";
  }

  get messages() {
    return this.#messages;
  }

  add(text) {
    const now = new Date();
    this.#messages.push({ txn: randomId(), text, ts_client: now.toISOString(), since: now.getTime(), state: "queued", detail: "" });
    this.#pump();
  }

  /** What the server says about whose turn it is. */
  turn(maySend) {
    this.#maySend = maySend;
    this.#pump();
  }

  /** The socket is gone: what was under way is sent again after the next hello. */
  disconnected() {
    this.#maySend = false;
    for (const message of this.#messages) {
      if (message.state === "sending" || message.state === "acked") message.state = "queued";
    }
    this.#save();
  }

  acked(txn) {
    const message = this.#find(txn);
    if (message) message.state = "acked";
    this.#save();
  }

  /** Its event has come: the message is in the log now. */
  stored(txn) {
    this.#messages = this.#messages.filter((message) => message.txn !== txn);
    this.#save();
  }

  refused({ txn, code, detail, retryable }) {
    const message = this.#find(txn);
    if (!message) return;
    message.state = retryable ? "queued" : "failed";
    message.detail = detail;
    if (retryable && code === "student_is_writing") this.#maySend = false; // the next batch says when
    else if (retryable) this.#later();
    this.#save();
  }

  /** Without a connection for two minutes nothing is sent by itself any more: a surprise later is worse. */
  expire(gaveUp) {
    const old = this.#messages.filter((message) => message.state === "queued" && Date.now() - message.since > GIVE_UP_MS);
    for (const message of old) { message.state = "failed"; message.detail = gaveUp; }
    if (old.length) this.#save();
  }

  retry(txn) {
    const message = this.#find(txn);
    Object.assign(message, { state: "queued", detail: "", since: Date.now() });
    this.#pump();
  }

  discard(txn) {
    this.stored(txn);
    this.#pump();
  }

  failAll(detail) {
    for (const message of this.#messages) Object.assign(message, { state: "failed", detail });
    this.#save();
  }

  #later() {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.turn(true), RETRY_MS);
  }

  #pump() {
    const busy = this.#messages.some((message) => message.state === "sending" || message.state === "acked");
    const next = this.#messages.find((message) => message.state === "queued");
    if (this.#maySend && !busy && next) {
      const { txn, text, ts_client } = next;
      if (this.#transmit({ type: "send", txn, text, ts_client })) {
        next.state = "sending";
        this.#maySend = false; // one message, one reply: the batch that follows says when the next may go
      }
    }
    this.#save();
  }

  #find(txn) {
    return this.#messages.find((message) => message.txn === txn);
  }

  #save() {
    if (this.#messages.length) sessionStorage.setItem(this.#key, JSON.stringify(this.#messages));
    else sessionStorage.removeItem(this.#key);
    this.#changed(this.#messages);
  }
}
