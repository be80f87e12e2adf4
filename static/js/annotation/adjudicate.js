// Deciding disputes by keyboard: each key presses the button that shows it.

import { belongsElsewhere, keyAction } from "./keys.js";

const KEYS = { type1: "1", type2: "2", type3: "3", type4: "4", issue: "d", note: "n", skip: "s", undo: "u" };

const root = document.querySelector("[data-adjudicate]");
const press = (selector) => document.querySelector(selector)?.click();

const ACTS = {
  type: ({ position }) => root.querySelectorAll("[data-type]")[position]?.click(),
  issue: () => press("[data-issue]"),
  note: () => root.querySelector("[data-reason]")?.focus(),
  skip: () => press("[data-later]"),
  undo: () => press("[data-undo]:not(:disabled)"),
};

document.addEventListener("keydown", (event) => {
  const field = document.activeElement?.matches("textarea");
  if (event.key === "Escape" && field) return document.activeElement.blur();
  if (belongsElsewhere(event) || localStorage.getItem("acts.shortcuts") === "off") return;
  const key = keyAction(event, KEYS);
  if (!key || event.repeat || !ACTS[key.action]) return;
  event.preventDefault();
  ACTS[key.action](key);
});

const context = root.querySelector(".item__context");
if (context) context.scrollTop = context.scrollHeight; // the newest turn is the one that matters most
root.querySelector("[data-question]")?.focus({ preventScroll: true });
