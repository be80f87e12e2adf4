// Time on an item, active and idle apart: active while the page is seen and a key or pointer moved lately.

export const IDLE_AFTER_MS = 30_000;

export class Stopwatch {
  #now;
  #activeMs = 0;
  #idleMs = 0;
  #last = 0;
  #visible = true;

  /** @param {() => number} now milliseconds that only grow */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  start(visible = true) {
    this.#activeMs = 0;
    this.#idleMs = 0;
    this.#visible = visible;
    this.#last = this.#now();
  }

  /** A key was pressed or a pointer moved. */
  touch() {
    this.#settle();
  }

  see(visible) {
    this.#settle();
    this.#visible = visible;
  }

  read() {
    this.#settle();
    return { activeMs: Math.round(this.#activeMs), idleMs: Math.round(this.#idleMs) };
  }

  #settle() {
    const now = this.#now();
    const span = now - this.#last;
    const active = this.#visible ? Math.min(span, IDLE_AFTER_MS) : 0;
    this.#activeMs += active;
    this.#idleMs += span - active;
    this.#last = now;
  }
}

/** Ties a stopwatch to the page. */
export function follow(stopwatch) {
  for (const name of ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]) {
    document.addEventListener(name, () => stopwatch.touch(), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => stopwatch.see(!document.hidden));
}
