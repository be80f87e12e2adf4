"""Checks across a whole scenario: do all names in it name something?

Each fault is a path into the file and a reason that says how to mend it.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from simulator.student import beliefs
from simulator.student.formulas import FormulaError, references_in
from simulator.student.source import Path
from simulator.student.templates import BEFORE, placeholders_in, stray_brace

if TYPE_CHECKING:
    from simulator.student.parts import Reply
    from simulator.student.schema import Scenario

Fault = tuple[Path, str]

TURN_NAMES = frozenset(
    [
        "student",
        "object",
        "dimension",
        "quantity",
        "value",
        "unit",
        "number",
        "operation",
        "stranger",
        "result",
    ]
)
"""Placeholders that come from the teacher's line; docs/scenarios.md explains each."""
ABOUT_WORDS = frozenset(["given", "worked_out", "unknown", "stranger", "vague", "calculation", "nothing"])
_SHAPE_NEEDS = {
    "rectangle": ("across", "up"),
    "triangle": ("across", "up"),
    "fraction_bar": ("parts", "shaded"),
    "card": ("lines",),
}
_DRAWING_NEEDS = {
    "outline": ("over", "across", "up"),
    "recut": ("over", "parts"),
    "arrow": ("start", "end"),
}


def explain(error: ValidationError) -> Fault:
    """The first fault of a failed validation, in words."""
    fault = error.errors()[0]
    path, kind, context = fault["loc"], fault["type"], fault.get("ctx", {})
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return path, f"unknown key {key!r} — remove it, or check its spelling in docs/scenarios.md"
    if kind == "missing":
        return path, f"{key!r} is missing — add it"
    if kind == "value_error":
        return path, str(context["error"])
    if kind == "literal_error":
        return path, f"{fault['input']!r} is not possible here — write one of {context['expected']}"
    if kind == "string_pattern_mismatch":
        return path, f"{fault['input']!r} is not a possible name here — use {_shape_of(context['pattern'])}"
    return path, f"{fault['msg'].lower()} — got {_short(fault['input'])}, change it to fit"


def faults(scenario: "Scenario", name: str) -> Iterator[Fault]:
    """Everything that contradicts something else in the file, in file order."""
    if name and name != scenario.slug:
        yield ("slug",), f"{scenario.slug!r} is not the file's name — write slug: {name}"
    yield from _duplicates(scenario)
    yield from _knowledge(scenario)  # first: what follows works values out
    yield from _figure(scenario)
    yield from _drawings(scenario)
    yield from _timing(scenario)
    for index, reply in enumerate(scenario.replies):
        yield from _reply(scenario, reply, ("replies", index))
    yield from _lines(scenario)


def _duplicates(scenario: "Scenario") -> Iterator[Fault]:
    lists: list[tuple[Path, Iterable[str]]] = [
        (("figure", "objects"), [item.id for item in scenario.figure.objects]),
        (("figure", "dimensions"), [item.id for item in scenario.figure.dimensions]),
        (("figure", "drawings"), [item.id for item in scenario.figure.drawings]),
        (("knowledge", "stages"), [item.id for item in scenario.knowledge.stages]),
        (("replies",), [item.id for item in scenario.replies]),
        (("ratings",), [item.key for item in scenario.ratings]),
    ]
    for path, ids in lists:
        seen: set[str] = set()
        for index, identifier in enumerate(ids):
            if identifier in seen:
                key = "key" if path == ("ratings",) else "id"
                yield (*path, index, key), f"{identifier!r} is used twice — give each its own {key}"
            seen.add(identifier)


def _figure(scenario: "Scenario") -> Iterator[Fault]:
    for index, figure in enumerate(scenario.figure.objects):
        path = ("figure", "objects", index)
        if figure.id == "task":
            yield (*path, "id"), "the id 'task' is taken by the task as a whole — choose another"
        for field in _SHAPE_NEEDS[figure.shape]:
            if not getattr(figure, field):
                yield path, f"a {figure.shape} needs {field!r} — add it"
        for dimension in figure.dimensions:
            reference = f"{figure.id}.{dimension}"
            if beliefs.work_out(beliefs.truth_table(scenario), reference) is None:
                yield path, f"{reference} has no value — add it to knowledge.given or knowledge.answers"
    for reference in scenario.figure.phrases:
        yield from _known(reference, scenario.quantities, "quantity", ("figure", "phrases", reference))


def _drawings(scenario: "Scenario") -> Iterator[Fault]:
    for index, drawing in enumerate(scenario.figure.drawings):
        path = ("figure", "drawings", index)
        for field in _DRAWING_NEEDS[drawing.kind]:
            if getattr(drawing, field) is None:
                yield path, f"a drawing of kind {drawing.kind} needs {field!r} — add it"
        for field in ("over", "start", "end"):
            yield from _known(getattr(drawing, field), scenario.objects, "object", (*path, field))
        for field in ("across", "up", "parts"):
            yield from _known(getattr(drawing, field), scenario.quantities, "quantity", (*path, field))
        yield from _template(scenario, drawing.label, (*path, "label"), frozenset())


def _knowledge(scenario: "Scenario") -> Iterator[Fault]:
    knowledge = scenario.knowledge
    tables: list[tuple[Path, Iterable[str]]] = [
        (("knowledge", "given"), knowledge.given),
        (("knowledge", "answers"), knowledge.answers),
    ]
    tables += [
        (("knowledge", "stages", i, "believes"), stage.believes) for i, stage in enumerate(knowledge.stages)
    ]
    for path, references in tables:
        for reference in references:
            yield from _known_reference(scenario, reference, (*path, reference))
    yield from _values(scenario)


