// An answer before the suggestion is seen. The suggestion is not in the page, so this waits for the server.

const RETRY_MS = 2000;

export class FirstAnswer {
  #url;
  #token;

  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * Send until the server has it; the same txn each time, so it is stored once.
   *
   * @param {[string, unknown][]} fields @param {() => void} onWait called when the server cannot be reached
   * @returns {Promise<string | { refused: string }>} the item with the suggestion, or why there is none
   */
  async send(fields, onWait) {
    for (;;) {
      const answer = await this.#try(fields);
      if (answer) return answer.html ?? { refused: answer.error.message };
      onWait();
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }

  async #try(fields) {
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        body: new URLSearchParams(fields.map(([name, value]) => [name, String(value)])),
        headers: { Accept: "application/json", "X-CSRFToken": this.#token() },
      });
      const json = response.headers.get("Content-Type")?.startsWith("application/json");
      return json && !response.redirected ? await response.json() : null;
    } catch {
      return null;
    }
  }
}
