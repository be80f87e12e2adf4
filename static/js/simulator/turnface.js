// What the dock says of a turn: its state, its words, and which of its buttons are there.

import { fill } from "../lib/dom.js";

export const WAITING = ["backup_wait", "verify_wait"];
const BUTTONS = ["claim", "release", "type", "fix", "explain"];

/** A room in which nothing waits. */
export function faceNothing(part, sentences) {
  for (const id of BUTTONS) part(id).hidden = true;
  for (const id of ["turn-route", "turn-clock", "turn-text"]) part(id).textContent = "";
  part("turn-status").textContent = sentences.status.none;
  part("candidates").replaceChildren();
}

export function faceTurn(part, { room, turn, open, repairing, sentences }) {
  const { status, route, held, held_mine: mine } = sentences;
  const other = WAITING.includes(turn.status) && turn.holder && !turn.mine;
  part("turn-status").textContent = turn.mine ? mine : other ? fill(held, { name: turn.holder }) : status[turn.status];
  part("turn-route").textContent = route[turn.route] ?? "";
  part("turn-text").textContent = turn.text;
  part("claim").hidden = !open || turn.mine;
  part("release").hidden = !turn.mine;
  part("type").hidden = !open;
  part("fix").hidden = !open || repairing;
  part("explain").hidden = false;
  part("explain").href = fill(sentences.explain_url, { session: room.session, turn: turn.number });
}
