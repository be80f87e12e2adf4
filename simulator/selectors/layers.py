"""The layers of the machine's reading, as the console offers them for repair (docs/protocol.md: Layers)."""

from collections.abc import Mapping
from typing import Any

from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from simulator.models import Turn
from simulator.student.layers import ENTITY_LAYERS, entities_read, entity_names
from simulator.student.schema import Scenario
from simulator.student.state import StudentState

# What a reply rests on. The question type feeds the feedback page only: nobody need begin with it.
REPLY_LAYERS = ("dialogue_act", "entities")


def reading_of(scenario: Scenario, state: StudentState, turn: Turn) -> dict[str, Any]:
    """Dialogue act, question type and entities ([kind, name]) as the machine, or later a person, has them."""
    understanding = turn.prediction.get("understanding", {})
    reading: dict[str, Any] = {
        "dialogue_act": _best(understanding.get("dialogue_act")),
        "question_type": _best(understanding.get("question_type")),
        "entities": _entities(scenario, state, turn),
    }
    reading.update(turn.repair.get("layers", {}))
    return reading


def _best(distribution: Mapping[str, Any] | None) -> str:
    if not distribution:
        return ""
    label: str = max(zip(distribution["probabilities"], distribution["labels"], strict=True))[1]
    return label


def _entities(scenario: Scenario, state: StudentState, turn: Turn) -> list[list[str]]:
    found = turn.prediction.get("understanding", {}).get("entities", [])
    tagged = [(entity["kind"], entity["text"]) for entity in found]
    read = entities_read(scenario, state, text=turn.text, entities=tagged)
    names = entity_names(scenario)
    return [[kind, name] for kind in ENTITY_LAYERS for name in read[kind] if name in names[kind]]


def layers_of(scenario: Scenario, state: StudentState, turn: Turn) -> dict[str, Any]:
    """Every layer with its options, what is chosen and how doubtful it is; and the most doubtful one."""
    reading = reading_of(scenario, state, turn)
    doubts = {stage["name"]: stage["uncertainty"] for stage in turn.prediction.get("stages", [])}
    put_right = turn.repair.get("layers", {})
    understanding = turn.prediction.get("understanding", {})
    layers = [
        {
            "name": name,
            "stage": name,
            "chosen": [reading[name]] if reading[name] else [],
            "repaired": name in put_right,
            "doubt": doubts.get(name),
            "options": _shares(labels, understanding.get(name)),
        }
        for name, labels in (("dialogue_act", DIALOGUE_ACTS), ("question_type", QUESTION_TYPES))
    ]
    entities = [
        {
            "name": kind,
            "stage": "entities",
            "chosen": [name for one, name in reading["entities"] if one == kind],
            "repaired": "entities" in put_right,
            "doubt": doubts.get("entities"),
            "options": [{"name": name, "say": say, "share": None} for name, say in names.items()],
        }
        for kind, names in entity_names(scenario).items()
    ]
    doubtful = max(REPLY_LAYERS, key=lambda name: doubts.get(name, 0.0))
    return {"layers": [layers[0], *entities, layers[1]], "doubtful": doubtful}


def _shares(labels: tuple[str, ...], distribution: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    shares = (
        dict(zip(distribution["labels"], distribution["probabilities"], strict=True)) if distribution else {}
    )
    return [{"name": label, "say": label, "share": shares.get(label)} for label in labels]