def _known_reference(scenario: "Scenario", reference: str, path: Path) -> Iterator[Fault]:
    owner, _, dimension = reference.partition(".")
    yield from _known(owner, {*scenario.objects, "task"}, "object", path)
    yield from _known(dimension, scenario.dimensions, "dimension", path)


def _values(scenario: "Scenario") -> Iterator[Fault]:
    knowledge = scenario.knowledge
    places: list[tuple[Path, dict[str, object], dict[str, object]]] = [
        (("knowledge", "answers"), dict(knowledge.answers), beliefs.truth_table(scenario)),
        *(
            (
                ("knowledge", "stages", index, "believes"),
                dict(stage.believes),
                beliefs.belief_table(scenario, stage.id),
            )
            for index, stage in enumerate(knowledge.stages)
        ),
    ]
    for path, own, table in places:
        for reference, formula in own.items():
            for operand in references_in(formula):
                yield from _known(operand, table, "quantity", (*path, reference))
            try:
                beliefs.work_out(table, reference)
            except FormulaError as error:
                yield (*path, reference), str(error)


def _timing(scenario: "Scenario") -> Iterator[Fault]:
    timing = scenario.timing
    if timing.fallback_after_s < timing.stall_after_s:
        yield ("timing", "fallback_after_s"), "comes before stall_after_s — make it the larger of the two"
    if scenario.pacing.max_s < scenario.pacing.median_s:
        yield ("pacing", "max_s"), "is below median_s — make it the larger of the two"


def _reply(scenario: "Scenario", reply: "Reply", path: Path) -> Iterator[Fault]:
    when, show = reply.when, reply.show
    for index, about in enumerate(when.about):
        if about not in ABOUT_WORDS and not any(_covers(about, ref) for ref in scenario.quantities):
            yield (
                (*path, "when", "about", index),
                f"no quantity is called {about!r}{_like(about, scenario.quantities | ABOUT_WORDS)}",
            )
    for index, stage in enumerate(when.stage):
        yield from _known(stage, scenario.stages, "stage", (*path, "when", "stage", index))
    names = {*scenario.objects, *scenario.dimensions, "add", "subtract", "multiply", "divide"}
    for index, name in enumerate(when.mentions):
        yield from _known(name, names, "object, dimension or operation", (*path, "when", "mentions", index))
    topics = {item.topic for item in scenario.replies if item.topic}
    yield from _known(when.topic, topics, "topic", (*path, "when", "topic"))
    yield from _known(reply.go_to, scenario.stages, "stage", (*path, "go_to"))
    for reference in show.measure:
        yield from _known(reference, {*scenario.quantities, "asked"}, "quantity", (*path, "show", "measure"))
    for name in show.highlight:
        yield from _known(name, {*scenario.objects, "asked"}, "object", (*path, "show", "highlight"))
    drawings = {drawing.id for drawing in scenario.figure.drawings}
    for name in show.draw:
        yield from _known(name, drawings, "drawing", (*path, "show", "draw"))
    for field in ("say", "again", "then"):
        for index, line in enumerate(getattr(reply, field)):
            yield from _template(scenario, line, (*path, field, index), TURN_NAMES)


def _lines(scenario: "Scenario") -> Iterator[Fault]:
    for index, stage in enumerate(scenario.knowledge.stages):
        for number, line in enumerate(stage.arrival):
            yield from _template(
                scenario, line, ("knowledge", "stages", index, "arrival", number), TURN_NAMES
            )
        last = index == len(scenario.knowledge.stages) - 1
        if stage.leave_after and last:
            yield (
                ("knowledge", "stages", index, "leave_after"),
                "the last stage leads nowhere — remove it",
            )
    extra = {"revision_lines": {"student", "before", "quantity", "value"}, "again_lines": {"line"}}
    for field in ("stall_lines", "fallback_lines", "revision_lines", "again_lines"):
        for index, line in enumerate(getattr(scenario, field)):
            yield from _only(line, extra.get(field, set()), (field, index))


def _only(line: str, names: set[str], path: Path) -> Iterator[Fault]:
    """Lines that are said whatever the conversation is about can name nothing of it."""
    if stray_brace(line):
        yield path, "a brace stands alone or holds more than a name — write {name}, or remove the brace"
    for name in placeholders_in(line):
        yield from _known(name, names, "placeholder", path)


def _template(scenario: "Scenario", line: str, path: Path, names: frozenset[str]) -> Iterator[Fault]:
    if stray_brace(line):
        yield path, "a brace stands alone or holds more than a name — write {name}, or remove the brace"
    plain = {*names, *scenario.objects, *scenario.quantities}
    for name in placeholders_in(line):
        yield from _known(name.removesuffix(BEFORE), plain, "placeholder", path)


def _known(name: str | None, names: Iterable[str], what: str, path: Path) -> Iterator[Fault]:
    if name is not None and name not in names:
        yield path, f"unknown {what} {name!r}{_like(name, names)}"


def _like(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.5)
    listed = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(names)) or 'none'}"
    return f" — {listed}"


def _covers(pattern: str, reference: str) -> bool:
    owner, _, dimension = pattern.partition(".")
    own, _, dim = reference.partition(".")
    return owner in (own, "*") and dimension in (dim, "*")


def _shape_of(pattern: str) -> str:
    return "object.dimension" if r"\." in pattern else "small letters, digits, - and _"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
