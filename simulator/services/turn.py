"""How the engine moves a turn: take it under a lease, then decide it or hand it to a person."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from simulator.models import Mode, Session, Turn, TurnStatus
from simulator.selectors.live import free_turns, oldest_free_turns

from .event import event_append, session_lock
from .pacing import due_as_of_a_person
from .reply import reply_release_locked

log = structlog.get_logger(__name__)

ENGINE_LEASE = timedelta(seconds=6)
# An older turn goes to a person before it could be read. Under more load than the engine can carry, taking
# it would waste the time that younger turns need, until in the end every turn came too late.
TAKE_WITHIN = timedelta(seconds=8)


@dataclass(frozen=True)
class Prediction:
    """What the engine found for one turn; stored whole, in the log and on the turn."""

    understanding: dict[str, Any]
    candidates: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    joint: float
    threshold: float
    threshold_origin: str
    passes: int
    seed: int
    model_version: str
    engine_ms: int
    expected_wait_s: float = 0.0
    audit_share: float = 0.0
    prior: float | None = None
    joint_version: str = "prior"
    joint_parts: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "understanding": self.understanding,
            "candidates": self.candidates,
            "stages": self.stages,
            "joint": self.joint,
            "threshold": self.threshold,
            "threshold_origin": self.threshold_origin,
            "passes": self.passes,
            "seed": self.seed,
            "model_version": self.model_version,
            "engine_ms": self.engine_ms,
            "expected_wait_s": self.expected_wait_s,
            "audit_share": self.audit_share,
            "prior": self.joint if self.prior is None else self.prior,
            "joint_version": self.joint_version,
            "joint_parts": self.joint_parts,
        }


def turns_take(*, engine: str, limit: int) -> list[Turn]:
    """Lease up to ``limit`` turns that nobody works on, oldest first.

    A turn whose engine died is taken again when its lease has run out. All are moved by one
    compare-and-swap, so two engines never hold the same turn.
    """
    now = timezone.now()
    lease_until = now + ENGINE_LEASE
    since = now - TAKE_WITHIN
    oldest = oldest_free_turns(now, since)[:limit]
    if not oldest:  # the usual case: no transaction, which on SQLite would hold up every writer
        return []
    with transaction.atomic():
        free = free_turns(now, since)
        mine = free.filter(pk__in=oldest).select_for_update(skip_locked=True).values_list("pk", flat=True)
        free.filter(pk__in=list(mine)).update(
            status=TurnStatus.PREDICTING,
            epoch=F("epoch") + 1,
            holder=engine,
            lease_until=lease_until,
            attempts=F("attempts") + 1,
        )
    return list(
        Turn.objects.filter(pk__in=oldest, holder=engine, lease_until=lease_until)
        .select_related("session__scenario", "asked")
        .order_by("opened_at")
    )


def _still_held(turn: Turn) -> Turn | None:
    """The turn as it is now, if this engine's lease on it still stands."""
    return Turn.objects.filter(
        pk=turn.pk, status=TurnStatus.PREDICTING, epoch=turn.epoch, holder=turn.holder
    ).first()


@transaction.atomic
def turns_predict(*, found: Sequence[tuple[Turn, Prediction]]) -> int:
    """Store what the engine found about several turns in one transaction: a commit is what costs most.

    A reply whose moment has passed while the engine read is said in it, too. Sessions are locked in the order
    of their keys, so that two engines never wait for each other. Returns how many turns it was not too late
    for.
    """
    stored = 0
    for turn, prediction in sorted(found, key=lambda pair: pair[0].session_id):
        session = session_lock(turn.session_id)
        current = _turn_predict_locked(session, turn, prediction)
        if current is None:
            continue
        stored += 1
        if current.status == TurnStatus.AUTO and current.due_at <= timezone.now():
            _release_in_passing(session, current)
    return stored


def _release_in_passing(session: Session, turn: Turn) -> None:
    """Say a reply whose moment has passed. Trouble with one costs no other: the clock tries it again."""
    try:
        with transaction.atomic():
            reply_release_locked(session, turn)
    except DatabaseError:
        raise
    except Exception:
        log.exception("release_failed", turn=turn.pk)


