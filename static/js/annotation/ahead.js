// The next items, fetched before they are needed, so that going on takes no round trip, and so that a minute
// without a connection is a minute of labelling.

const AHEAD = 20;
const AT_ONCE = 6;

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
    return this.#items.shift() ?? null;
  }

  putBack(item) {
    this.#items.unshift(item);
  }

  /** The item is on the screen now, by another way. */
  drop(id) {
    this.#items = this.#items.filter((item) => item.dataset.item !== id);
  }

  /** What came with the answer to a label: one item, or none when the queue is empty. */
  add(html) {
    const item = html ? itemFrom(html) : null;
    this.exhausted = !item;
    if (item) this.#add(item);
  }

  /** An undo may have brought the item to the page while it was being fetched. */
  #add(item) {
    if (!this.without.includes(item.dataset.item)) this.#items.push(item);
  }

  get ids() {
    return this.#items.map((item) => item.dataset.item);
  }

  /** Everything that the page holds: on the screen, ahead, and on its way to the server. */
  get without() {
    return [...this.#held(), ...this.ids];
  }

  get lacks() {
    return !this.exhausted && this.#items.length < AHEAD;
  }

  /** Fetches until enough are held. Resolves to whether the server could be asked. */
  fill() {
    this.#fetching ??= this.#fill().finally(() => { this.#fetching = null; });
    return this.#fetching;
  }

  async #fill() {
    while (this.#items.length < AHEAD) {
      const url = new URL(this.#url, location.href);
      url.searchParams.set("without", this.without.join(","));
      url.searchParams.set("count", String(Math.min(AT_ONCE, AHEAD - this.#items.length)));
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
      itemsFrom(await response.text()).forEach((item) => this.#add(item));
    }
    return true;
  }
}

/** The item elements of a fragment. */
function itemsFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".item")];
}

export function itemFrom(html) {
  return itemsFrom(html)[0];
}
