"""What a supervisor does with a turn: claim it, give it back, refuse a candidate, decide the reply."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from simulator import errors
from simulator.models import Event, Session, Turn, TurnStatus, User
from simulator.models.turn import WAITING
from simulator.student.claims import extract_claims
from simulator.verdicts import machine_was_wrong

from .event import event_append, session_lock
from .message import checked_text
from .reply import reply_release_locked


@dataclass(frozen=True)
class Decision:
    """A supervisor's answer, as the browser sent it."""

    client: str
    txn: str
    epoch: int
    action: str
    candidate: int | None = None
    text: str | None = None
    elapsed_ms: int | None = None


def _lease_until(session: Session) -> datetime:
    return timezone.now() + timedelta(seconds=session.scenario.content.timing.lease_s)


def waiting_turn(session: Session, number: int, user: User) -> Turn:
    """The turn, if this supervisor may act on it. Raises NotFound, TurnMovedOn, TurnHeld, RoomSeized."""
    turn = session.turns.filter(number=number).first()
    if turn is None:
        raise errors.NotFound
    if turn.status not in WAITING:
        raise errors.TurnMovedOn
    if turn.claimant not in ("", user.actor):
        raise errors.TurnHeld
    if session.holder not in (None, user):
        raise errors.RoomSeized
    return turn


@transaction.atomic
def turn_claim(*, session: Session, number: int, user: User) -> Turn:
    """Take a waiting turn under a lease; claiming what is one's own renews it.

    Raises:
        TurnMovedOn, TurnHeld, RoomSeized: somebody else was first.
    """
    locked = session_lock(session.pk)
    turn = waiting_turn(locked, number, user)
    turn_claim_locked(locked, turn, user)
    turn.save(update_fields=["epoch", "holder", "lease_until"])
    return turn


def turn_claim_locked(session: Session, turn: Turn, user: User) -> None:
    """Put the turn under this supervisor's lease. The caller has locked the session and saves the turn."""
    if turn.supervisor != user.actor:
        turn.epoch += 1
        turn.holder = user.actor
        event_append(
            session=session,
            type="turn.claimed",
            actor=user.actor,
            turn=turn.number,
            payload={"epoch": turn.epoch},
        )
    turn.lease_until = _lease_until(session)


@transaction.atomic
def turn_release(*, session: Session, number: int, user: User, epoch: int) -> None:
    """Give a claimed turn back to all supervisors. What is no longer one's own is left alone."""
    locked = session_lock(session.pk)
    turn = locked.turns.filter(number=number, status__in=WAITING, epoch=epoch, holder=user.actor).first()
    if turn is not None:
        turn_unclaim_locked(locked, turn, actor=user.actor)


def turn_unclaim_locked(session: Session, turn: Turn, *, actor: str) -> None:
    """Clear the claim on a turn; the raised epoch makes the former holder's answer stale."""
    turn.epoch += 1
    turn.holder = ""
    turn.lease_until = None
    turn.save(update_fields=["epoch", "holder", "lease_until"])
    event_append(
        session=session, type="turn.released", actor=actor, turn=turn.number, payload={"epoch": turn.epoch}
    )


@transaction.atomic
def candidates_shown(*, session: Session, number: int, user: User) -> None:
    """Note, once per supervisor and turn, that the candidates were on screen."""
    locked = session_lock(session.pk)
    turn = locked.turns.filter(number=number).first()
    if turn is None or locked.events.filter(type="turn.shown", turn=number, actor=user.actor).exists():
        return
    event_append(
        session=locked,
        type="turn.shown",
        actor=user.actor,
        turn=number,
        payload={"candidates": len(turn.candidates)},
    )


@transaction.atomic
def candidate_reject(
    *, session: Session, number: int, user: User, epoch: int, candidate: int, reason: str
) -> None:
    """Note that a candidate is wrong, and why. The turn stays with the supervisor."""
    locked = session_lock(session.pk)
    turn = waiting_turn(locked, number, user)
    if turn.epoch != epoch:
        raise errors.TurnMovedOn
    event_append(
        session=locked,
        type="turn.candidate_rejected",
        actor=user.actor,
        turn=number,
        payload={"candidate": candidate, "text": _candidate(turn, candidate)["text"], "reason": reason},
    )


