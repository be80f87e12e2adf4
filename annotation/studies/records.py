"""One label of a study, as analyses read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

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


def frame_of(records: Iterable[Record]) -> pd.DataFrame:
    """One row a record, with ``right`` and ``agrees`` as 0/1, missing where nothing is compared with."""
    columns = [*Record.__dataclass_fields__]
    frame = pd.DataFrame([asdict(record) for record in records], columns=columns)
    frame["right"] = _equal(frame, "gold")
    frame["agrees"] = _equal(frame, "suggestion")
    return frame


def _equal(frame: pd.DataFrame, other: str) -> pd.Series[float]:
    return (frame["label"] == frame[other]).astype(float).where(frame[other].notna())
