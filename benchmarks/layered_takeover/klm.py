"""The keystroke-level model of Card, Moran and Newell (Communications of the ACM 23(7), 1980, pp. 396-410).

Operators used: K, a keystroke, by the typist's speed (their figure 2); M, mental preparation, 1.35 s; R, the
system's response, measured. H and P do not occur: hands stay on the keyboard in both ways of working. M
stands where the person has to make up their mind: what is wrong, each option, whether the new reply is right;
and, when typing, what to say and whether it stands there rightly.
"""

from __future__ import annotations

from .supervisor import Turn

MENTAL_S = 1.35
TYPISTS = {"average": 0.28, "skilled": 0.20}  # 40 and 55 words a minute


def repair_seconds(turn: Turn, key_s: float) -> float:
    """M, F, for each wrong layer M and its keys, M, Enter; and the system's times."""
    decisions = 2 + turn.changes
    return decisions * MENTAL_S + turn.repair_keys * key_s + turn.repair_system_s + turn.send_system_s


def typing_seconds(turn: Turn, key_s: float) -> float:
    """M, T, the reply, M, Enter; and the system's time."""
    return 2 * MENTAL_S + (2 + len(turn.reply)) * key_s + turn.typing_system_s
