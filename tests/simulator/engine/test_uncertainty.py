"""The joint uncertainty of a turn."""

import pytest

from models_zoo.types import Distribution, Uncertainty, Understanding
from simulator.engine.uncertainty import Stage, joint_uncertainty, stages_of
from simulator.student.respond import Candidate

SURE = Uncertainty(0.0, 0.0, 0.0)


def distribution(*probabilities: float, entropy: float = 0.0) -> Distribution:
    labels = tuple(f"c{index}" for index in range(len(probabilities)))
    return Distribution(labels, probabilities, Uncertainty(entropy, entropy, 0.0))


def understanding(familiarity: float = 0.9, entropy: float = 0.0) -> Understanding:
    return Understanding(
        text="How long is it?",
        dialogue_act=distribution(1.0, 0.0, entropy=entropy),
        question_type=distribution(1.0, 0.0),
        entities=(),
        entity_uncertainty=SURE,
        embedding=(1.0,),
        familiarity=familiarity,
        passes=30,
        seed=1,
        model_version="v1",
    )


def candidate(score: float, source: str = "rule") -> Candidate:
    return Candidate("Six.", source, score, "r", ())


def joint(found: Understanding, best: Candidate) -> float:
    return joint_uncertainty(stages_of(found, [best]), source=best.source)


def test_when_every_stage_is_sure_the_turn_is_sure():
    assert joint(understanding(), candidate(1.0)) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("found", "best"),
    [
        (understanding(familiarity=0.1), candidate(1.0)),
        (understanding(), candidate(0.1)),
        (understanding(entropy=0.69), candidate(1.0)),
    ],
)
def test_one_doubtful_stage_makes_the_turn_doubtful(found: Understanding, best: Candidate):
    assert joint(found, best) > 0.5


def test_two_doubts_weigh_more_than_one():
    one = joint(understanding(familiarity=0.5), candidate(1.0))
    two = joint(understanding(familiarity=0.5), candidate(0.7))
    assert two > one


def test_a_retrieved_reply_does_not_rest_on_the_rules_entities():
    stages = [
        Stage("dialogue_act", "", 1, 0),
        Stage("question_type", "", 1, 0),
        Stage("entities", "", 0, 1.0),
        Stage("familiarity", "", 0, 1.0),
        Stage("reply", "retrieval", 1, 0),
    ]
    assert joint_uncertainty(stages, source="retrieval") == 0.0
    assert joint_uncertainty(stages, source="rule") == 1.0


def test_without_a_candidate_the_reply_stage_knows_nothing():
    assert stages_of(understanding(), [])[-1].uncertainty == 1.0


def test_the_stages_carry_their_measures_into_the_log():
    found = understanding()
    stages = {stage.name: stage.to_json() for stage in stages_of(found, [candidate(0.8)], nearest=0.4)}
    assert stages["reply"]["agreement"] == 1.0
    assert stages["reply"]["nearest"] == 0.4
    assert stages["dialogue_act"]["max_probability"] == 1.0
    assert stages["dialogue_act"]["nearest"] is None
