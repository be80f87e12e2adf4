"""Turns as they come from hurried hands: misspelt, or sent too early."""

from __future__ import annotations

import random

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def typos(text: str, *, every: int = 12) -> str:
    """One letter in ``every`` left out, doubled, swapped with the next or replaced; the text fixes which."""
    generator, letters = random.Random(text), list(text)
    for place in range(len(letters)):
        if not letters[place].isalpha() or generator.random() > 1 / every:
            continue
        kind = generator.randrange(4)
        if kind == 3 and place + 1 < len(letters):
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        else:
            letters[place] = ("", 2 * letters[place], generator.choice(LETTERS))[kind % 3]
    return "".join(letters)


def cut(text: str) -> str:
    """The first half of the words, as when somebody presses enter too early."""
    words = text.split()
    return " ".join(words[: max(1, len(words) // 2)])
