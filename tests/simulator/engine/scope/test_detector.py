"""Lines of another world, through the shipped encoder and through the whole engine."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from models_zoo.serving.predictor import LocalPredictor, load_predictor
from models_zoo.store import ModelStore
from simulator.engine.loop import Engine
from simulator.engine.scope import references
from simulator.engine.scope.detector import Detector, Scope
from simulator.engine.scope.lines import read_lines
from simulator.engine.uncertainty import stages_of
from simulator.services.message import message_post
from simulator.services.scenario import SCENARIO_DIR
from simulator.student.respond import Candidate
from simulator.student.schema import Scenario, parse_scenario
from tests.cast import Cast
from tests.simulator.engine.test_uncertainty import understanding

STRANGE = Scope("topic", 0.95, 0.9)


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> LocalPredictor:
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.ensure_demo()
    return load_predictor(store)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parse_scenario((SCENARIO_DIR / "scale-factor.yaml").read_text(encoding="utf-8"))


def judged(predictor: LocalPredictor, scenario: Scenario, name: str) -> list[tuple[str, Scope]]:
    detector, lines = Detector(references.embedded(predictor), predictor.embed), read_lines(name)
    vectors = predictor.embed([line.text for line in lines])
    return [
        (line.heading, detector.judge(scenario, line.text, vector))
        for line, vector in zip(lines, vectors, strict=True)
    ]


def test_the_stored_vectors_are_those_of_the_lists(predictor: LocalPredictor):
    stored = references.embedded(predictor)
    assert stored is references._stored()
    fresh = predictor.embed(stored.texts[100:104])
    assert np.sum(fresh * stored.vectors[100:104], axis=-1).min() > references.SAME_ENCODER


def test_another_encoder_embeds_the_lists_anew(
    predictor: LocalPredictor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    few = references.References(("a", "b"), ("short", "off_topic"), ("None", "None"), np.empty((2, 0)))
    monkeypatch.setattr(references, "known_lines", lambda: few)
    references._stored.cache_clear()
    assert references.embedded(predictor).vectors.shape == (2, 384)
    references._stored.cache_clear()


@pytest.mark.slow
def test_nearly_all_strange_lines_are_recognised_and_nearly_no_others(
    predictor: LocalPredictor, scenario: Scenario
):
    found = defaultdict(list)
    for kind, scope in judged(predictor, scenario, "lines"):
        found[kind].append(scope.doubt >= scenario.routing.threshold)
    assert {kind: np.mean(hits) for kind, hits in found.items() if np.mean(hits) < 0.75} == {}
    assert np.mean([hit for hits in found.values() for hit in hits]) > 0.95
    alarms = [scope.doubt > 0 for _act, scope in judged(predictor, scenario, "controls")]
    assert np.mean(alarms) <= 0.05


def test_a_strange_line_is_doubted_whatever_the_other_stages_say():
    stages = stages_of(understanding(), [Candidate("Hi!", "rule", 1.0, "greet", ())], STRANGE)
    assert (stages[-1].name, stages[-1].label, stages[-1].uncertainty) == ("scope", "topic", 0.9)


def test_a_strange_line_that_a_person_answered_before_is_not():
    stages = stages_of(understanding(), [Candidate("Hi!", "retrieval", 1.0, "exchange:1", ())], STRANGE)
    assert stages[-1].uncertainty == 0.0
    stages = stages_of(understanding(), [Candidate("Hi!", "retrieval", 0.9, "exchange:1", ())], STRANGE)
    assert stages[-1].uncertainty == 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "What kind of pizza do you like best?",
        "Do you like pizza?",
        "Hi Maya, do you like pizza?",
        "You idiot!",
    ],
)
def test_a_question_about_pizza_is_not_greeted(cast: Cast, settings, tmp_path: Path, text: str):
    settings.MODEL_STORE = tmp_path / "models"
    engine = Engine()
    engine.model.start()
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text=text)
    engine.step()
    turn = session.turns.get()
    assert turn.route == "uncertain"
    assert turn.prediction["understanding"]["scope"]["kind"]
    assert turn.prediction["understanding"]["scope"]["nearest"]
