"""What one room's teacher sent and received, noted as it happens; judged afterwards against the export."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .frames import Shape, betrayals_in, reply_shapes


@dataclass
class Sent:
    """One message of the teacher. Times are seconds on this process's clock."""

    txn: str
    sent_at: float
    event: str = ""  # the id in the acknowledgement
    answered: bool = False


@dataclass
class Ledger:
    """One room. ``received`` maps event id -> when it came first."""

    session: str
    sent: list[Sent] = field(default_factory=list)
    received: dict[str, float] = field(default_factory=dict)
    doubled: int = 0
    shapes: dict[str, Shape] = field(default_factory=dict)
    betrayals: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    interrupted: bool = False
    _view: set[str] = field(default_factory=set)

    def note(self, frame: dict[str, Any], at: float) -> None:
        """Take in one frame from the server."""
        self.betrayals += betrayals_in(frame)
        kind = frame.get("type")
        if kind == "ack":
            self._note_ack(frame)
        elif kind == "batch":
            self._note_batch(frame, at)
        elif kind == "err":
            self.errors[str(frame.get("code"))] += 1

    def _note_ack(self, frame: dict[str, Any]) -> None:
        for sent in self.sent:
            if sent.txn == frame["txn"]:
                if sent.event and sent.event != frame["id"]:
                    self.doubled += 1  # one sending was stored twice
                sent.event = frame["id"]

    def _note_batch(self, frame: dict[str, Any], at: float) -> None:
        if frame["reset"]:
            self._view.clear()  # the page begins anew, so all may come again
        for event in frame["events"]:
            if event["id"] in self._view:
                self.doubled += 1
            self._view.add(event["id"])
            self.received.setdefault(event["id"], at)
        self.shapes.update(reply_shapes(frame))
