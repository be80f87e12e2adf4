"""Reply delays come from one distribution, drawn before anybody knows who answers."""

from datetime import timedelta
from statistics import median

import pytest
from django.utils import timezone

from simulator.models import Session
from simulator.services.message import message_post
from simulator.services.pacing import due_as_of_a_person, reply_delay_s
from tests.cast import Cast


def test_delays_are_reproducible_and_within_the_limit(cast: Cast):
    session = cast.session(pacing_scale=1.0)
    delays = [reply_delay_s(session=session, turn_number=number) for number in range(400)]
    assert delays == [reply_delay_s(session=session, turn_number=number) for number in range(400)]
    pacing = cast.scenario.content.pacing
    assert min(delays) > 0
    assert max(delays) <= pacing.max_s
    assert 0.8 * pacing.median_s < median(delays) < 1.25 * pacing.median_s


def test_a_scale_of_zero_answers_at_once(cast: Cast):
    assert reply_delay_s(session=cast.session(pacing_scale=0.0), turn_number=1) == 0.0


def _answered_by_will(cast: Cast, seconds: float, count: int) -> None:
    """Turns that a person answered after so many seconds, in one room."""
    session = cast.session(cast.theo, pacing_scale=1.0)
    now = timezone.now()
    for number in range(1, count + 1):
        message_post(session=session, teacher=cast.theo, client="t", txn=f"m{number}", text="Why is that?")
        decided = now + timedelta(seconds=seconds)
        turn = {"status": "replied", "opened_at": now, "decided_at": decided, "answered_by": cast.will.actor}
        session.turns.filter(number=number).update(**turn)


def _waits_s(cast: Cast, **options: float) -> list[float]:
    """How long replies of the machine wait in forty rooms."""
    found = []
    for place in range(40):
        session = cast.session(**options)
        Session.objects.filter(pk=session.pk).update(seed=place)
        message_post(session=session, teacher=cast.tess, client="t", txn="m", text="Why is that?")
        turn = session.turns.select_related("session__scenario").get()
        found.append((due_as_of_a_person(session=turn.session, turn=turn) - turn.opened_at).total_seconds())
    return found


def test_the_machine_waits_as_long_as_people_took_lately(cast: Cast):
    _answered_by_will(cast, 15.0, 30)
    assert _waits_s(cast, pacing_scale=1.0) == pytest.approx([15.0] * 40)


def test_when_people_grow_slower_the_machine_soon_does(cast: Cast):
    _answered_by_will(cast, 6.0, 100)
    _answered_by_will(cast, 15.0, 40)
    assert _waits_s(cast, pacing_scale=1.0) == pytest.approx([15.0] * 40)


def test_before_enough_people_have_answered_their_time_is_supposed(cast: Cast):
    waits = _waits_s(cast, pacing_scale=1.0)
    assert 7.0 < median(waits) < 12.0
    assert len(set(waits)) > 10


def test_where_replies_come_at_once_nobody_waits(cast: Cast):
    _answered_by_will(cast, 15.0, 30)
    assert _waits_s(cast, pacing_scale=0.0) == [0.0] * 40


def test_another_study_tells_nothing_about_this_one(cast: Cast):
    _answered_by_will(cast, 15.0, 30)
    Session.objects.filter(teacher=cast.theo).update(study=cast.other_study)
    assert max(_waits_s(cast, pacing_scale=1.0)) != 15.0
