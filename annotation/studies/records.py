"""One label of a study, as analyses read it."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.studies.arms import Arm


@dataclass(frozen=True, slots=True)
class Record:
    """What one annotator said about one item.

    Attributes:
        gold: the experts' label, where there is one.
        suggestion: the model's label, stored in every arm, shown only in some.
        first: the answer before the reveal; equal to ``label`` in the other arms.
        seconds: from shown to saved. ``active_seconds``: without pauses in which nothing was done.
        position: the item's place in the annotator's work, from 0.
    """

    annotator: str
    item: str
    arm: Arm
    label: str
    gold: str | None
    suggestion: str | None
    first: str
    seconds: float
    active_seconds: float
    position: int = 0
