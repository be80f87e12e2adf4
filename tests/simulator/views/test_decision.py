"""The page that explains one decision."""

import re
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from models_zoo.types import Distribution, Uncertainty, Understanding
from simulator.engine.scope.detector import Scope
from simulator.engine.uncertainty import joint_uncertainty, stages_of
from simulator.models import KnownExchange, Session, Turn, User
from simulator.selectors.decision import decision_for, shares_of
from simulator.services.message import message_post
from simulator.services.repair import Repair, turn_repair
from simulator.services.supervision import Decision, turn_decide
from simulator.services.turn import Prediction, turn_predict, turns_take
from simulator.student.respond import Candidate
from simulator.views.decision_charts import LEAST_GAP, WIDTH, gauge_of, lessons_of, moments_of
from tests.cast import Cast

REPLY = Candidate("I added 12.", "rule", 0.8, "why", ())


def understood(text: str) -> Understanding:
    torn = Uncertainty(0.9, 0.6, 0.3)
    return Understanding(
        text=text,
        dialogue_act=Distribution(("Pump/Value", "Inform", "None"), (0.5, 0.3, 0.2), torn),
        question_type=Distribution(("Other", "Procedural and Factual"), (0.6, 0.4), torn),
        entities=(),
        entity_uncertainty=Uncertainty(0.1, 0.1, 0.0),
        embedding=(1.0,),
        familiarity=0.5,
        passes=30,
        seed=1,
        model_version="v1",
    )


def predicted(cast: Cast, *, known: KnownExchange | None = None) -> Turn:
    """A waiting turn with everything that the engine stores."""
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    (turn,) = turns_take(engine="engine:test", limit=1)
    found = understood(turn.text)
    scope = Scope("topic", 0.7, 0.3, (("How come?", 0.8, "short"),))
    stages = stages_of(found, [REPLY], scope)
    exchanges = [{"exchange": known.pk, "similarity": 0.66}] if known else []
    prediction = Prediction(
        understanding=found.to_json() | {"scope": scope.to_json(), "exchanges": exchanges},
        candidates=[REPLY.to_json()],
        stages=[stage.to_json() for stage in stages],
        joint=round(joint_uncertainty(stages, source="rule"), 4),
        threshold=0.35,
        threshold_origin="scenario main v1",
        passes=30,
        seed=1,
        model_version="v1",
        engine_ms=12,
    )
    turn_predict(turn=turn, prediction=prediction)
    return session.turns.get()


def page(turn: Turn, user: User) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("decision", args=[turn.session.public_id, turn.number]))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_tells_score_threshold_stages_and_what_is_near(cast: Cast):
    turn = predicted(cast)
    for person in (cast.will, cast.rosa):
        shown = page(turn, person)
        assert "Why is that?" in shown
        assert f"{turn.joint_uncertainty:.2f}" in shown
        assert "scenario main v1" in shown
        assert "0.900 nats = 0.600 expected + 0.300 mutual information" in shown
        assert "How come?" in shown
        assert "I added 12." in shown
        assert "does not tell how much" not in shown


def test_what_the_supervisor_did_is_told(cast: Cast):
    turn = predicted(cast)
    repair = Repair("console", "r1", turn.epoch, dialogue_act="Pump/Testing", elapsed_ms=2300)
    repaired = turn_repair(session=turn.session, number=1, user=cast.will, repair=repair)
    decision = Decision("console", "d1", repaired.epoch, "type", text="Because it grows.", elapsed_ms=4100)
    turn_decide(session=turn.session, number=1, user=cast.will, decision=decision)
    shown = page(turn, cast.rosa)
    assert "Because it grows." in shown
    assert "2.3 s after it was shown" in shown
    assert "act: Pump/Testing" in shown


