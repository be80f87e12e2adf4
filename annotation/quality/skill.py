"""How reliable each annotator is when nobody knows the truth: Dawid and Skene (1979), by crowd-kit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas

from .votes import Label

LEAST_ITEMS = 20  # that several people labelled; with fewer the model explains anything
LEAST_PEOPLE = 2
ITERATIONS = 100


@dataclass(frozen=True, slots=True)
class Skill:
    """One annotator by the model: how often they say the truth, and what they say for each true class."""

    accuracy: float
    confusion: list[list[float]]

    def to_json(self) -> dict[str, Any]:
        return {"accuracy": self.accuracy, "confusion": self.confusion}


def skills(labels: Sequence[Label], classes: Sequence[str]) -> dict[str, Skill]:
    """Person -> skill, from the items that at least two people labelled; empty where there are too few.

    Two people who only ever meet each other cannot be told apart by any model: where they disagree there is
    nothing else to go by. From three on the figures mean something; see docs/annotation.md.
    """
    people: dict[int, set[str]] = {}
    for label in labels:
        people.setdefault(label.item, set()).add(label.person)
    shared = [label for label in labels if len(people[label.item]) > 1]
    if len({label.item for label in shared}) < LEAST_ITEMS:
        return {}
    if len({label.person for label in shared}) < LEAST_PEOPLE:
        return {}
    from crowdkit.aggregation.classification.dawid_skene import DawidSkene

    rows = [(label.item, label.person, label.value) for label in shared if label.value in classes]
    model = DawidSkene(n_iter=ITERATIONS).fit(pandas.DataFrame(rows, columns=["task", "worker", "label"]))
    assert model.priors_ is not None  # noqa: S101 (fitted)
    assert model.errors_ is not None  # noqa: S101
    priors = model.priors_.reindex(classes).fillna(0.0).to_numpy()
    found = {}
    for person, errors in model.errors_.groupby(level="worker"):
        # crowd-kit: rows are what was said, columns the true class
        said = errors.droplevel("worker").reindex(index=classes, columns=classes).fillna(0.0).to_numpy()
        accuracy = float(np.clip((priors * np.diag(said)).sum() / max(priors.sum(), 1e-12), 0, 1))
        found[str(person)] = Skill(accuracy, said.T.round(4).tolist())
    return found
