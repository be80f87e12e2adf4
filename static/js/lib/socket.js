// A websocket that comes back: hello on every opening, a ping every 15 s, a new connection after two missed pongs.

const PING_MS = 15_000;
const MISSED_PONGS = 2;
const LONGEST_WAIT_S = 20;
const REFUSALS = { 4403: "refused", 4404: "missing" };

/** Random and unique enough for a client or a transaction. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The id of this browser tab; it survives a reload, so that a send may be repeated after one. */
export function tabId() {
  const known = sessionStorage.getItem("client");
  if (known) return known;
  const made = randomId();
  sessionStorage.setItem("client", made);
  return made;
}

/**
 * Fires "state" ({state: connecting | open | waiting | refused | missing, seconds}) and "frame" (a parsed frame).
 * `hello()` gives the first frame; the connection counts as open when the welcome has come.
 */
export class Connection extends EventTarget {
  #path;
  #hello;
  #socket = null;
  #missed = 0;
  #failures = 0;
  #timers = [];
  state = "connecting";
  offset = 0; // server clock minus browser clock, ms

  constructor(path, hello) {
    super();
    this.#path = path;
    this.#hello = hello;
    window.addEventListener("online", () => this.#now());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#now(); });
    this.#open();
  }

  /** Whether the frame went into the socket; nothing is kept here. */
  send(frame) {
    if (this.state !== "open" && frame.type !== "hello") return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  now() {
    return Date.now() + this.offset;
  }

  #open() {
    this.#change("connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.#path}`);
    this.#socket = socket;
    socket.addEventListener("open", () => socket.send(JSON.stringify(this.#hello())));
    socket.addEventListener("message", (event) => { if (socket === this.#socket) this.#receive(JSON.parse(event.data)); });
    socket.addEventListener("close", (event) => { if (socket === this.#socket) this.#closed(event.code); });
  }

  #receive(frame) {
    if (frame.server_time) this.offset = Date.parse(frame.server_time) - Date.now();
    if (frame.type === "pong") this.#missed = 0;
    if (frame.type === "welcome") {
      this.#failures = 0;
      this.#missed = 0;
      this.#timers.push(setInterval(() => this.#ping(), PING_MS));
      this.#change("open");
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #ping() {
    if (this.#missed >= MISSED_PONGS) {
      const dead = this.#socket;
      this.#closed(1006);
      dead.close();
      return;
    }
    this.#missed += 1;
    this.send({ type: "ping" });
  }

  #closed(code) {
    this.#socket = null;
    this.#clear();
    if (REFUSALS[code]) { this.#change(REFUSALS[code]); return; }
    this.#failures += 1;
    // Half a second, doubling, with a random part so that a room full of browsers does not return at once.
    const wait = Math.min(LONGEST_WAIT_S, 0.5 * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2);
    let seconds = Math.ceil(wait);
    this.#change("waiting", seconds);
    this.#timers.push(setInterval(() => { seconds -= 1; if (seconds > 0) this.#change("waiting", seconds); }, 1000));
    this.#timers.push(setTimeout(() => { this.#clear(); this.#open(); }, wait * 1000));
  }

  /** Back online or back on screen: do not sit out the wait. */
  #now() {
    if (this.state !== "waiting") return;
    this.#clear();
    this.#open();
  }

  #clear() {
    for (const timer of this.#timers) { clearTimeout(timer); clearInterval(timer); }
    this.#timers = [];
  }

  #change(state, seconds = 0) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, seconds } }));
  }
}