@transaction.atomic
def turn_predict(*, turn: Turn, prediction: Prediction) -> bool:
    """Store what the engine found and route the turn. False if the turn has moved on meanwhile."""
    return _turn_predict_locked(session_lock(turn.session_id), turn, prediction) is not None


def _turn_predict_locked(session: Session, turn: Turn, prediction: Prediction) -> Turn | None:
    current = _still_held(turn)
    if current is None:
        return None
    event_append(
        session=session,
        type="turn.predicted",
        actor=f"machine:{prediction.model_version}",
        turn=current.number,
        cause=current.asked_id,
        payload=prediction.to_json(),
    )
    current.prediction = prediction.to_json()
    current.joint_uncertainty = prediction.joint
    current.threshold = prediction.threshold
    current.model_version = prediction.model_version
    current.expected_wait_s = prediction.expected_wait_s
    turn_route_locked(session, current)
    return current


def turn_route_locked(session: Session, turn: Turn) -> None:
    """Decide from a turn's stored prediction who answers it. The caller has locked the session."""
    route = _route(session, turn)
    turn.audit_share = 1.0 if route == "verify" else turn.prediction.get("audit_share", 0.0)
    turn.audited = route == "certain" and _drawn(session, turn)
    if route == "certain" and not turn.audited:
        turn.due_at = due_as_of_a_person(session=session, turn=turn)
        turn_settle_by_machine_locked(session, turn)
    else:
        route = "uncertain" if turn.audited else route  # nobody who answers may see the difference
        _hand_to_person(session, turn, route)
    event_append(
        session=session,
        type="turn.routed",
        actor=f"machine:{turn.model_version}",
        turn=turn.number,
        cause=turn.asked_id,
        payload={"route": route, "audited": turn.audited, "audit_share": turn.audit_share},
    )


def _drawn(session: Session, turn: Turn) -> bool:
    """Whether this turn is audited: seeded, so that routing a turn again draws the same."""
    draw = random.Random(f"{session.seed}/audit/{turn.number}").random()  # noqa: S311 (no secret)
    return draw < (turn.audit_share or 0.0)


def _route(session: Session, turn: Turn) -> str:
    if session.holder is not None:
        return "seized"
    if session.mode == Mode.VERIFY:
        return "verify"
    joint, threshold = turn.joint_uncertainty, turn.threshold
    sure = joint is not None and threshold is not None and joint < threshold
    return "certain" if sure and turn.prediction["candidates"] else "uncertain"


def turn_settle_by_machine_locked(session: Session, turn: Turn) -> None:
    """Decide on the machine's first reply. The caller has locked the session."""
    machine = f"machine:{turn.model_version}"
    best = turn.prediction["candidates"][0]
    turn.status = TurnStatus.AUTO
    turn.route = "certain"
    turn.answered_by = machine
    turn.decided_at = timezone.now()
    turn.decision = {"action": "auto", "candidate": 0, "text": best["text"], "effects": best["effects"]}
    turn.epoch += 1
    turn.holder = ""
    turn.lease_until = None
    turn.save()
    event_append(
        session=session,
        type="turn.decided",
        actor=machine,
        turn=turn.number,
        cause=turn.asked_id,
        payload={"action": "auto", "candidate": 0, "text": best["text"]},
    )


def _hand_to_person(session: Session, turn: Turn, route: str) -> None:
    turn.status = TurnStatus.VERIFY_WAIT if route == "verify" else TurnStatus.BACKUP_WAIT
    turn.route = route
    turn.epoch += 1
    turn.holder = ""
    turn.lease_until = None
    if route == "seized" and session.seized_by:
        turn.holder = session.seized_by.actor
        turn.lease_until = session.seized_until
    turn.save()


@transaction.atomic
def turn_hand_over(*, turn: Turn, route: str, detail: str) -> bool:
    """Give a turn to the supervisors because a component failed or took too long. False if it moved on."""
    session = session_lock(turn.session_id)
    current = Turn.objects.filter(
        pk=turn.pk, epoch=turn.epoch, status__in=[TurnStatus.OPEN, TurnStatus.PREDICTING]
    ).first()
    if current is None:
        return False
    _hand_to_person(session, current, route)
    event_append(
        session=session,
        type="turn.routed",
        actor="system",
        turn=current.number,
        cause=current.asked_id,
        payload={"route": route, "detail": detail[:500]},
    )
    return True
