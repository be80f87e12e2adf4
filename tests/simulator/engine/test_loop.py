"""One batch of the engine: turns of several rooms, each answered as if it were alone."""

import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from models_zoo.routing.joint import JointModel, Term
from simulator.engine.joint import JointInForce
from simulator.engine.loop import Engine
from simulator.models import JointFit, Session, Turn, TurnStatus
from simulator.services.message import message_post
from simulator.services.turn import turns_take
from tests.cast import Cast

SAID = ["How long is the blue one?", "Hello!", "Why did you add 3?"]


@pytest.fixture
def engine(settings, tmp_path) -> Engine:
    settings.MODEL_STORE = tmp_path / "models"
    made = Engine()
    made.model.start()
    made.batch.took(1, 0.001)  # as if it had been quick before: the first batches are small
    return made


def ask(session: Session, text: str) -> Turn:
    message_post(session=session, teacher=session.teacher, client="tab", txn="t", text=text)
    return session.turns.get()


def test_all_rooms_are_answered_in_one_batch_and_each_as_if_alone(cast: Cast, engine: Engine):
    turns = [ask(cast.session(), text) for text in SAID]
    assert engine.step()
    assert not Turn.objects.filter(status__in=[TurnStatus.OPEN, TurnStatus.PREDICTING]).exists()
    for turn in turns:
        stored = Turn.objects.get(pk=turn.pk).prediction
        seed = turn.session.seed ^ turn.number
        (alone,) = engine.model.predictor.understand([turn.text], passes=stored["passes"], seed=seed)
        assert stored["seed"] == seed
        assert stored["understanding"]["dialogue_act"] == alone.dialogue_act.to_json()
        assert stored["understanding"]["entity_uncertainty"] == alone.entity_uncertainty.to_json()


def test_a_turn_whose_room_is_broken_leaves_the_others_alone(cast: Cast, engine: Engine):
    good, bad = ask(cast.session(), SAID[0]), ask(cast.session(), SAID[1])
    Session.objects.filter(pk=bad.session_id).update(state={"nonsense": True})
    assert engine.step()
    assert Turn.objects.get(pk=bad.pk).route == "failed"
    assert Turn.objects.get(pk=good.pk).prediction["model_version"] == engine.model.version


def test_taking_more_turns_takes_no_more_queries(cast: Cast):
    def queries(rooms: int) -> int:
        for number in range(rooms):
            ask(cast.session(), f"Hello {number}")
        with CaptureQueriesContext(connection) as captured:
            assert len(turns_take(engine="engine:a", limit=64)) == rooms
        return len(captured)

    assert queries(2) == queries(6)


def test_what_verdicts_taught_decides_the_joint_uncertainty(cast: Cast, engine: Engine):
    first, second = (ask(cast.session(), SAID[0]) for _ in range(2))
    version = engine.model.version
    taught = JointModel(terms=(Term("words", 0.0, 1.0, -3.0),), intercept=0.0, n=50, wrong=10)
    asked = Turn.objects.filter(pk=second.pk)
    asked.update(status=TurnStatus.PREDICTING, holder="later", attempts=99)
    assert engine.step()
    asked.update(status=TurnStatus.OPEN, holder="", attempts=0)
    JointFit.objects.create(
        model_version=version, version=taught.version, content=taught.to_json(), n=50, wrong=10
    )
    engine.joint = JointInForce()
    assert engine.step()
    before, after = (Turn.objects.get(pk=turn.pk).prediction for turn in (first, second))
    assert (before["joint_version"], after["joint_version"]) == ("prior", taught.version)
    assert before["joint"] == before["prior"] == pytest.approx(after["prior"], abs=0.1)
    assert after["joint_parts"]["words"] == pytest.approx(-3 * math.log1p(6), abs=1e-3)
    assert after["joint"] < after["prior"]
