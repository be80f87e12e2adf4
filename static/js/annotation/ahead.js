// The next items, fetched before they are needed, so that going on takes no round trip.

const AHEAD = 3;

export class Ahead {
  #url;
  #held;
  #items = [];
  #fetching = null;
  exhausted = false;

  /** @param {string} url @param {() => string[]} held ids that the server must not send again */
  constructor(url, held) {
    this.#url = url;
    this.#held = held;
  }

  take() {
    const item = this.#items.shift() ?? null;
    this.fill();
    return item;
  }

  putBack(item) {
    this.#items.unshift(item);
  }

  /** The item is on the screen now, by another way. */
  drop(id) {
    this.#items = this.#items.filter((item) => item.dataset.item !== id);
  }

  /** An undo may have brought the item to the page while it was being fetched. */
  #add(item) {
    const id = item.dataset.item;
    if (![...this.#held(), ...this.ids].includes(id)) this.#items.push(item);
  }

  get ids() {
    return this.#items.map((item) => item.dataset.item);
  }

  /** Fetches until enough are held. Resolves to whether the server could be asked. */
  fill() {
    this.#fetching ??= this.#fill().finally(() => { this.#fetching = null; });
    return this.#fetching;
  }

  async #fill() {
    while (this.#items.length < AHEAD) {
      const url = new URL(this.#url, location.href);
      url.searchParams.set("without", [...this.#held(), ...this.ids].join(","));
      let response;
      try {
        response = await fetch(url, { credentials: "same-origin" });
      } catch {
        return false;
      }
      if (response.status === 204) {
        this.exhausted = true;
        return true;
      }
      if (!response.ok || response.redirected) return false;
      this.exhausted = false;
      this.#add(itemFrom(await response.text()));
    }
    return true;
  }
}

/** The item element of a fragment. */
export function itemFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".item");
}
