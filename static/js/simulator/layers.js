// Layered takeover: act and entities of the machine's reading, to be put right by number keys. The machine finishes the line.

import { element, fill, svg } from "../lib/dom.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "q", "w", "e", "r", "z", "u", "i", "o", "p"];
const ENTITIES = ["object", "dimension", "operation"];

export class LayerPanel {
  #box;
  #sentences;
  #onRepair;
  #onSend;
  #onClose;
  #layers = [];
  #doubtful = "";
  #active = 0;
  #mine = new Map(); // layer -> what was chosen here; the server may not have heard of it yet

  /** `onRepair(layers)` sends what was put right; `onSend()` takes the first reply; `onClose()` when it is left. */
  constructor(box, sentences, { onRepair, onSend, onClose }) {
    this.#box = box;
    this.#sentences = sentences;
    this.#onRepair = onRepair;
    this.#onSend = onSend;
    this.#onClose = onClose;
  }

  get open() {
    return !this.#box.hidden;
  }

  start({ layers, doubtful }) {
    this.#layers = layers;
    this.#mine.clear();
    this.#doubtful = doubtful;
    this.#active = Math.max(0, layers.findIndex((layer) => layer.stage === doubtful));
    this.#box.hidden = false;
    this.#draw();
    this.#box.scrollIntoView({ block: "nearest" });
  }

  /** The turn as the server has it now; what was chosen here and is still on its way is not taken back. */
  update({ layers }) {
    this.#layers = layers.map((layer) => ({ ...layer, chosen: this.#mine.get(layer.name) ?? layer.chosen }));
    this.#draw();
  }

  /** The server refused: what it says counts again. */
  refused(layers) {
    this.#mine.clear();
    if (this.open) this.update(layers);
  }

  close() {
    if (!this.open) return;
    this.#box.hidden = true;
    this.#box.replaceChildren();
    this.#onClose();
  }

  /** Whether the panel has used a key. */
  key(event) {
    if (!this.open) return false;
    const onButton = event.target.closest("button");
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (event.key === "Enter") { if (onButton) return false; this.#onSend(); return true; }
    if (event.key in steps) { this.#move(steps[event.key]); return true; }
    if (event.key === "Backspace" && ENTITIES.includes(this.#layers[this.#active].name)) { this.#choose(this.#active, null); return true; }
    const place = KEYS.indexOf(event.key.toLowerCase());
    if (place < 0 || place >= this.#layers[this.#active].options.length) return false;
    this.#choose(this.#active, this.#layers[this.#active].options[place].name);
    return true;
  }

  #move(step) {
    this.#active = (this.#active + step + this.#layers.length) % this.#layers.length;
    this.#draw();
  }

  /** One name a layer, or none of an entity; what was chosen before is thereby confirmed. The next layer is up then. */
  #choose(place, name) {
    const layer = this.#layers[place];
    const entity = ENTITIES.includes(layer.name);
    layer.chosen = name === null ? [] : [name];
    this.#mine.set(layer.name, layer.chosen);
    this.#active = Math.min(place + 1, this.#layers.length - 1);
    this.#draw();
    this.#onRepair(entity ? { entities: this.#entities() } : { [layer.name]: name });
  }

  #entities() {
    return this.#layers.filter((layer) => ENTITIES.includes(layer.name))
      .flatMap((layer) => layer.chosen.map((name) => ({ kind: layer.name, name })));
  }

  #draw() {
    const { layer_names: names, layers_help: help, done } = this.#sentences;
    const held = this.#box.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
    const close = element("button", { type: "button", class: "button button--small button--quiet", "data-keep": "close" }, element("kbd", {}, "Esc"), ` ${done}`);
    close.addEventListener("click", () => this.close());
    const layer = this.#layers[this.#active];
    const options = layer.options.map((option, index) => this.#option(layer, option, KEYS[index]));
    this.#box.replaceChildren(
      element("div", { class: "layers__tabs" }, ...this.#layers.map((one, place) => this.#tab(one, place, names[one.name]))),
      element("div", { class: "layers__options", role: "group", "aria-label": names[layer.name] }, ...options),
      element("p", { class: "layers__foot faint" }, element("span", {}, help), close));
    if (held) this.#box.querySelector(`[data-keep="${CSS.escape(held)}"]`)?.focus();
  }

  /** A layer in one line: its name, what is chosen in it, how doubtful the machine was or that a person chose. */
  #tab(layer, place, name) {
    const { repaired, doubtful, doubt } = this.#sentences;
    const said = layer.options.filter((option) => layer.chosen.includes(option.name)).map((option) => option.say.split("/").pop());
    const doubted = layer.stage === this.#doubtful && layer.name !== "dimension" && layer.name !== "operation";
    const value = layer.doubt === null ? "" : fill(doubt, { value: `${Math.round(100 * layer.doubt)} %` });
    const button = element("button", { type: "button", class: "layers__tab", "aria-pressed": String(place === this.#active), "data-keep": `tab:${layer.name}` },
      element("span", { class: "layers__name" }, name),
      element("strong", {}, said.join(", ") || "–"),
      layer.repaired ? element("span", { class: "chip chip--accent" }, repaired) : doubted ? element("span", { class: "chip chip--warn" }, `${doubtful}, ${value}`) : null);
    button.addEventListener("click", () => { this.#active = place; this.#draw(); });
    return button;
  }

  #option(layer, { name, say, share }, key) {
    const button = element("button", { type: "button", class: "layers__option", "data-keep": `${layer.name}:${name}`, "aria-pressed": String(layer.chosen.includes(name)), title: say },
      key ? element("kbd", {}, key.toUpperCase()) : null, element("span", {}, say.split("/").pop()),
      share === null || share === undefined ? null : this.#share(share));
    button.addEventListener("click", () => this.#choose(this.#active, name));
    return button;
  }

  /** How likely the machine holds an option to be, as a thin bar below its words. */
  #share(share) {
    return svg("svg", { class: "layers__share", viewBox: "0 0 100 4", preserveAspectRatio: "none", role: "img", "aria-label": `${Math.round(100 * share)} %` },
      svg("rect", { class: "bar__ground", width: 100, height: 4 }), svg("rect", { class: "bar__knows", width: 100 * share, height: 4 }));
  }
}
