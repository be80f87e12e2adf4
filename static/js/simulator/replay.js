// Past turns under the threshold of the slider: all figures came with the page, so they move with it at once.

import { fill, svg, words } from "../lib/dom.js";
import { duration } from "../lib/time.js";

const { points, marks, words: sentences, now, supported } = words("replay-data");
const form = document.querySelector("[data-replay]");
const slider = form.querySelector("input[type=range]");
const percent = (share) => `${(100 * share).toFixed(1)} %`;

const SHAPES = {
  now: () => svg("rect", { class: "curve__now", x: -5, y: -5, width: 10, height: 10 }),
  supported: () => svg("path", { class: "curve__supported", d: "M0-7l7 7-7 7-7-7z" }),
  chosen: () => svg("circle", { class: "curve__chosen", r: 6 }),
};

/** The marker of a kind on each curve; it hides where the curve has no such place. */
const markers = (kind) => ["risk", "load", "wait"].map((name) => {
  const shape = SHAPES[kind]();
  document.querySelector(`[data-curve=${name}]`)?.append(shape);
  return shape;
});

function place(shapes, index) {
  shapes.forEach((shape, curve) => {
    const at = index === null ? "" : marks[curve][index];
    shape.setAttribute("visibility", at ? "visible" : "hidden");
    if (at) shape.setAttribute("transform", `translate(${at})`);
  });
}

function show(index) {
  const point = points[index];
  const figures = {
    threshold: point.threshold.toFixed(2),
    coverage: percent(point.coverage),
    error: point.error === null ? "–" : percent(point.error),
    interval: point.error === null ? sentences.unknown
      : fill(sentences.interval, { low: percent(point.low), high: percent(point.high), n: point.verdicts }),
    per_minute: point.per_minute.toFixed(2),
    load: percent(point.load),
    wait_s: duration(point.wait_s),
  };
  for (const node of form.querySelectorAll("[data-figure]")) node.textContent = figures[node.dataset.figure];
  place(chosen, index);
}

place(markers("now"), now);
place(markers("supported"), supported);
const chosen = markers("chosen");
const follow = () => show(Math.round(Number(slider.value) * (points.length - 1)));
form.querySelector("[data-figures]").hidden = false;
slider.addEventListener("input", follow);
follow();
