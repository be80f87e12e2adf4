// The live list of rooms: waiting turns first, the most urgent on top.

import { element, fill } from "../lib/dom.js";
import { makeRing, remaining, turnRing } from "./ring.js";

export const waits = (room) => !room.ended && ["backup_wait", "verify_wait"].includes(room.turn?.status);

export function inOrder(rooms) {
  const rank = (room) => (room.ended ? 2 : waits(room) ? 0 : 1);
  const time = (room) => (waits(room) ? room.turn.stall_at : room.started_at);
  return [...rooms].sort((a, b) => rank(a) - rank(b) || time(a).localeCompare(time(b)));
}

export class RoomList {
  #list;
  #sentences;
  #choose;
  #cards = new Map();

  constructor(list, sentences, choose) {
    this.#list = list;
    this.#sentences = sentences;
    this.#choose = choose;
  }

  show(rooms, watched) {
    const ordered = inOrder(rooms);
    for (const [session, card] of this.#cards) {
      if (ordered.some((room) => room.session === session)) continue;
      card.node.remove();
      this.#cards.delete(session);
    }
    ordered.forEach((room, place) => {
      const card = this.#cards.get(room.session) ?? this.#make(room);
      this.#fill(card, room, room.session === watched);
      // Moving a node takes the focus from it, so only what is out of place is moved.
      if (this.#list.children[place] !== card.node) this.#list.insertBefore(card.node, this.#list.children[place] ?? null);
    });
  }

  tick(rooms, now) {
    for (const room of rooms) {
      const card = this.#cards.get(room.session);
      if (card && waits(room)) turnRing(card.ring, remaining(room.turn, now));
    }
  }

  #make(room) {
    const parts = {
      student: element("span", { class: "faint" }),
      teacher: element("strong"),
      status: element("span", { class: "chip" }),
      mode: element("span", { class: "chip" }),
      last: element("span", { class: "room-card__last" }),
      ring: makeRing(),
    };
    const button = element("button", { type: "button", class: "room-card", "data-session": room.session },
      element("span", { class: "room-card__words" },
        element("span", { class: "spread" }, parts.teacher, parts.student),
        parts.last,
        element("span", { class: "cluster" }, parts.status, parts.mode)),
      parts.ring);
    button.addEventListener("click", () => this.#choose(room.session));
    const card = { node: element("li", {}, button), button, ...parts };
    this.#cards.set(room.session, card);
    return card;
  }

  #fill(card, room, watched) {
    const waiting = waits(room);
    card.button.classList.toggle("room-card--waiting", waiting && !room.turn.holder);
    card.button.classList.toggle("room-card--ended", Boolean(room.ended));
    card.button.setAttribute("aria-current", String(watched));
    card.ring.toggleAttribute("hidden", !waiting);
    card.student.textContent = room.student;
    card.teacher.textContent = room.teacher;
    card.last.textContent = room.last_line?.text ?? room.scenario;
    card.status.textContent = this.#status(room);
    card.status.className = `chip ${waiting && !room.turn.holder ? "chip--danger" : room.turn?.mine || room.seized_by_you ? "chip--accent" : ""}`;
    card.mode.textContent = this.#sentences.mode[room.mode];
    card.mode.hidden = room.mode === "backup" || Boolean(room.ended);
  }

  #status(room) {
    const { status, seized_mine, seized, held_mine, held } = this.#sentences;
    if (room.ended) return status.ended;
    if (waits(room) && room.turn.mine) return held_mine;
    if (waits(room) && room.turn.holder) return fill(held, { name: room.turn.holder });
    if (waits(room)) return status[room.turn.status];
    if (room.seized_by_you) return seized_mine;
    if (room.seized_by) return fill(seized, { name: room.seized_by });
    return status[room.turn?.status ?? "none"] ?? "";
  }
}
