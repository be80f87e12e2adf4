// The task picture: swapped in as it arrives, what is new in it glows for a moment.

const GLOW_MS = 2400;

function leaves(root) {
  return [...root.querySelectorAll("*")].filter((node) => !node.firstElementChild && !["title", "desc"].includes(node.localName));
}

const shapeOf = (node) => `${node.outerHTML}|${node.parentElement?.getAttribute("class") ?? ""}`;

/** Put SVG text into `frame`. Returns true when something in it is new. */
export function showPicture(frame, text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") return false;
  const old = frame.querySelector("svg");
  const known = new Set(old ? leaves(old).map(shapeOf) : []);
  const next = document.importNode(parsed, true);
  const fresh = old ? leaves(next).filter((node) => !known.has(shapeOf(node))) : [];
  frame.replaceChildren(next);
  for (const node of fresh) node.classList.add("is-new");
  if (fresh.length) {
    frame.classList.add("is-changed");
    setTimeout(() => {
      for (const node of fresh) node.classList.remove("is-new");
      frame.classList.remove("is-changed");
    }, GLOW_MS);
  }
  return fresh.length > 0;
}
