"""``python -m simulator.engine.scope.fit``: embeds the known lines and fits the detector's weights on them.

Lines of a scenario's collections against off-topic lines, development lines and lines about other problems,
for both shipped scenarios. A line is never compared with itself, nor are its own words counted as known.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from simulator.student.schema import Scenario, parse_scenario

from .detector import WEIGHTS, Embed, World, features
from .references import References, embedded, store
from .signs import sign_of

FALSE_ALARMS = 0.05  # of the fitted lines of a scenario lie above the level; new ones somewhat more
OWN = {"scale-factor": ("scale_factor", "short"), "fractions": ("fractions", "short")}
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def table(
    scenario: Scenario, references: References, embed: Embed
) -> tuple[list[tuple[float, ...]], list[int]]:
    """Features and truth (1: a stranger) of every known line without a sign of its own."""
    talk = references.talk()
    world = World.of(scenario, references, talk, embed)
    rows, truth = [], []
    for index, (text, name) in enumerate(zip(references.texts, references.collections, strict=True)):
        own = name in OWN[scenario.slug]
        if sign_of(text) or not (own or world.outside[index]):
            continue
        vector = references.vectors[index]
        similarity = references.vectors @ vector
        similarity[index] = -1.0
        rows.append(features(text, vector, similarity, world, talk, without=name))
        truth.append(int(not own))
    return rows, truth


def fit(references: References, embed: Embed) -> dict[str, object]:
    """Coefficients, intercept and the level, as data/weights.json holds them."""
    from sklearn.linear_model import LogisticRegression

    rows: list[tuple[float, ...]] = []
    truth: list[int] = []
    for path in sorted(SCENARIOS.glob("*.yaml")):
        more, sides = table(parse_scenario(path.read_text(encoding="utf-8")), references, embed)
        rows, truth = rows + more, truth + sides
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000).fit(rows, truth)
    scores = model.predict_proba(rows)[:, 1]
    inside = scores[np.array(truth) == 0]
    return {
        "features": ["near", "strange", "unknown_share"],
        "coefficients": [round(float(value), 4) for value in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 4),
        "level": round(float(np.quantile(inside, 1 - FALSE_ALARMS)), 4),
        "fitted_on": {"inside": len(inside), "strange": int(sum(truth))},
    }


def main() -> None:
    from models_zoo.serving.predictor import load_predictor
    from models_zoo.store import ModelStore

    with tempfile.TemporaryDirectory() as folder:
        models = ModelStore(Path(folder))
        models.ensure_demo()
        predictor = load_predictor(models)
        references = embedded(predictor)
    store(references)
    weights = fit(references, predictor.embed)
    WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(weights))  # noqa: T201 (what a person who runs it wants to see)


if __name__ == "__main__":
    main()
