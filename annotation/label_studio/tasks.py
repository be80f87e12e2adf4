"""A question as the ``data`` of a task: what the labelling page shows, and what names it."""

from collections.abc import Mapping, Sequence
from typing import Any

NOTHING_BEFORE = "(Nothing was said before.)"


def data_of(*, key: str, group: str, text: str, turns: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """``context`` is there to be read, ``turns`` the same for programs.

    The page's own tag for dialogues shows times that there are none, and waits for ever for a dialogue
    without turns; so the turns are a text.
    """
    said = [f"{turn['persona'].capitalize()}: {turn['text']}" for turn in turns]
    return {
        "key": key,
        "dialogue": group,
        "question": text,
        "context": "\n".join(said) or NOTHING_BEFORE,
        "turns": list(turns),
    }
