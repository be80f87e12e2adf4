"""Whatever happens in a room, in whatever order: one answer a turn, and a log that tells all of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.models import Event, Session, TurnStatus
from simulator.models.turn import UNANSWERED
from simulator.projection import Viewer
from simulator.selectors.event import batch_after, events_for, events_since
from simulator.student.state import StudentState, apply_effects
from tests.cast import Cast
from tests.properties.stage import Stage

ACTIONS = (
    "send", "take", "predict", "crash", "fail", "claim", "release", "decide", "seize", "hand_back", "mode",
    "wait", "set_back", "end",
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
    """What the log says is what the projections say: the student's state, the room, every turn."""
    events = list(session.events.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, session.head + 1))
    state = StudentState.initial(session.scenario.content)
    for event in events:
        state = apply_effects(session.scenario.content, state, event.payload.get("effects", []))
    assert state.to_json() == session.student_state.to_json()
    check_room(session, events)
    said = {event.turn: event.pk for event in events if event.type == "message.posted" and _is_main(event)}
    assert said == {turn.number: turn.reply_id for turn in session.turns.exclude(reply=None)}
    asked = {event.turn: event.pk for event in events if event.persona == "teacher"}
    assert asked == {turn.number: turn.asked_id for turn in session.turns.all()}


def check_room(session: Session, events: Sequence[Event]) -> None:
    """Mode, end and who has taken over, replayed from the log."""
    mode, ended, seized_by = "backup", "", ""
    for event in events:
        if event.type in ("session.started", "session.mode_changed"):
            mode = event.payload["mode"]
        elif event.type == "session.ended":
            ended, seized_by = event.payload["reason"], ""
        elif event.type == "session.seized":
            seized_by = event.actor
        elif event.type == "session.handed_back":
            seized_by = ""
    live = session.seized_by.actor if session.seized_by else ""
    assert (mode, ended, seized_by) == (session.mode, session.end_reason, live)


def _is_main(event: Event) -> bool:
    return event.persona == "student" and event.payload["kind"] in MAIN


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


class Watcher:
    """A browser of one kind of viewer: a snapshot at first, then batches; now and then it comes back anew."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.events: list[dict[str, object]] = []
        self._seq: int | None = None
        self._cursor: str | None = None

    def look(self, session: Session, *, anew: bool) -> None:
        if anew or self._seq is None:
            batch = events_since(session=session, viewer=self.viewer, cursor=self._cursor)
        else:
            batch = batch_after(session=session, viewer=self.viewer, seq=self._seq, cursor=self._cursor)
        assert batch.reset == (self._cursor is None and (anew or self._seq is None))
        self.events = [*([] if batch.reset else self.events), *batch.events]
        self._seq, self._cursor = batch.seq, batch.cursor

    def check(self, session: Session) -> None:
        """Once everything has been sent, the browser holds the whole, each event once and in its order."""
        self.look(session, anew=False)
        assert self.events == events_for(session=session, viewer=self.viewer)


@pytest.mark.slow
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, looks=st.lists(st.sampled_from(("", "look", "anew")), min_size=60, max_size=60))
def test_any_order_of_events_keeps_every_promise(
    cast: Cast, steps: Sequence[tuple[str, int, int]], looks: Sequence[str]
):
    watchers = [Watcher(viewer) for viewer in VIEWERS]
    with thrown_away_room(cast) as stage:
        for (name, who, choice), look in zip(steps, looks, strict=False):
            stage.act(name, who, choice)
            stage.now += timedelta(milliseconds=200)
            check_turns(stage.fresh())
            for watcher in watchers if look else ():
                watcher.look(stage.fresh(), anew=look == "anew")
        check_log(stage.fresh())
        for watcher in watchers:
            watcher.check(stage.fresh())


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
