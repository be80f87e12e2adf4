// Records in the browser's storage, each under a key of its own, in the order in which they were put there.

export class Shelf {
  #prefix;

  constructor(prefix) {
    this.#prefix = prefix;
  }

  /** What lies here, the oldest first; what cannot be read is passed over and left where it is. */
  all() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage).filter((each) => each.startsWith(this.#prefix))) {
        try {
          found.push(JSON.parse(localStorage.getItem(key)));
        } catch {
          continue;
        }
      }
    } catch {
      return []; // storage is forbidden: records live in the page alone
    }
    return found.sort((one, other) => one.at - other.at);
  }

  put(record) {
    try {
      localStorage.setItem(this.#prefix + record.txn, JSON.stringify(record));
    } catch {
      // storage is full or forbidden: the record still lives in the page
    }
  }

  remove(record) {
    try {
      localStorage.removeItem(this.#prefix + record.txn);
    } catch {
      // as above
    }
  }
}
