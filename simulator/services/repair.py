"""Layered takeover: a supervisor puts one layer of the machine's reading right, and it finishes the line.

Only the respond stage runs again, on the layers as they now stand: rules in pure Python, beside the retrieved
replies that the engine had found. No model is asked, so the new candidates are there at once.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from simulator import errors
from simulator.models import Event, Session, Turn, User
from simulator.selectors.layers import reading_of
from simulator.student.layers import as_said, entity_names
from simulator.student.perceive import Entity
from simulator.student.respond import Candidate, best_of, candidates
from simulator.student.schema import Scenario

from .event import event_append, session_lock
from .supervision import turn_claim_locked, waiting_turn


@dataclass(frozen=True)
class Repair:
    """Layers as a supervisor has them, None where one is left as it stands; entities are (kind, name)."""

    client: str
    txn: str
    epoch: int
    dialogue_act: str | None = None
    question_type: str | None = None
    entities: tuple[Entity, ...] | None = None
    elapsed_ms: int | None = None

    @property
    def layers(self) -> dict[str, Any]:
        """The layers that are put right, as plain JSON values."""
        given = {"dialogue_act": self.dialogue_act, "question_type": self.question_type}
        found: dict[str, Any] = {name: label for name, label in given.items() if label is not None}
        if self.entities is not None:
            found["entities"] = [[kind, name] for kind, name in self.entities]
        return found

    def check(self, scenario: Scenario) -> None:
        """Raises LayerUnknown: nothing is put right, or a name is none of the scenario."""
        names = entity_names(scenario)
        known = (
            self.dialogue_act in (None, *DIALOGUE_ACTS)
            and self.question_type in (None, *QUESTION_TYPES)
            and all(name in names.get(kind, {}) for kind, name in self.entities or ())
        )
        if not known or not self.layers:
            raise errors.LayerUnknown


@transaction.atomic
def turn_repair(*, session: Session, number: int, user: User, repair: Repair) -> Turn:
    """Put layers of a waiting turn right and propose anew; the turn is this supervisor's from then on.

    Every repair raises the epoch, so that a pick that was made on the former candidates is refused. The same
    (client, txn) again changes nothing.

    Raises:
        TurnMovedOn, TurnHeld, RoomSeized, NotFound: as for a decision.
        LayerUnknown: see ``Repair.check``.
    """
    locked = session_lock(session.pk)
    if Event.objects.filter(session=locked, client=repair.client, txn=repair.txn).exists():
        return locked.turns.get(number=number)
    turn = waiting_turn(locked, number, user)
    if turn.epoch != repair.epoch:
        raise errors.TurnMovedOn
    content = locked.scenario.content
    repair.check(content)
    turn_claim_locked(locked, turn, user)
    before = reading_of(content, locked.student_state, turn)
    put_right = turn.repair.get("layers", {}) | repair.layers
    found = _propose(locked, turn, before | put_right, settled="entities" in put_right)
    proposed = [candidate.to_json() for candidate in found]
    turn.epoch += 1
    turn.repair = {"layers": put_right, "candidates": proposed}
    turn.save(update_fields=["epoch", "holder", "lease_until", "repair"])
    event_append(
        session=locked,
        type="turn.repaired",
        actor=user.actor,
        turn=number,
        cause=turn.asked_id,
        client=repair.client,
        txn=repair.txn,
        payload={
            "before": {name: before[name] for name in repair.layers},
            "after": repair.layers,
            "candidates": proposed,
            "epoch": turn.epoch,
            "elapsed_ms": repair.elapsed_ms,
        },
    )
    return turn


def _propose(session: Session, turn: Turn, layers: dict[str, Any], *, settled: bool) -> list[Candidate]:
    """The respond stage on these layers, with what the engine had retrieved."""
    content = session.scenario.content
    if settled:
        entities = as_said(content, [(kind, name) for kind, name in layers["entities"]])
    else:
        found = turn.prediction.get("understanding", {}).get("entities", [])
        entities = [(entity["kind"], entity["text"]) for entity in found]
    by_rule = candidates(
        content,
        session.student_state,
        text=turn.text,
        act=layers["dialogue_act"],
        entities=entities,
        settled=settled,
    )
    remembered = [
        Candidate.from_json(one)
        for one in turn.prediction.get("candidates", [])
        if one["source"] == "retrieval"
    ]
    return best_of([*by_rule, *remembered], content.candidate_count)
