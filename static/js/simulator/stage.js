// The watched room: its dialogue, picture and uncertainty.

import { element, fill } from "../lib/dom.js";
import { shown } from "../lib/time.js";
import { showInsight } from "./insight.js";
import { DialogueLog, stayAtEnd } from "./log.js";
import { showPicture } from "./picture.js";

const TYPING_MS = 4000;

export class Stage {
  #part;
  #sentences;
  #you = "";
  #log = null;
  #scroll;
  #typing = 0;

  constructor({ part, sentences }) {
    this.#part = part;
    this.#sentences = sentences;
    this.#scroll = stayAtEnd(part("log"));
  }

  signedIn(actor) {
    this.#you = actor;
  }

  /** Another room is watched from now on. */
  open(room) {
    const names = { teacher: room.teacher, student: room.student };
    this.#part("lines").replaceChildren();
    this.#part("picture").replaceChildren();
    this.#log = new DialogueLog(this.#part("lines"), names, { new: this.#sentences.new });
    this.#part("no-room").hidden = true;
    this.#part("stage-head").hidden = false;
    this.typing(false);
  }

  head(room) {
    const { since, seized, room_ended: over, reasons } = this.#sentences;
    this.#part("room-title").textContent = `${room.teacher} · ${room.student}`;
    this.#part("room-facts").textContent = fill(since, { scenario: room.scenario, time: shown(room.started_at) });
    for (const mode of ["backup", "verify"]) {
      this.#part(`mode-${mode}`).setAttribute("aria-pressed", String(room.mode === mode));
      this.#part(`mode-${mode}`).disabled = Boolean(room.ended);
    }
    this.#part("seize").hidden = room.seized_by_you || Boolean(room.ended);
    this.#part("hand-back").hidden = !room.seized_by_you;
    this.#part("stop").hidden = Boolean(room.ended);
    const other = room.seized_by && !room.seized_by_you;
    this.#part("seized").hidden = !other && !room.ended;
    this.#part("seized").textContent = room.ended
      ? fill(over, { reason: reasons[room.ended] ?? room.ended })
      : other ? fill(seized, { name: room.seized_by }) : "";
  }

  batch(frame) {
    if (frame.reset) this.#log.reset();
    for (const event of frame.events) this.#event(event);
    if (frame.picture) showPicture(this.#part("picture"), frame.picture);
    if (frame.events.length) this.#scroll.grown();
    if (frame.events.some((event) => event.persona === "teacher")) this.typing(false);
    this.insight(frame.turn);
  }

  insight(turn) {
    const part = this.#part;
    showInsight({ box: part("uncertainty"), stages: part("stages"), entities: part("entities"), model: part("model") }, turn, this.#sentences);
  }

  typing(on = true) {
    clearTimeout(this.#typing);
    this.#part("typing").textContent = on ? this.#sentences.typing : "";
    this.#part("typing").classList.toggle("is-typing", on);
    if (on) this.#typing = setTimeout(() => this.typing(false), TYPING_MS);
  }

  #event(event) {
    if (event.type === "message.posted") {
      this.#log.add(event, event.persona === "student" ? this.#author(event) : null);
    } else if (this.#sentences.notes[event.type]) {
      const detail = event.type === "session.mode_changed" ? this.#sentences.mode[event.payload.mode] : this.#sentences.notes[event.type];
      this.#log.note(`${detail} · ${shown(event.ts)}`);
    }
  }

  #author({ actor, payload }) {
    const { actors, kinds } = this.#sentences;
    const who = actor === this.#you ? actors.you : actors[actor.split(":")[0] === "user" ? "person" : actor.split(":")[0]] ?? actor;
    const kind = kinds[payload.kind];
    return element("span", { class: `chip ${actor === this.#you ? "chip--accent" : ""}` }, kind ? `${who}, ${kind}` : who);
  }
}
