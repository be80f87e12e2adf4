// Which key means what. Each person may change it; what is stored is {act: key}, as the page hands it over.

const NAMED = { " ": "Space" };

/** The key of an event as it is stored: a lower-case sign, or a name such as "Enter". */
export function keyOf(event) {
  return NAMED[event.key] ?? (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

/** The same by the key's place: digits whatever Shift makes of them, letters where the layout has no Latin ones. */
function placeOf(event) {
  return /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
}

/**
 * @param {KeyboardEvent} event @param {Record<string, string>} keys act -> key
 * @returns {{ action: string, position?: number, add?: boolean } | null}
 */
export function keyAction(event, keys) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const acts = Object.entries(keys);
  const named = (key) => acts.find(([, own]) => own === key)?.[0];
  const typed = keyOf(event);
  const act = named(typed) ?? (/^[a-z0-9]$/.test(typed) ? null : named(placeOf(event)));
  if (!act) return null;
  const type = /^type(\d)$/.exec(act)?.[1];
  return type ? { action: "type", position: Number(type) - 1, add: event.shiftKey } : { action: act };
}

/** Whether the key belongs to what has the focus, such as a text field. */
export function belongsElsewhere(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (document.querySelector("dialog[open]")) return true;
  if (target.matches("textarea, select, [contenteditable], input:not([type=checkbox])")) return true;
  return (event.key === "Enter" || event.key === " ") && target.matches("a, button, summary, input");
}
