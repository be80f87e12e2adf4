"""What an erasure leaves outside the rows: other copies, the list for restoring, freed pages of the file.

Done by the worker, again and again until it succeeds. Every part can be repeated.
"""

from datetime import timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from simulator.erasure_list import erasure_list_extend
from simulator.models import Erasure
from simulator.signals import erasures_settling

log = structlog.get_logger(__name__)
ASK_AGAIN = timedelta(minutes=1)


class NotCleared(Exception):
    """Something is still readable where it was; the sentence says what is in the way."""


def settle_after_commit() -> None:
    """Ask the worker once the transaction stands; the clock asks again when that fails."""
    transaction.on_commit(_ask)


def _ask() -> None:
    from simulator.tasks import settle_erasures

    try:
        settle_erasures.enqueue()
    except Exception:
        log.exception("settling_not_queued")


def settle_overdue() -> None:
    """Ask again for what has waited for a minute: the worker was killed, or something was in its way."""
    now = timezone.now()
    overdue = Erasure.objects.filter(settled_at=None, asked_at__lt=now - ASK_AGAIN)
    if overdue.exists() and overdue.update(asked_at=now):
        _ask()


def erasures_settle() -> int:
    """Clear what lies outside the rows; returns how many erasures are through with it."""
    pending = list(Erasure.objects.filter(settled_at=None).values_list("pk", flat=True))
    if not pending:
        return 0
    answers = erasures_settling.send_robust(sender=Erasure)
    troubles = [str(answer) for _receiver, answer in answers if isinstance(answer, Exception)]
    for clear in (erasure_list_extend, database_scrub):
        try:
            clear()
        except (NotCleared, OSError, DatabaseError) as error:
            troubles.append(str(error))
    mine = Erasure.objects.filter(pk__in=pending)
    if troubles:
        log.warning("erasures_not_settled", troubles=troubles)
        mine.update(trouble=" ".join(troubles))
        return 0
    return mine.update(settled_at=timezone.now(), trouble="")


def database_scrub() -> None:
    """Let no freed page of the database file keep what was erased. Writers wait meanwhile.

    SQLite keeps deleted bytes in freed pages and in the write-ahead log until both are written anew.
    PostgreSQL clears its pages by itself (autovacuum).
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, _pages, _moved) = cursor.fetchone()
    if busy:
        raise NotCleared("The database's write-ahead log is still being read; it is cleared at the next try.")
