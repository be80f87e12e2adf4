// Frames that are answered by an ack or an err, as promises.

/** What the server refused, or `offline` when the frame did not go out or its answer was lost. */
export class Refusal extends Error {
  constructor(code, detail = "") {
    super(detail);
    this.code = code;
  }
}

const keyOf = ({ type, session, turn }) => `${type}|${session}|${turn ?? ""}`;

export class Requests {
  #connection;
  #waiting = new Map();

  constructor(connection) {
    this.#connection = connection;
    connection.addEventListener("frame", ({ detail }) => this.#answer(detail));
    connection.addEventListener("state", ({ detail }) => { if (detail.state !== "open") this.#lost(); });
  }

  /** @returns {Promise<object>} the ack */
  ask(frame) {
    return new Promise((resolve, reject) => {
      if (!this.#connection.send(frame)) { reject(new Refusal("offline")); return; }
      const key = keyOf(frame);
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { resolve, reject }]);
    });
  }

  #answer(frame) {
    if (frame.type !== "ack" && frame.type !== "err") return;
    const key = keyOf({ type: frame.for, session: frame.session, turn: frame.turn });
    const [first, ...rest] = this.#waiting.get(key) ?? [];
    if (!first) return;
    this.#waiting.set(key, rest);
    if (frame.type === "ack") first.resolve(frame);
    else first.reject(new Refusal(frame.code, frame.detail));
  }

  #lost() {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of all) reject(new Refusal("offline"));
  }
}
