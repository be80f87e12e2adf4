"""Annotators with known truth, to see whether the analysis finds what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotation.studies.arms import Arm, arm_of
from annotation.studies.frames import frame_of
from annotation.studies.records import Record

Labels = NDArray[np.int64]
LABELS = ("Probing and Exploring", "Procedural and Factual", "Expository and Cueing", "Other")


@dataclass(frozen=True, slots=True)
class Truth:
    """What is planted.

    Attributes:
        time_ratio: a suggestion multiplies the time by this.
        accuracy: of an annotator without a suggestion.
        anchoring: probability that a shown suggestion is taken over without looking.
        model_accuracy: of the suggestions.
        log_sd: spread of the logarithm of the times; ``item_sd`` is the part that belongs to the item.
    """

    time_ratio: float = 1.0
    accuracy: float = 0.8
    anchoring: float = 0.0
    model_accuracy: float = 0.75
    median_s: float = 6.0
    log_sd: float = 0.9
    item_sd: float = 0.4

    @property
    def accuracy_effect(self) -> float:
        """What a suggestion does to the accuracy: anchored answers are as good as the model."""
        return self.anchoring * (self.model_accuracy - self.accuracy)


def simulated(
    truth: Truth,
    *,
    items: int,
    annotators: Sequence[str] = ("a1", "a2"),
    arms: Sequence[Arm] = (Arm.CLASSICAL, Arm.ASSISTED),
    seed: int = 0,
) -> pd.DataFrame:
    """A study in which every annotator labels every item once, in the arm that the randomisation gives."""
    generator = np.random.default_rng(seed)
    gold = generator.choice(len(LABELS), items)
    suggested = _noisy(gold, truth.model_accuracy, generator)
    difficulty = generator.normal(0, truth.item_sd, items)
    records = []
    for annotator in annotators:
        own = _noisy(gold, truth.accuracy, generator)
        noise = generator.normal(0, truth.log_sd, items)
        for position, item in enumerate(generator.permutation(items)):
            arm = arm_of(f"study-{seed}", annotator, str(item), arms)
            shown = arm != Arm.CLASSICAL
            anchored = shown and generator.random() < truth.anchoring
            slower = difficulty[item] + noise[item]
            seconds = truth.median_s * np.exp(slower) * (truth.time_ratio if shown else 1.0)
            records.append(
                Record(
                    annotator=annotator,
                    item=str(item),
                    arm=arm,
                    label=LABELS[suggested[item] if anchored else own[item]],
                    gold=LABELS[gold[item]],
                    suggestion=LABELS[suggested[item]],
                    first=LABELS[own[item]],
                    seconds=float(seconds),
                    active_seconds=float(min(seconds, 60.0)),
                    position=position,
                )
            )
    return frame_of(records)


def _noisy(gold: Labels, accuracy: float, generator: np.random.Generator) -> Labels:
    """Right with probability ``accuracy``, else one of the other labels."""
    wrong = (gold + generator.integers(1, len(LABELS), len(gold))) % len(LABELS)
    return np.where(generator.random(len(gold)) < accuracy, gold, wrong)
