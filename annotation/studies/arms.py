"""Which arm a label is made in: fixed by study, annotator and item, so that asking twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum


class Arm(StrEnum):
    """How the suggestion meets the annotator."""

    CLASSICAL = "classical"  # never
    ASSISTED = "assisted"  # prefilled before the answer
    REVEAL = "reveal"  # shown after a first answer, which may then be changed (Buçinca et al. 2021)


def arm_of(study: str, annotator: str, item: str, arms: Sequence[Arm]) -> Arm:
    """One of ``arms`` with equal probability, independent between pairs of annotator and item.

    A digest instead of a stored draw: there is no state to lose, and no draw to repeat until it pleases.
    """
    if not arms:
        raise ValueError("A study needs at least one arm.")
    digest = hashlib.sha256("\x1f".join((study, annotator, item)).encode()).digest()
    return arms[int.from_bytes(digest[:8], "big") % len(arms)]
