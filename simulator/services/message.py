"""What a teacher says."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from simulator import errors
from simulator.models import Event, Session, Turn, User
from simulator.models.turn import UNANSWERED
from simulator.selectors.live import before_message

from .event import event_append, session_lock
from .pacing import turn_times
from .storing import row_insert

MAX_CHARACTERS = 4000


SURROGATES = range(0xD800, 0xE000)  # halves of a cut emoji: no database takes them


def _storable(character: str) -> bool:
    """Not a control character; PostgreSQL refuses NUL."""
    code = ord(character)
    return character in "\n\t" or character.isprintable() or (code > 159 and code not in SURROGATES)


def checked_text(text: str) -> str:
    """The text without surrounding blanks and without characters that cannot be stored."""
    cleaned = "".join(filter(_storable, text)).strip()
    if not cleaned:
        raise errors.MessageEmpty
    if len(cleaned) > MAX_CHARACTERS:
        raise errors.MessageTooLong
    return cleaned


@transaction.atomic
def message_post(
    *, session: Session, teacher: User, client: str, txn: str, text: str, ts_client: datetime | None = None
) -> Event:
    """Store a teacher's message and open the turn that answers it.

    The same (client, txn) again returns the first event, so that a browser may retry after a lost socket.

    Raises:
        MessageEmpty, MessageTooLong, SessionEnded, ConsentMissing: it was refused, and nothing was stored.
        StudentIsWriting: the turn before has no reply yet; retry after it.
    """
    cleaned = checked_text(text)
    locked = session_lock(session.pk)
    known = before_message(session=locked, person_id=teacher.pk, client=client, txn=txn)
    if known.sent:
        return Event.objects.get(pk=known.sent)
    if not locked.is_open:
        raise errors.SessionEnded
    if not known.consent:
        raise errors.ConsentMissing
    if known.newest_status in UNANSWERED:  # only the newest can be: the next is opened when it is answered
        raise errors.StudentIsWriting
    number = known.newest_number + 1
    now = locked.last_active_at = timezone.now()
    event = event_append(
        session=locked,
        type="message.posted",
        actor=teacher.actor,
        persona="teacher",
        turn=number,
        client=client,
        txn=txn,
        ts_client=ts_client,
        payload={"text": cleaned, "kind": "message"},
    )
    times = turn_times(session=locked, turn_number=number, opened_at=now)
    row_insert(Turn(session=locked, number=number, text=cleaned, asked=event, opened_at=now, **times))
    return event
