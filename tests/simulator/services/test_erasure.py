"""Erasing: by withdrawal, by age, on request; blank rows, closed doors, a list that outlives a backup."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from simulator import errors
from simulator.engine.exchanges import ExchangeMemory
from simulator.erasure_list import erasure_list_extend, erasure_list_path, erasure_list_read
from simulator.models import Erasure, KnownExchange, Reason, Session, Study, User
from simulator.selectors import closed_teacher_turns, exportable_sessions, said_in
from simulator.services.erasure import erased_again, person_erase, retention_apply, sessions_erase
from simulator.services.session import session_end
from simulator.services.study import consent_withdraw
from tests.cast import Cast
from tests.contracts.test_leaks import _by_typing, hold


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def ended(cast: Cast, *, days_ago: int = 0) -> Session:
    session = hold(cast, _by_typing)
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    moment = timezone.now() - timedelta(days=days_ago)
    Session.objects.filter(pk=session.pk).update(started_at=moment, ended_at=moment)
    session.refresh_from_db()
    return session


def told(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_a_withdrawal_blanks_log_turns_and_known_replies_and_closes_every_door(cast: Cast):
    session = ended(cast)
    other = cast.session(teacher=cast.theo)
    assert consent_withdraw(person=cast.tess, study=cast.study) == 1
    session.refresh_from_db()
    assert session.erased_at is not None
    assert {event.type for event in session.events.exclude(payload={})} == {"session.erased"}
    assert all(not turn.text and not turn.prediction and not turn.decision for turn in session.turns.all())
    assert not KnownExchange.objects.exists()
    assert not list(closed_teacher_turns())
    assert list(exportable_sessions(cast.rosa)) == [other]
    with pytest.raises(errors.Erased):
        said_in(cast.tess, session.public_id)


@pytest.mark.parametrize("name", ["feedback", "session", "ratings", "export-session"])
def test_an_erased_rehearsal_says_so_on_its_pages(cast: Cast, client, name: str):
    session = ended(cast)
    consent_withdraw(person=cast.tess, study=cast.study)
    client.force_login(cast.tess)
    answer = client.get(reverse(name, args=[session.public_id]))
    assert answer.status_code == 410
    assert "erased" in answer.content.decode()


def test_nothing_said_later_enters_the_log_of_an_erased_rehearsal(cast: Cast):
    from simulator.services.session import session_rate

    session = ended(cast)
    consent_withdraw(person=cast.tess, study=cast.study)
    key = session.scenario.content.ratings[0].key
    session_rate(session=session, teacher=cast.tess, ratings={key: 3}, comment="one more word")
    newest = session.events.order_by("-seq").first()
    assert newest is not None
    assert (newest.type, newest.payload) == ("session.rated", {})


def test_the_engine_forgets_erased_replies(cast: Cast):
    import numpy as np

    class Embeds:
        def embed(self, texts):
            return np.ones((len(texts), 4), dtype=np.float32)

    session = ended(cast)
    memory = ExchangeMemory()
    memory.refresh(Embeds())  # type: ignore[arg-type]
    assert memory.nearest(session=session, embedding=[1, 1, 1, 1])
    consent_withdraw(person=cast.tess, study=cast.study)
    memory.refresh(Embeds())  # type: ignore[arg-type]
    assert memory.nearest(session=session, embedding=[1, 1, 1, 1]) == []


def test_retention_takes_what_is_older_than_its_study_keeps_it(cast: Cast):
    old, young = ended(cast, days_ago=40), ended(cast, days_ago=10)
    assert retention_apply() == 0  # no study sets a time
    Study.objects.filter(pk=cast.study.pk).update(retention_days=30)
    assert "1 rehearsals are older" in told("apply_retention", "--dry-run")
    assert not Erasure.objects.exists()
    assert "Erased: 1 rehearsals." in told("apply_retention", "--days", "5")  # the study's own time counts
    old.refresh_from_db()
    young.refresh_from_db()
    assert old.erased_at
    assert young.erased_at is None
    assert Erasure.objects.get().reason == Reason.RETENTION
    assert "Erased: 0 rehearsals." in told("apply_retention")


def test_days_count_where_a_study_sets_none_and_nonsense_is_refused(cast: Cast):
    ended(cast, days_ago=40)
    assert "Erased: 1 rehearsals." in told("apply_retention", "--days", "30")
    with pytest.raises(CommandError, match="1 or more"):
        told("apply_retention", "--days", "0")


def test_a_person_is_erased_with_all_that_they_said_and_can_sign_in_no_more(cast: Cast, client):
    session = ended(cast)
    assert "Nothing was changed" in told("erase_person", "tess", "--dry-run")
    client.force_login(cast.tess)
    assert "Erased: 1 rehearsals" in told("erase_person", "tess", "--yes")
    session.refresh_from_db()
    person = User.objects.get(pk=cast.tess.pk)
    assert session.erased_at
    assert (person.username, person.display_name, person.email) == (f"erased-{person.pk}", "", "")
    assert not person.has_usable_password()
    assert client.get(reverse("account")).status_code == 302  # the browser that was signed in is not any more
    person_erase(person=person, by="command")  # again
    assert Erasure.objects.count() == 1
    with pytest.raises(CommandError, match="no account 'tess'"):
        told("erase_person", "tess", "--yes")


def test_what_a_backup_brings_back_is_erased_again(cast: Cast):
    session = ended(cast)
    person_erase(person=cast.theo, by="command")
    sessions_erase(sessions=[session], reason=Reason.REQUEST, by="command")
    assert erasure_list_extend() == 2
    assert erasure_list_extend() == 0
    with erasure_list_path().open("a") as file:
        file.write('{"kind": "sess')  # cut off
    assert len(erasure_list_read(erasure_list_path())) == 2
    # As a restore of an older backup would have it:
    Session.objects.filter(pk=session.pk).update(erased_at=None)
    User.objects.filter(pk=cast.theo.pk).update(username="theo", display_name="Theo")
    assert erased_again() == (1, 1)
    assert User.objects.get(pk=cast.theo.pk).display_name == ""
    assert erased_again() == (0, 0)
