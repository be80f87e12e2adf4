"""Chance that can be repeated: what is drawn follows from a key alone, and drawing again changes nothing."""

import hashlib

RANGE = 2**31


def draw(key: str, purpose: str) -> int:
    """A number below ``RANGE`` that looks random; draws for different purposes know nothing of each other."""
    digest = hashlib.sha256(f"{purpose}\0{key}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1


def falls_within(key: str, purpose: str, share: float) -> bool:
    """Whether the key belongs to a random ``share`` (0 to 1) of all keys."""
    return draw(key, purpose) < share * RANGE
