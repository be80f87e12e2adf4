// One key, one act; never while somebody writes or a dialog is open.

/**
 * @param {Record<string, () => void>} acts by lower-case key
 * @param {(index: number) => void} onNumber
 * @param {(event: KeyboardEvent) => boolean} first is asked before all others, and says whether it took the key
 */
export function listen(acts, onNumber, first = () => false) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const writes = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") { acts.escape(); return; }
    if (writes) return;
    if (first(event)) { event.preventDefault(); return; }
    if (/^[1-9]$/.test(event.key)) { event.preventDefault(); onNumber(Number(event.key) - 1); return; }
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
