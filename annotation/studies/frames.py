"""A study's records as a table. Apart from them, since web processes read records and load no pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from annotation.studies.records import Record


def frame_of(records: Iterable[Record]) -> pd.DataFrame:
    """One row a record, with ``right`` and ``agrees`` as 0/1, missing where nothing is compared with."""
    columns = [*Record.__dataclass_fields__]
    frame = pd.DataFrame([asdict(record) for record in records], columns=columns)
    frame["right"] = _equal(frame, "gold")
    frame["agrees"] = _equal(frame, "suggestion")
    return frame


def _equal(frame: pd.DataFrame, other: str) -> pd.Series[float]:
    return (frame["label"] == frame[other]).astype(float).where(frame[other].notna())
