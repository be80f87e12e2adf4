// One key, one act; never while somebody writes or a dialog is open.

/** @param {Record<string, () => void>} acts by lower-case key @param {(index: number) => void} onNumber */
export function listen(acts, onNumber) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const writes = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") { acts.escape(); return; }
    if (writes) return;
    if (/^[1-9]$/.test(event.key)) { event.preventDefault(); onNumber(Number(event.key) - 1); return; }
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