def _candidate(turn: Turn, index: int | None) -> dict[str, Any]:
    if index is None or index >= len(turn.candidates):
        raise errors.CandidateUnknown
    return turn.candidates[index]


def _reply_of(session: Session, turn: Turn, decision: Decision) -> dict[str, Any]:
    """The reply that a decision stands for, with what it changes in the student's state."""
    if decision.action == "pick":
        chosen = _candidate(turn, decision.candidate)
        return {"text": chosen["text"], "effects": chosen["effects"], "before": None}
    text = checked_text(decision.text or "")
    before = _candidate(turn, decision.candidate)["text"] if decision.action == "edit" else None
    effects = extract_claims(session.scenario.content, text, state=session.student_state, question=turn.text)
    return {"text": text, "effects": effects, "before": before}


def _verdict(session: Session, turn: Turn, said: str) -> bool | None:
    """Whether the machine's own first reply was wrong; None when it had none."""
    candidates = turn.prediction.get("candidates", [])
    if not candidates:
        return None
    proposed = candidates[0]["text"]
    refusals = session.events.filter(type="turn.candidate_rejected", turn=turn.number)
    refused = any(event.payload["text"] == proposed for event in refusals)
    return machine_was_wrong(proposed=proposed, said=said, refused=refused)


def turn_decide(*, session: Session, number: int, user: User, decision: Decision) -> Event:
    """Settle the reply of a turn; it appears at the turn's moment, or now if that has passed.

    The same (client, txn) again returns the first event.

    Raises:
        TurnMovedOn: answered, taken over or out of time; the text is kept in the log as turn.late_reply.
        TurnHeld, RoomSeized: another supervisor has it.
        CandidateUnknown, MessageEmpty, MessageTooLong: the reply itself is wrong.
    """
    try:
        return _turn_decide(session=session, number=number, user=user, decision=decision)
    except errors.TurnMovedOn:
        _keep_late_reply(session, number, user, decision)
        raise


@transaction.atomic
def _turn_decide(*, session: Session, number: int, user: User, decision: Decision) -> Event:
    locked = session_lock(session.pk)
    first = Event.objects.filter(session=locked, client=decision.client, txn=decision.txn).first()
    if first is not None:
        return first
    turn = waiting_turn(locked, number, user)
    if turn.epoch != decision.epoch:
        raise errors.TurnMovedOn
    reply = _reply_of(locked, turn, decision)
    turn.machine_wrong = _verdict(locked, turn, reply["text"])
    turn.status = TurnStatus.DECIDED
    turn.epoch += 1
    turn.holder = ""
    turn.lease_until = None
    turn.answered_by = user.actor
    turn.decided_at = timezone.now()
    turn.decision = {
        "action": decision.action,
        "candidate": decision.candidate,
        "repaired": bool(turn.repair),
        "text": reply["text"],
        "effects": reply["effects"],
    }
    turn.save()
    decided = event_append(
        session=locked,
        type="turn.decided",
        actor=user.actor,
        turn=number,
        cause=turn.asked_id,
        client=decision.client,
        txn=decision.txn,
        payload={
            "action": decision.action,
            "candidate": decision.candidate,
            "repaired": bool(turn.repair),
            "before": reply["before"],
            "text": reply["text"],
            "elapsed_ms": decision.elapsed_ms,
            "machine_wrong": turn.machine_wrong,
        },
    )
    if turn.due_at <= timezone.now():
        reply_release_locked(locked, turn)
    return decided


@transaction.atomic
def _keep_late_reply(session: Session, number: int, user: User, decision: Decision) -> None:
    """Keep the text of a reply that came too late: it is work done, and data."""
    if not decision.text:
        return
    locked = session_lock(session.pk)
    if Event.objects.filter(session=locked, client=decision.client, txn=decision.txn).exists():
        return
    event_append(
        session=locked,
        type="turn.late_reply",
        actor=user.actor,
        turn=number,
        client=decision.client,
        txn=decision.txn,
        payload={"text": decision.text[:4000], "epoch": decision.epoch},
    )
