"""The picture in words, for people who do not see it."""

from simulator.student.parts import Drawing, Figure
from simulator.student.picture.labels import distinct, with_unit
from simulator.student.schema import Scenario
from simulator.student.state import StudentState


def describe(scenario: Scenario, state: StudentState) -> str:
    """What is drawn, what the student says of it, and what the student drew."""
    sentences = [_shape(scenario, state, figure) for figure in scenario.figure.objects]
    sentences += [_claim(scenario, state, reference) for reference in state.claims]
    drawings = {drawing.id: drawing for drawing in scenario.figure.drawings}
    sentences += [_drawing(scenario, drawings[name]) for name in state.drawn]
    if state.highlighted:
        shown = " and ".join(scenario.objects[name].spoken for name in state.highlighted)
        sentences.append(f"{scenario.persona.name} is pointing at {shown}.")
    return " ".join(sentences)


def _shape(scenario: Scenario, state: StudentState, figure: Figure) -> str:
    if figure.shape == "card":
        told = " ".join(figure.lines[: state.steps])
        count = f"{min(state.steps, len(figure.lines))} of {len(figure.lines)} steps shown"
        return f"{scenario.persona.name}'s working, {count}. {told}".strip()
    parts = []
    for name in figure.dimensions:
        reference = f"{figure.id}.{name}"
        printed = scenario.knowledge.given.get(reference)
        value = "not given" if printed is None else with_unit(scenario, reference, printed)
        parts.append(f"{scenario.dimensions[name].spoken} {value}")
    return f"A {figure.colour} {figure.shape.replace('_', ' ')}: {', '.join(parts)}."


def _claim(scenario: Scenario, state: StudentState, reference: str) -> str:
    *before, now = [with_unit(scenario, reference, item.value) for item in distinct(state.claims[reference])]
    crossed = f", no longer {before[-1]}" if before else ""
    return f"{scenario.persona.name} says that {scenario.spoken(reference)} is {now}{crossed}."


def _drawing(scenario: Scenario, drawing: Drawing) -> str:
    name = scenario.persona.name
    if drawing.kind == "arrow":
        start, end = scenario.objects[drawing.start or ""], scenario.objects[drawing.end or ""]
        return f"{name} drew an arrow from {start.spoken} to {end.spoken}."
    what = "a rectangle over" if drawing.kind == "outline" else "new cuts on"
    return f"{name} drew {what} {scenario.objects[drawing.over or ''].spoken}."
