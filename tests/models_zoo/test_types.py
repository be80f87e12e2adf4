import json
import math

import pytest

from models_zoo.types import Distribution, Entity, Uncertainty, Understanding

DOUBT = Uncertainty(0.5, 0.3, 0.2)


def distribution(*probabilities: float, entropy: float = 0.5) -> Distribution:
    labels = tuple("abcd"[: len(probabilities)])
    return Distribution(labels, probabilities, Uncertainty(entropy, entropy, 0.0))


def test_label_and_confidence_are_those_of_the_largest_probability():
    said = distribution(0.2, 0.7, 0.1)
    assert said.label == "b"
    assert said.confidence == 0.7


def test_normalised_entropy_of_a_uniform_guess_is_one():
    assert distribution(0.5, 0.5, entropy=math.log(2)).normalised_entropy == pytest.approx(1.0)
    assert distribution(0.5, 0.5, entropy=0.0).normalised_entropy == 0.0
    assert distribution(1.0, entropy=0.0).normalised_entropy == 0.0


def test_an_understanding_survives_json_but_for_its_embedding():
    said = Understanding(
        text="How long is blue?",
        dialogue_act=distribution(0.2, 0.8),
        question_type=distribution(0.4, 0.3, 0.3),
        entities=(Entity("object", "blue", 12, 16, 0.9, DOUBT),),
        entity_uncertainty=DOUBT,
        embedding=(1.0, 0.0),
        familiarity=0.75,
        passes=30,
        seed=4,
        model_version="v1",
    )
    back = Understanding.from_json(json.loads(json.dumps(said.to_json())))
    assert back.embedding == ()
    assert back.entities == said.entities
    assert back.to_json() == said.to_json()
    assert (back.familiarity, back.seed, back.model_version) == (0.75, 4, "v1")
