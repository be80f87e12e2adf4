"""A wall clock that is set back while somebody waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from simulator import clock
from simulator.models import Session, TurnStatus
from simulator.services.message import message_post
from simulator.services.setback import TOLERANCE
from tests.cast import Cast


@pytest.fixture
def waiting(cast: Cast) -> Session:
    """A room in which nobody has answered yet; no engine runs."""
    session = cast.session(pacing_scale=1.0)
    message_post(session=session, teacher=session.teacher, client="tab", txn="1", text="How long is it?")
    return session


def at(monkeypatch: pytest.MonkeyPatch, moment: object) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_a_clock_set_back_by_hours_lets_nobody_wait_for_hours(waiting: Session, monkeypatch):
    before = timezone.now()
    turn = waiting.turns.get()
    promised = turn.fallback_at - turn.opened_at
    session_lasts = waiting.deadline_at - waiting.last_active_at
    at(monkeypatch, before - timedelta(hours=3))
    clock.tick()
    turn.refresh_from_db()
    assert turn.fallback_at == timezone.now() + promised
    waiting.refresh_from_db()
    assert waiting.deadline_at - timezone.now() < session_lasts + TOLERANCE
    at(monkeypatch, turn.fallback_at + timedelta(seconds=1))
    clock.tick()
    turn.refresh_from_db()
    assert (turn.status, turn.answered_by) == (TurnStatus.REPLIED, "system")


def test_clocks_that_differ_a_little_move_nothing(waiting: Session, monkeypatch):
    opened = waiting.turns.get().opened_at
    at(monkeypatch, opened - TOLERANCE / 2)
    clock.tick()
    assert waiting.turns.get().opened_at == opened


def test_a_lease_does_not_outlive_a_clock_that_was_set_back(waiting: Session, monkeypatch):
    """Else a dead engine would hold the turn until the old time comes again."""
    waiting.turns.update(status=TurnStatus.PREDICTING, lease_until=timezone.now() + timedelta(seconds=6))
    at(monkeypatch, timezone.now() - timedelta(hours=1))
    clock.tick()
    assert waiting.turns.get().lease_until < timezone.now() + timedelta(seconds=8)
