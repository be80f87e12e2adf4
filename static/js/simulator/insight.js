// What the machine found: a bar per stage, the joint score against its threshold, entities, model version.

import { element, fill, svg } from "../lib/dom.js";

const WIDTH = 100;
const HEIGHT = 8;

/** A bar of length `value` (0..1); its dark part is the share that comes from the model disagreeing with itself. */
function bar(value, share = 0, threshold = null) {
  const length = Math.min(1, Math.max(0, value)) * WIDTH;
  const drawn = svg("svg", { class: "bar", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    svg("rect", { class: "bar__ground", width: WIDTH, height: HEIGHT }),
    svg("rect", { class: "bar__doubt", width: length, height: HEIGHT }),
    svg("rect", { class: "bar__knows", width: length * share, height: HEIGHT }));
  if (threshold !== null) drawn.append(svg("rect", { class: "bar__mark", x: threshold * WIDTH - 0.75, y: 0, width: 1.5, height: HEIGHT }));
  return drawn;
}

const percent = (value) => `${Math.round(100 * value)} %`;

export function showInsight({ box, stages, entities, model }, turn, sentences) {
  box.hidden = !turn || !turn.model_version;
  if (box.hidden) return;
  stages.replaceChildren(...turn.stages.map((stage) => row(stage)), turn.blind ? blind() : joint());
  entities.replaceChildren(...turn.entities.map((entity) => element("li", { class: "chip" },
    `${entity.kind.replace("_", " ")}: ${entity.text}${entity.confidence === null ? "" : ` · ${percent(entity.confidence)}`}`)));
  model.textContent = fill(sentences.model, { version: turn.model_version, passes: turn.passes });

  function row(stage) {
    const share = stage.predictive_entropy > 0 ? Math.min(1, stage.mutual_information / stage.predictive_entropy) : 0;
    const value = fill(turn.blind ? sentences.doubt_share : sentences.uncertainty, { value: percent(stage.uncertainty) });
    return element("div", { class: "stage-row", title: `${value}` },
      element("span", { class: "stage-row__name" }, sentences.stages[stage.name] ?? stage.name),
      element("span", { class: "stage-row__label" }, stage.label || "–"),
      element("span", { class: "number" }, percent(stage.uncertainty)),
      bar(stage.uncertainty, share));
  }

  /** A study with blind audits shows where the doubt lies, never how much there is. */
  function blind() {
    return element("p", { class: "faint stage-row__blind" }, sentences.blind);
  }

  function joint() {
    const above = turn.joint >= turn.threshold;
    const words = fill(sentences.joint_alt, { value: percent(turn.joint), threshold: percent(turn.threshold) });
    return element("div", { class: `stage-row stage-row--joint${above ? " stage-row--above" : ""}`, title: words },
      element("span", { class: "stage-row__name" }, sentences.stages.joint),
      element("span", { class: "stage-row__label" }, `${above ? sentences.above : sentences.below} ${percent(turn.threshold)}`),
      element("span", { class: "number" }, percent(turn.joint)),
      bar(turn.joint, 0, turn.threshold));
  }
}
