"""The layers of a reading that a person can put right: which names there are, which a line was read as."""

from collections.abc import Mapping, Sequence

from simulator.student.lexicon import OPERATIONS
from simulator.student.perceive import Entity, perceive
from simulator.student.schema import TASK, Scenario
from simulator.student.state import StudentState

ENTITY_LAYERS = ("object", "dimension", "operation")
Names = dict[str, list[str]]
"""Entity layer -> names of the scenario."""


def entity_names(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Entity layer -> name -> how it is said. Dimensions that have a value come first."""
    valued = {reference.partition(".")[2] for reference in scenario.quantities}
    dimensions = sorted(scenario.dimensions, key=lambda name: name not in valued)
    return {
        "object": {name: figure.spoken for name, figure in scenario.objects.items() if name != TASK},
        "dimension": {name: scenario.dimensions[name].spoken for name in dimensions},
        "operation": {name: name for name in OPERATIONS},
    }


def entities_read(scenario: Scenario, state: StudentState, *, text: str, entities: Sequence[Entity]) -> Names:
    """The names that the student takes a line to mention, the model's entities included."""
    seen = perceive(scenario, state, text=text, entities=entities)
    return {
        "object": list(seen.objects),
        "dimension": list(seen.dimensions),
        "operation": list(seen.operations),
    }


def as_said(scenario: Scenario, named: Sequence[Entity]) -> list[Entity]:
    """(kind, name) pairs as a reading understands them: an id in words that the lexicon knows."""
    names: Mapping[str, Mapping[str, str]] = entity_names(scenario)
    return [(kind, names[kind][name].replace("_", " ")) for kind, name in named]
