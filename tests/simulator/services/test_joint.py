"""The joint uncertainty learns from verdicts, after sessions and for new versions, not from its judges."""

import random
import uuid
from copy import copy
from typing import Any

import pytest
from django.db.models.base import ModelState
from django_tasks_db.models import DBTaskResult

from models_zoo.routing.joint import PRIOR
from simulator.engine.joint import JointInForce, judged
from simulator.models import Event, JointFit, Session, Turn, TurnStatus
from simulator.selectors.joint import joint_examples, joint_in_force
from simulator.selectors.routing import routing_detail
from simulator.selectors.verdicts import verdicts_of
from simulator.services.joint import joint_refit
from simulator.services.session import session_end
from simulator.services.turn import Prediction
from tests.cast import Cast

from .test_turns import CANDIDATES, ask

pytestmark = pytest.mark.django_db


def prediction(act: float, reply: float, *, version: str = "v1") -> dict[str, Any]:
    """What an engine stored: two stages that doubt so much, a prior that hears only the reply."""
    stages = [
        {"name": "dialogue_act", "uncertainty": act, "mutual_information": 0.1, "variation_ratio": 0.0},
        {"name": "reply", "uncertainty": 1 - reply, "confidence": reply, "agreement": 1.0, "nearest": None},
    ]
    return Prediction({}, CANDIDATES, stages, round(1 - reply, 3), 0.35, "test", 30, 1, version, 5).to_json()


def verdict(cast: Cast, number: int) -> Turn:
    """A judged turn of a session of its own: wrong the more likely, the more the act is doubted."""
    return verdicts_like(cast, [number])[0]


def verdicts_like(cast: Cast, seeds: list[int]) -> list[Turn]:
    """Copies of one asked turn in sessions of these seeds, judged."""
    turn = ask(cast.session())
    turn.session.refresh_from_db()
    sessions = Session.objects.bulk_create(
        copied(turn.session, public_id=uuid.uuid4(), seed=seed) for seed in seeds
    )
    events = Event.objects.bulk_create(
        copied(turn.asked, id=uuid.uuid4(), session=session, txn=str(session.pk)) for session in sessions
    )
    return Turn.objects.bulk_create(
        copied(turn, session=event.session, asked=event, answered_by=cast.will.actor, **judgement(seed))
        for seed, event in zip(seeds, events, strict=True)
    )


def copied(row: Any, **changes: Any) -> Any:
    again = copy(row)
    again.pk, again._state = None, ModelState()
    for name, value in changes.items():
        setattr(again, name, value)
    return again


def judgement(number: int) -> dict[str, Any]:
    draw = random.Random(number)
    act, reply = draw.random(), draw.uniform(0.5, 0.9)
    return {
        "status": TurnStatus.REPLIED,
        "route": "verify",
        "prediction": prediction(act, reply),
        "joint_uncertainty": 1 - reply,
        "model_version": "v1",
        "audit_share": 1.0,
        "machine_wrong": draw.random() < act,
    }


@pytest.fixture
def verdicts(cast: Cast) -> list[Turn]:
    return verdicts_like(cast, list(range(200)))


def test_without_verdicts_the_prior_is_in_force(cast: Cast):
    assert joint_refit(model_version="v1") is None
    assert joint_in_force("v1") is PRIOR


def test_verdicts_teach_what_the_prior_did_not_hear(verdicts: list[Turn]):
    fit = joint_refit(model_version="v1")
    assert fit is not None
    assert fit.n == 100  # the sessions of even seed; the others judge
    sure, unsure = prediction(0.0, 0.8), prediction(1.0, 0.8)
    model = joint_in_force("v1")
    asked = {"text": "How long is it?", "number": 1}
    low, high = (judged(Prediction(**_stored(one)), model, **asked) for one in (sure, unsure))
    assert low.joint < 0.3 < 0.6 < high.joint
    assert low.prior == high.prior == pytest.approx(0.2)
    assert high.joint_parts["dialogue_act.uncertainty"] > 0
    assert fit.figures["auroc"]["joint"] > fit.figures["auroc"]["product"]
    assert fit.figures["error_at_half"]["joint"] < fit.figures["error_at_half"]["product"]


def _stored(prediction: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in prediction.items() if name != "prior"}


def test_the_same_verdicts_give_the_same_fit_once(verdicts: list[Turn]):
    first = joint_refit(model_version="v1")
    assert joint_refit(model_version="v1") == first
    assert JointFit.objects.count() == 1


def test_a_new_version_begins_with_what_its_forerunners_taught(verdicts: list[Turn]):
    fit = joint_refit(model_version="v2")
    assert fit is not None
    assert fit.content["origin"] == {"v1": 100}
    assert joint_in_force("v1") is PRIOR


def test_a_withdrawn_teacher_teaches_nothing(verdicts: list[Turn], cast: Cast):
    from django.utils import timezone

    from simulator.models import Consent

    Consent.objects.filter(person=cast.tess).update(withdrawn_at=timezone.now())
    assert joint_examples(learn=True) == []


def test_audited_turns_count_for_those_that_nobody_saw(cast: Cast):
    turn = verdict(cast, 0)
    Turn.objects.filter(pk=turn.pk).update(route="uncertain", audited=True, audit_share=0.25)
    (example,) = joint_examples(learn=True)
    assert example.weight == 4.0


def test_the_guarantee_rests_on_the_other_sessions_scored_anew(verdicts: list[Turn]):
    study, slug = verdicts[0].session.study_id, verdicts[0].session.scenario.slug
    before = verdicts_of(study, slug)
    assert len(before.scores) == 200
    joint_refit(model_version="v1")
    after = verdicts_of(study, slug)
    assert len(after.scores) == 100
    odd = [turn.joint_uncertainty for turn in verdicts if turn.session.seed % 2]
    assert len(odd) == 100
    assert list(after.scores) != pytest.approx(odd)


def test_a_line_of_another_world_stays_doubtful_whatever_verdicts_say(verdicts: list[Turn]):
    joint_refit(model_version="v1")
    strange = prediction(0.0, 0.9)
    strange["stages"].append({"name": "scope", "uncertainty": 0.95})
    found = judged(Prediction(**_stored(strange)), joint_in_force("v1"), text="Tell me a joke", number=1)
    assert found.joint == 0.95


def test_the_end_of_a_session_asks_for_a_new_fit(cast: Cast, django_capture_on_commit_callbacks: Any):
    turn = verdict(cast, 0)
    with django_capture_on_commit_callbacks(execute=True):
        session_end(session=turn.session, reason="finished", actor=cast.tess.actor)
    (task,) = DBTaskResult.objects.filter(task_path="simulator.tasks.refit_joint")
    assert task.args_kwargs["args"] == ["v1"]


def test_the_engine_asks_once_for_a_version_it_has_not_seen(
    cast: Cast, django_capture_on_commit_callbacks: Any
):
    in_force = JointInForce()
    with django_capture_on_commit_callbacks(execute=True):
        assert in_force.of("v9") is PRIOR
        in_force.of("v9")
    assert DBTaskResult.objects.filter(task_path="simulator.tasks.refit_joint").count() == 1


def test_the_routing_curves_use_the_scores_that_turns_would_have_now(cast: Cast):
    verdicts_like(cast, list(range(400)))
    fit = joint_refit(model_version="v1")
    assert fit is not None
    points = routing_detail(cast.rosa, "main", cast.scenario.slug).points
    judges = verdicts_of(cast.study.pk, cast.scenario.slug)
    for point in (points[30], points[70], points[100]):
        assert point.verdicts == (judges.scores < point.threshold).sum()
    assert points[100].verdicts == 200
