"""What people saw acknowledged. Times are seconds on this process's monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.rehearsal.ledger import Ledger


@dataclass
class Room:
    """One rehearsal: what its teacher sent and got, and from when to when the teacher was there."""

    session: str
    teacher: str
    ledger: Ledger
    left: bool = False
    refused: str = ""  # why the server ended it, if it did


@dataclass(frozen=True, slots=True)
class Decided:
    """A supervisor's reply that was acknowledged."""

    session: str
    turn: int
    txn: str
    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label, or an undoing, that was acknowledged; ``row`` is the number that the answer named."""

    annotator: str
    txn: str
    item: int | None  # None: undone
    label: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Deployed:
    """A version that the page said is in service."""

    version: str


@dataclass
class Seen:
    """All that was acknowledged to anybody, in the order in which each person saw it."""

    rooms: list[Room] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    labelled: dict[str, list[Labelled]] = field(default_factory=dict)
    deployed: list[Deployed] = field(default_factory=list)
    down: list[tuple[float, float]] = field(default_factory=list)
    setbacks: list[tuple[float, float]] = field(default_factory=list)  # moment, seconds the clock went back

    @property
    def acknowledged(self) -> int:
        messages = sum(bool(sent.event) for room in self.rooms for sent in room.ledger.sent)
        labels = sum(len(rows) for rows in self.labelled.values())
        return messages + labels + len(self.decided) + len(self.deployed)

    def allowance(self, start: float, end: float) -> float:
        """How much later than promised a turn may be answered that lasted from ``start`` to ``end``.

        The time in which a part was not there, and, where the clock was set back, as much as it was, but no
        more than had passed of the turn.
        """
        back = sum(min(by, at - start) for at, by in self.setbacks if start < at < end)
        return self._down_within(start, end) + back

    def _down_within(self, start: float, end: float) -> float:
        """For how many seconds between two moments some part was not there."""
        return sum(max(0.0, min(end, until) - max(start, since)) for since, until in self.down)
