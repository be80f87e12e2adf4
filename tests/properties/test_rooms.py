"""Whatever happens in a room, in whatever order: one answer a turn, and a log that tells all of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.models import Session, TurnStatus
from simulator.models.turn import UNANSWERED
from simulator.projection import Viewer
from simulator.selectors.event import batch_after, events_for, events_since
from simulator.student.state import StudentState, apply_effects
from tests.cast import Cast
from tests.properties.stage import Stage

ACTIONS = (
    "send", "take", "predict", "crash", "fail", "claim", "release", "decide", "seize", "hand_back", "mode",
    "wait", "end",
)  # fmt: skip
# The common course of a turn comes up more often than its accidents.
WEIGHTED = (*ACTIONS, "send", "send", "take", "predict", "claim", "decide", "decide", "wait", "wait")
STEPS = st.lists(
    st.tuples(st.sampled_from(WEIGHTED), st.integers(0, 1), st.integers(0, 11)), min_size=25, max_size=60
)
VIEWERS: tuple[Viewer, ...] = ("teacher", "supervisor", "researcher")
MAIN = ("reply", "fallback")


@contextmanager
def thrown_away_room(cast: Cast) -> Iterator[Stage]:
    """A room under a clock that only its own actions move; afterwards nothing of it is left."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        stage = Stage(cast, timezone.now())
        patch.setattr(timezone, "now", lambda: stage.now)
        yield stage
        transaction.set_rollback(True)


def check_log(session: Session) -> None:
    events = list(session.events.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, session.head + 1))
    state = StudentState.initial(session.scenario.content)
    for event in events:
        state = apply_effects(session.scenario.content, state, event.payload.get("effects", []))
    assert state.to_json() == session.student_state.to_json()


def check_turns(session: Session) -> None:
    replies = [
        event.turn
        for event in session.events.filter(type="message.posted", persona="student")
        if event.payload["kind"] in MAIN
    ]
    assert len(replies) == len(set(replies))
    turns = list(session.turns.order_by("number"))
    assert [turn.number for turn in turns] == list(range(1, len(turns) + 1))
    answered = {turn.number for turn in turns if turn.status == TurnStatus.REPLIED}
    assert answered == set(replies)
    assert sum(turn.status in UNANSWERED for turn in turns) <= 1


def check_views(session: Session, cuts: Sequence[int]) -> None:
    """A snapshot and the batches after it are the whole, for every role and wherever the socket broke."""
    for viewer in VIEWERS:
        whole = events_for(session=session, viewer=viewer)
        snapshot = events_since(session=session, viewer=viewer, cursor=None)
        assert (snapshot.events, snapshot.reset) == (whole, True)
        seen: list[dict[str, object]] = []
        for cut in sorted(cut % (session.head + 1) for cut in cuts):
            seen = [event for event in whole if _seq(session, event) <= cut]
        cursor = str(seen[-1]["id"]) if seen else None
        resumed = events_since(session=session, viewer=viewer, cursor=cursor)
        assert [*(seen if cursor else []), *resumed.events] == whole
        assert batch_after(session=session, viewer=viewer, seq=session.head, cursor=cursor).events == []


def _seq(session: Session, event: dict[str, object]) -> int:
    return session.events.get(pk=event["id"]).seq


@pytest.mark.slow
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, cuts=st.lists(st.integers(0, 200), max_size=3))
def test_any_order_of_events_keeps_every_promise(cast: Cast, steps: Sequence[tuple[str, int, int]], cuts):
    with thrown_away_room(cast) as stage:
        for name, who, choice in steps:
            stage.act(name, who, choice)
            stage.now += timedelta(milliseconds=200)
            check_turns(stage.fresh())
        check_log(stage.fresh())
        check_views(stage.fresh(), cuts)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_happened_a_teacher_gets_an_answer_in_the_end(
    cast: Cast, steps: Sequence[tuple[str, int, int]]
):
    """After the longest deadline no turn of an open room is without a reply, whoever died meanwhile."""
    with thrown_away_room(cast) as stage:
        for name, who, choice in steps:
            stage.act(name, who, choice)
        for _ in range(4):
            stage.act("wait", 0, 5)
        assert not stage.session.turns.filter(status__in=UNANSWERED).exists()