def test_a_turn_that_was_stored_before_is_explained_as_far_as_the_log_goes(cast: Cast):
    turn = predicted(cast)
    old = {"candidates": [REPLY.to_json()], "joint": 0.9, "threshold": 0.35, "understanding": {}, "stages": [
        {"name": "dialogue_act", "label": "Inform", "confidence": 0.5, "uncertainty": 0.5}]}  # fmt: skip
    Turn.objects.update(prediction=old)
    assert "does not tell how much" in page(turn, cast.rosa)
    Turn.objects.update(prediction={}, joint_uncertainty=None, route="failed")
    assert "There is no score" in page(turn, cast.rosa)
    Session.objects.get().events.filter(type__startswith="turn.").delete()
    assert "There is no score" in page(turn, cast.rosa)


def test_in_a_study_with_blind_audits_a_supervisor_sees_no_figure(cast: Cast):
    turn = predicted(cast)
    Turn.objects.update(prediction=turn.prediction | {"audit_share": 0.1})
    shown = page(turn, cast.will)
    assert "audits blindly" in shown
    assert "I added 12." in shown
    assert not re.search(
        r"\bnats\b|of the score|confidence \d|How come\?|<meter|class=\"near__figure\"", shown
    )
    assert f"{turn.joint_uncertainty:.2f}" not in shown
    assert "0.900 nats" in page(turn, cast.rosa)


def test_exchanges_of_other_studies_are_not_shown(cast: Cast):
    foreign = cast.session(cast.oscar)
    message_post(session=foreign, teacher=cast.oscar, client="tab", txn="m1", text="A foreign question")
    foreign.turns.update(status="replied")
    known = KnownExchange.objects.create(
        turn=foreign.turns.get(), scenario_slug="x", teacher_text="A foreign question", reply_text="Foreign."
    )
    turn = predicted(cast, known=known)
    assert decision_for(cast.rosa, str(turn.session.public_id), 1).exchanges == []
    cast.other_study.members.add(cast.rosa)
    (near,) = decision_for(cast.rosa, str(turn.session.public_id), 1).exchanges
    assert (near.text, near.similarity) == ("A foreign question", 0.66)


def test_the_shares_of_the_stages_make_the_whole_score(cast: Cast):
    turn = predicted(cast)
    shares = shares_of(turn.prediction["stages"], turn.prediction)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["dialogue_act"] > shares["question_type"]
    assert shares_of(turn.prediction["stages"], turn.prediction | {"prior": None, "joint": 0.01}) == {}


def test_what_verdicts_have_taught_is_drawn_to_both_sides(cast: Cast):
    turn = predicted(cast)
    parts = {"dialogue_act.uncertainty": 0.8, "reply.confidence": -0.4, "words": 0.001}
    prediction = turn.prediction | {"prior": turn.prediction["joint"], "joint": 0.2, "joint_parts": parts}
    worse, better = lessons_of(prediction)
    assert (worse.signal, worse.x, worse.width) == ("dialogue_act.uncertainty", WIDTH / 2, WIDTH / 2)
    assert (better.signal, better.x + better.width) == ("reply.confidence", WIDTH / 2)
    assert shares_of(prediction["stages"], prediction)
    Turn.objects.update(prediction=prediction)
    assert "reply.confidence" in page(turn, cast.rosa)
    assert lessons_of({}) == []


def test_parts_fill_the_bar_up_to_the_score(cast: Cast):
    turn = predicted(cast)
    stages = decision_for(cast.rosa, str(turn.session.public_id), 1).stages
    gauge = gauge_of(turn.prediction, stages)
    assert gauge is not None
    assert gauge.above
    assert gauge.length == pytest.approx(turn.prediction["joint"] * WIDTH, abs=0.1)
    last = gauge.pieces[-1]
    assert last.x + last.width == pytest.approx(gauge.length, abs=3)


def test_moments_keep_apart_and_inside():
    events = [
        {"ts": f"2026-01-01T10:00:{second}+00:00", "type": "turn.shown", "actor": "user:1", "payload": {}}
        for second in ("00.0", "00.1", "00.2", "30.0", "30.0", "30.1")
    ]
    places = [moment.x for moment in moments_of(events)]
    assert places[0] >= 0
    assert places[-1] <= WIDTH
    assert min(b - a for a, b in pairwise(places)) >= LEAST_GAP - 0.2
    assert moments_of([]) == []
