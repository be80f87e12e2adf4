// A countdown as a ring that empties: first to the moment when the student stalls, then to the fallback.

import { svg } from "../lib/dom.js";

const HURRY_S = 8;

/** What a turn waits for at server time `now` (ms): { phase: stall | fallback | due, left (s), share (1..0) }. */
export function remaining(turn, now) {
  const [opened, stall, fallback] = [turn.opened_at, turn.stall_at, turn.fallback_at].map((text) => Date.parse(text));
  const [phase, from, to] = now < stall ? ["stall", opened, stall] : ["fallback", stall, fallback];
  const left = (to - now) / 1000;
  if (left <= 0) return { phase: "due", left: 0, share: 0 };
  return { phase, left, share: Math.min(1, (to - now) / Math.max(1, to - from)) };
}

export function makeRing() {
  const arc = svg("circle", { class: "ring__arc", cx: 18, cy: 18, r: 15, pathLength: 100, "stroke-dasharray": "100 100", transform: "rotate(-90 18 18)" });
  const words = svg("text", { class: "ring__words", x: 18, y: 22, "text-anchor": "middle" });
  return svg("svg", { class: "ring", viewBox: "0 0 36 36", "aria-hidden": "true", focusable: "false" },
    svg("circle", { class: "ring__ground", cx: 18, cy: 18, r: 15 }), arc, words);
}

export function turnRing(ring, { phase, left, share }) {
  ring.querySelector(".ring__arc").setAttribute("stroke-dasharray", `${(share * 100).toFixed(1)} 100`);
  ring.querySelector(".ring__words").textContent = String(Math.ceil(left));
  ring.classList.toggle("ring--late", phase !== "stall");
  ring.classList.toggle("ring--hurry", phase === "stall" && left < HURRY_S);
}
