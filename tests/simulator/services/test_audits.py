"""Blind audits: drawn at the stated rate, told by no frame, judged, and never a teacher's loss."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from simulator import clock
from simulator.models import Session, Turn, TurnStatus
from simulator.selectors import events_for, room_detail, rooms_for
from simulator.services import room
from simulator.services.supervision import candidate_reject, turn_claim
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast

from .test_turns import ask, decide, prediction, spoken

pytestmark = pytest.mark.django_db
STAGES = ("dialogue_act", "question_type", "entities", "familiarity", "reply")


def predicted(*, joint: float, share: float, scale: float = 1.0) -> Prediction:
    """A prediction whose stages doubt in the same proportions, ``scale`` times as much."""
    stages = [
        {"name": name, "label": "x", "confidence": 1 - 0.1 * scale, "uncertainty": 0.1 * (place + 1) * scale}
        | dict.fromkeys(("predictive_entropy", "expected_entropy", "mutual_information"), 0.2 * scale)
        for place, name in enumerate(STAGES)
    ]
    candidates = [one | {"score": one["score"] * scale} for one in prediction().candidates]
    return replace(prediction(), joint=joint, audit_share=share, stages=stages, candidates=candidates)


def routed(cast: Cast, found: Prediction, **options: object) -> Turn:
    session = cast.session(**options)
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=1)
    turn_predict(turn=taken, prediction=found)
    return Turn.objects.get(pk=taken.pk)


def test_a_confident_turn_is_audited_with_its_chance_stored(cast: Cast):
    turn = routed(cast, predicted(joint=0.1, share=1.0))
    assert (turn.status, turn.route, turn.audited, turn.audit_share) == (
        TurnStatus.BACKUP_WAIT,
        "uncertain",
        True,
        1.0,
    )


def test_without_audits_the_machine_answers(cast: Cast):
    turn = routed(cast, predicted(joint=0.1, share=0.0))
    assert (turn.status, turn.audited, turn.audit_share) == (TurnStatus.AUTO, False, 0.0)


def test_an_uncertain_turn_is_no_audit_but_keeps_the_chance(cast: Cast):
    turn = routed(cast, predicted(joint=0.9, share=0.2))
    assert (turn.audited, turn.audit_share, turn.route) == (False, 0.2, "uncertain")


def test_in_verify_every_turn_has_a_verdict_for_certain(cast: Cast):
    turn = routed(cast, predicted(joint=0.1, share=0.2), mode="verify")
    assert (turn.audited, turn.audit_share, turn.route) == (False, 1.0, "verify")


def test_the_draw_keeps_its_rate_and_does_not_change(cast: Cast):
    """A hand-back routes a turn again: it must not get a second chance to be audited."""
    turn = routed(cast, predicted(joint=0.1, share=0.3))
    outcomes = []
    for seed in range(100):
        Session.objects.filter(pk=turn.session_id).update(seed=seed)
        pair = []
        for _again in range(2):
            session = Session.objects.get(pk=turn.session_id)
            room.session_seize(session=session, user=cast.will)
            room.session_hand_back(session=session, user=cast.will)
            pair.append(Turn.objects.get(pk=turn.pk).audited)
        assert pair[0] == pair[1]
        outcomes.append(pair[0])
    assert 7 <= sum(outcomes) <= 53  # 100 draws at 0.3: five standard deviations around 30


def _frames(cast: Cast, turn: Turn) -> list[Any]:
    """All that the console gets of a turn, without what differs between any two turns."""
    session = turn.session
    session.refresh_from_db()
    events = events_for(session=session, viewer="supervisor")
    for event in events:
        for key in ("id", "ts", "cause"):
            event.pop(key)
    (shown,) = [one for one in rooms_for(cast.will) if one["session"] == str(session.public_id)]
    detail = room_detail(cast.will, session)
    assert detail is not None
    for moments in (detail, shown["turn"]):
        for key in ("opened_at", "stall_at", "fallback_at"):
            moments.pop(key)
    for key in ("session", "started_at", "deadline_at"):
        shown.pop(key)
    return [events, shown, detail]


@pytest.mark.parametrize("claimed", [False, True])
def test_no_frame_of_the_console_tells_an_audit(cast: Cast, claimed: bool):
    """The same turn, once sure and audited, once six times as doubtful: the console gets the same."""
    sure = routed(cast, predicted(joint=0.05, share=1.0, scale=0.3))
    unsure = routed(cast, predicted(joint=0.9, share=1.0, scale=1.8))
    assert (sure.audited, unsure.audited) == (True, False)
    if claimed:
        for turn in (sure, unsure):
            turn_claim(session=turn.session, number=1, user=cast.will)
    assert _frames(cast, sure) == _frames(cast, unsure)


def test_the_teachers_moments_are_those_of_any_turn(cast: Cast):
    """Pacing is drawn before anybody knows that the turn is audited."""
    audited = routed(cast, predicted(joint=0.1, share=1.0))
    other = routed(cast, predicted(joint=0.9, share=0.0))
    for turn in (audited, other):
        turn.session.refresh_from_db()
    assert audited.stall_at - audited.opened_at == other.stall_at - other.opened_at
    assert audited.fallback_at - audited.opened_at == other.fallback_at - other.opened_at


def test_when_nobody_answers_an_audit_the_machine_does(cast: Cast):
    turn = routed(cast, predicted(joint=0.1, share=1.0))
    Turn.objects.filter(pk=turn.pk).update(fallback_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    turn.refresh_from_db()
    assert (turn.status, turn.answered_by, turn.audited) == (TurnStatus.REPLIED, "machine:v1", True)
    assert turn.machine_wrong is None
    assert spoken(turn.session) == ["It is 6 cm."]


@pytest.mark.parametrize(
    ("how", "wrong"),
    [
        ({"action": "pick", "candidate": 0}, False),
        ({"action": "pick", "candidate": 1}, True),
        ({"action": "edit", "candidate": 0, "text": "it is 6 cm!"}, False),
        ({"action": "edit", "candidate": 0, "text": "It is 7 cm."}, True),
        ({"action": "type", "candidate": None, "text": "I have no idea."}, True),
    ],
)
def test_the_supervisors_answer_is_the_verdict(cast: Cast, how: dict[str, Any], wrong: bool):
    turn = routed(cast, predicted(joint=0.1, share=1.0))
    decide(turn, cast.will, **how)
    turn.refresh_from_db()
    assert turn.machine_wrong is wrong
    decided = turn.session.events.get(type="turn.decided")
    assert decided.payload["machine_wrong"] is wrong


def test_a_refused_candidate_was_wrong_even_when_it_is_said(cast: Cast):
    turn = routed(cast, predicted(joint=0.1, share=1.0))
    claimed = turn_claim(session=turn.session, number=1, user=cast.will)
    candidate_reject(
        session=turn.session, number=1, user=cast.will, epoch=claimed.epoch, candidate=0, reason="off"
    )
    decide(claimed, cast.will)
    turn.refresh_from_db()
    assert turn.machine_wrong is True
