"""Labels of several people as counts, the form that every measure of agreement reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]  # (items, classes)


@dataclass(frozen=True, slots=True)
class Label:
    """What one person put first about one item. A label under a planted suggestion never becomes one."""

    item: int
    person: str
    value: str
    at: datetime


def counts_of(labels: Iterable[Label], classes: Sequence[str]) -> tuple[list[int], Counts]:
    """Items, and how many people gave each class: (n, C), in the order of first appearance.

    Classes that are not listed, such as those of an older codebook, are left out.
    """
    rows: dict[int, int] = {}
    found: list[list[float]] = []
    place = {name: column for column, name in enumerate(classes)}
    for label in labels:
        if label.value not in place:
            continue
        row = rows.setdefault(label.item, len(rows))
        if row == len(found):
            found.append([0.0] * len(classes))
        found[row][place[label.value]] += 1
    return list(rows), np.array(found, dtype=np.float64).reshape(len(rows), len(classes))


def by_person(labels: Iterable[Label]) -> dict[str, dict[int, str]]:
    """Person -> item -> class."""
    found: dict[str, dict[int, str]] = {}
    for label in labels:
        found.setdefault(label.person, {})[label.item] = label.value
    return found


def confusion(first: Mapping[int, str], second: Mapping[int, str], classes: Sequence[str]) -> Counts:
    """How often the first said the row's class and the second the column's about the same item: (C, C)."""
    place = {name: column for column, name in enumerate(classes)}
    matrix = np.zeros((len(classes), len(classes)))
    for item in first.keys() & second.keys():
        if first[item] in place and second[item] in place:
            matrix[place[first[item]], place[second[item]]] += 1
    return matrix
