"""A teacher's message: stored once, in few statements, and like any other row."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from simulator import errors
from simulator.models import Consent, Event, Session, Turn
from simulator.services.message import message_post
from simulator.services.storing import row_insert, row_update
from tests.cast import Cast

AT_MOST = 5  # statements beside the transaction's own: lock, what is known, event, head, turn


def say(session: Session, txn: str, text: str = "How long is the blue one?") -> Event:
    return message_post(session=session, teacher=session.teacher, client="tab", txn=txn, text=text)


@pytest.mark.django_db
def test_a_message_takes_few_statements(cast: Cast) -> None:
    session = cast.session()
    say(session, "first")  # the statements are written
    session.turns.update(status="replied")
    with CaptureQueriesContext(connection) as captured:
        say(session, "second")
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= AT_MOST, asked


@pytest.mark.django_db
def test_what_is_stored_is_what_django_reads(cast: Cast) -> None:
    session = cast.session()
    said = say(session, "t", 'Is it "6 cm", 6 °, or ½?')
    stored = Event.objects.get(pk=said.pk)
    for field in Event._meta.concrete_fields:
        assert getattr(stored, field.attname) == getattr(said, field.attname), field.name
    turn = Turn.objects.get(session=session)
    assert (turn.number, turn.asked_id, turn.opened_at) == (1, said.pk, turn.session.last_active_at)
    assert Session.objects.get(pk=session.pk).head == said.seq


@pytest.mark.django_db
def test_a_repeat_is_the_first_and_another_browser_is_not(cast: Cast) -> None:
    session = cast.session()
    first = say(session, "t")
    assert say(session, "t", "Another text.").pk == first.pk
    with pytest.raises(errors.StudentIsWriting):
        message_post(session=session, teacher=session.teacher, client="other", txn="t", text="Hello?")
    session.turns.update(status="replied")
    assert say(session, "u").turn == 2


@pytest.mark.django_db
def test_without_consent_nothing_is_stored(cast: Cast) -> None:
    session = cast.session()
    Consent.objects.filter(person=session.teacher).delete()
    with pytest.raises(errors.ConsentMissing):
        say(session, "t")
    assert not session.turns.exists()


@pytest.mark.django_db
def test_rows_are_stored_like_django_does(cast: Cast) -> None:
    session = cast.session()
    event = Event(session=session, seq=70, type="note", actor="system", audience="team", payload={"a": [1]})
    row_insert(event)
    assert Event.objects.get(pk=event.pk).payload == {"a": [1]}
    with pytest.raises(IntegrityError), transaction.atomic():
        row_insert(
            Event(id=uuid.uuid4(), session=session, seq=70, type="note", actor="system", audience="team")
        )
    session.head, session.mode = 71, "verify"
    row_update(session, "head")
    stored = Session.objects.get(pk=session.pk)
    assert (stored.head, stored.mode) == (71, "backup")
