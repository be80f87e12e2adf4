// Which key means what. Letters are read as typed, or by place where the layout has no Latin letters.

const ACTIONS = { d: "issue", n: "note", s: "skip", u: "undo", g: "guidelines", m: "several" };

/** @param {KeyboardEvent} event @returns {{ action: string, position?: number, add?: boolean } | null} */
export function keyAction(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const digit = /^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1] ?? (/^[1-4]$/.test(event.key) ? event.key : null);
  if (digit) return { action: "type", position: Number(digit) - 1, add: event.shiftKey };
  if (event.key === "?") return { action: "keys" };
  if (event.key === "Enter") return { action: "accept" };
  const typed = event.key.toLowerCase();
  const letter = /^[a-z]$/.test(typed) ? typed : /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
  return letter && ACTIONS[letter] ? { action: ACTIONS[letter] } : null;
}

/** Whether the key belongs to what has the focus, such as a text field. */
export function belongsElsewhere(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (document.querySelector("dialog[open]")) return true;
  if (target.matches("textarea, select, [contenteditable], input:not([type=checkbox])")) return true;
  return event.key === "Enter" && target.matches("a, button, summary, input");
}
