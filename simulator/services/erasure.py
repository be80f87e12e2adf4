"""Erasing what people said: when they withdraw, when a study's time is over, when somebody asks.

The log keeps its rows and numbers, since it is append-only; payloads and projections are blanked in the
transaction that asks for it, together with what annotation holds of them. So a crash leaves all or nothing,
and repeating changes nothing. What lies outside the rows follows in the worker (``services.settling``).
"""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from simulator.erasure_list import erasure_list_path, erasure_list_read
from simulator.models import Dispute, EndReason, Erasure, KnownExchange, Reason, Session, Study, User
from simulator.selectors.erasure import sessions_of, sessions_past_retention
from simulator.signals import ErasedSession, person_erased, sessions_erased
from simulator.student.state import StudentState

from .event import event_append, session_lock
from .joint import joint_refit_after_commit
from .routing import guarantee_renew_after_commit
from .session import session_end
from .settling import settle_after_commit

BATCH = 20  # sessions a transaction; on SQLite nobody else writes meanwhile


@transaction.atomic
def sessions_erase(
    *,
    sessions: Iterable[Session],
    reason: Reason,
    by: str,
    person: User | None = None,
    study: Study | None = None,
) -> int:
    """Blank these rehearsals, open ones after ending them; returns how many were not blank before.

    Args:
        by: who does it, as the log names them: "user:7", or "command".
    """
    erased = [one for session in sessions if (one := _erase(session, reason, by)) is not None]
    if erased:
        Erasure.objects.create(reason=reason, by=by, person=person, study=study, sessions=len(erased))
        sessions_erased.send(sender=Session, sessions=erased)
        settle_after_commit()
    return len(erased)


def _erase(session: Session, reason: Reason, by: str) -> ErasedSession | None:
    why_ended = EndReason.WITHDRAWN if reason == Reason.WITHDRAWN else EndReason.STOPPED
    session_end(session=session, reason=why_ended, actor=by)
    locked = session_lock(session.pk)
    if locked.erased_at is not None:
        return None
    versions = set(locked.turns.exclude(model_version="").values_list("model_version", flat=True))
    events: tuple[uuid.UUID, ...] = tuple(locked.turns.values_list("asked_id", flat=True))
    _blank(locked)
    event_append(session=locked, type="session.erased", actor=by, payload={"reason": reason})
    locked.erased_at = timezone.now()
    locked.state = StudentState.initial(locked.scenario.content).to_json()
    locked.save(update_fields=["erased_at", "state"])
    guarantee_renew_after_commit(study_id=locked.study_id, slug=locked.scenario.slug)
    for version in versions:
        joint_refit_after_commit(model_version=version)
    return ErasedSession(str(locked.public_id), events)


def _blank(session: Session) -> None:
    """Take words, predictions and verdicts out of the log and of everything that was made of it."""
    KnownExchange.objects.filter(turn__session=session).delete()
    Dispute.objects.filter(turn__session=session).delete()
    session.events.update(payload={})
    session.turns.update(
        text="", prediction={}, repair={}, decision={}, joint_uncertainty=None, machine_wrong=None
    )


def retention_apply(*, days: int | None = None) -> int:
    """Erase what is older than its study keeps it; returns how many rehearsals.

    Args:
        days: for the studies that set no time of their own; None leaves those alone.
    """
    erased = 0
    for study in Study.objects.order_by("pk"):
        due = list(sessions_past_retention(study, days=days))
        for start in range(0, len(due), BATCH):
            part = due[start : start + BATCH]
            erased += sessions_erase(sessions=part, reason=Reason.RETENTION, by="command", study=study)
    return erased


@transaction.atomic
def person_erase(*, person: User, by: str) -> int:
    """Erase a person: rehearsals, name, address, ways to sign in. Returns how many rehearsals it were.

    The account's number stays, without a name, since other people's work refers to it.
    """
    erased = sessions_erase(sessions=sessions_of(person), reason=Reason.REQUEST, by=by, person=person)
    if not erased and not Erasure.objects.filter(person=person, reason=Reason.REQUEST).exists():
        Erasure.objects.create(reason=Reason.REQUEST, by=by, person=person)
        settle_after_commit()
    person_erased.send(sender=User, person_id=person.pk)
    person.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    _forget(person)
    return erased


def _forget(person: User) -> None:
    from rest_framework.authtoken.models import Token

    Token.objects.filter(user=person).delete()
    person.username = f"erased-{person.pk}"
    person.display_name = person.first_name = person.last_name = person.email = ""
    person.is_active = False
    person.set_unusable_password()  # ends every signed-in browser as well
    person.save()


def erased_again() -> tuple[int, int]:
    """Erase what the list beside the database names and the database still has, as after restoring a backup.

    Returns how many rehearsals and how many people that were.
    """
    listed = erasure_list_read(erasure_list_path())
    ids = [entry.id for entry in listed if entry.kind == "session"]
    back = list(Session.objects.filter(public_id__in=ids, erased_at=None).order_by("pk"))
    sessions = 0
    for start in range(0, len(back), BATCH):
        part = back[start : start + BATCH]
        sessions += sessions_erase(sessions=part, reason=Reason.REQUEST, by="command")
    numbers = [entry.id for entry in listed if entry.kind == "person"]
    people = User.objects.filter(pk__in=numbers).exclude(username__startswith="erased-")
    count = people.count()
    for person in people:
        sessions += person_erase(person=person, by="command")
    return sessions, count
