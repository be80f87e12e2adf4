"""What the two halves of the product tell each other: the one door for writes between them.

Each half listens without knowing the other. A signal is sent inside the transaction of the deed, so that both
halves keep it or neither does; only ``erasures_settling`` comes after the commit, in the worker.
"""

import uuid
from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class ErasedSession:
    """A rehearsal whose words are gone: its public id, and the events that were the teacher's lines."""

    public_id: str
    event_ids: tuple[uuid.UUID, ...]


sessions_erased = Signal()  # sessions: list[ErasedSession]
person_erased = Signal()  # person_id: int
erasures_settling = Signal()  # what lies outside the rows is to be cleared; idempotent, raises when it cannot
turn_disputed = Signal()  # turn: ClosedTurn, which a teacher would call something else
second_look_settled = Signal()  # event_id: UUID, label: str (empty: put aside)
