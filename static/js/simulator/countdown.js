// The time left, by the server's clock; says when two minutes are left.

import { clock } from "../lib/time.js";

const SOON_S = 120;

/** Calls `announce("two_minutes" | "time_up")` once each. Returns a function that stops the clock. */
export function countdown({ place, box, deadline, now, announce }) {
  const start = (deadline - now()) / 1000;
  const said = { two_minutes: start <= SOON_S, time_up: start <= 0 };
  const tick = () => {
    const left = (deadline - now()) / 1000;
    place.textContent = clock(left);
    box.classList.toggle("is-soon", left <= SOON_S);
    if (left <= SOON_S && !said.two_minutes) { said.two_minutes = true; announce("two_minutes"); }
    if (left <= 0 && !said.time_up) { said.time_up = true; announce("time_up"); }
  };
  tick();
  const timer = setInterval(tick, 500);
  return () => clearInterval(timer);
}
