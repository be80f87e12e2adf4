"""A scenario: everything a researcher writes down about one simulated student and one task."""

from functools import cached_property
from typing import Literal

from pydantic import Field, ValidationError

from simulator.student import checks
from simulator.student.errors import ScenarioError
from simulator.student.lexicon import Lexicon
from simulator.student.parts import (
    Act,
    Dimension,
    Figure,
    Knowledge,
    Line,
    Lines,
    Pacing,
    Part,
    Persona,
    Picture,
    Rating,
    Reply,
    Routing,
    Slug,
    Stage,
    Timing,
)
from simulator.student.source import line_of, read_source, show_path

__all__ = ["Act", "Scenario", "ScenarioError", "parse_scenario"]

TASK = "task"
"""The object of quantities that belong to no single shape, such as ``task.scale_factor``."""


class Scenario(Part):
    """One version of a scenario file, checked as a whole; see docs/scenarios.md."""

    slug: Slug = Field(description="its name, equal to the file's name without .yaml")
    version: int = Field(default=1, ge=1, description="raise it with every change")
    kind: Literal["scripted", "open"] = Field(
        default="scripted", description="open: few or no replies, a person answers at first"
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="language tag")
    title: Line = Field(description="what teachers choose from")
    task: Lines = Field(description="paragraphs that the teacher reads first")
    persona: Persona = Field(description="who the student is")
    figure: Picture = Field(description="the picture")
    knowledge: Knowledge = Field(description="what is true, given and believed")
    routing: Routing = Field(default=Routing(), description="when a person answers")
    pacing: Pacing = Field(default=Pacing(), description="how long replies take to appear")
    timing: Timing = Field(default=Timing(), description="time limits")
    candidate_count: int = Field(default=4, ge=1, le=9, description="replies offered to a supervisor")
    stall_lines: Lines = Field(description="said when a supervisor is slow")
    fallback_lines: Lines = Field(description="said when nothing better is known")
    revision_lines: tuple[Line, ...] = Field(
        default=("I said {before} for {quantity} before, but that was wrong.",),
        description="put after a line that changes what the student said",
    )
    again_lines: tuple[Line, ...] = Field(
        default=("Like I said: {line}",), description="wraps an answer that was already given"
    )
    replies: tuple[Reply, ...] = Field(default=(), description="what the student can say")
    ratings: tuple[Rating, ...] = Field(default=(), description="questions at the end of a session")

    @cached_property
    def objects(self) -> dict[str, Figure]:
        """The picture's shapes by id."""
        return {figure.id: figure for figure in self.figure.objects}

    @cached_property
    def dimensions(self) -> dict[str, Dimension]:
        """The scenario's dimensions by id."""
        return {dimension.id: dimension for dimension in self.figure.dimensions}

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The steps of understanding by id, in order."""
        return {stage.id: stage for stage in self.knowledge.stages}

    @cached_property
    def quantities(self) -> frozenset[str]:
        """Every reference that has a value: given, true or believed."""
        believed = (ref for stage in self.knowledge.stages for ref in stage.believes)
        return frozenset((*self.knowledge.given, *self.knowledge.answers, *believed))

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words that name this scenario's objects, dimensions and operations."""
        objects = {
            figure.id: (figure.id, figure.colour, *figure.names)
            if figure.colour != "grey" else (figure.id, *figure.names)
            for figure in self.figure.objects
        }  # fmt: skip
        dimensions = {item.id: (item.id, item.spoken, *item.names) for item in self.figure.dimensions}
        return Lexicon(objects, dimensions, self.figure.phrases)

    def spoken(self, reference: str) -> str:
        """How the student names a quantity: "the width of the red one", "the scale factor"."""
        owner, _, name = reference.partition(".")
        dimension = self.dimensions[name].spoken if name in self.dimensions else name.replace("_", " ")
        return f"the {dimension}" if owner == TASK else f"the {dimension} of {self.objects[owner].spoken}"

    def unit(self, reference: str) -> str:
        """The unit of a quantity, or an empty text."""
        dimension = self.dimensions.get(reference.partition(".")[2])
        return dimension.unit if dimension else ""


def parse_scenario(text: str | bytes, *, name: str = "") -> Scenario:
    """Read a scenario file.

    ``name`` is the slug that the file must carry when given (the file's stem).

    Raises:
        ScenarioError: with the line, the path and the reason, whatever is wrong.
    """
    data, lines = read_source(text)
    if not isinstance(data, dict):
        raise ScenarioError(1, "", "a scenario is a map of keys — begin with slug: and title:")
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        path, reason = checks.explain(error)
        raise ScenarioError(line_of(path, lines), show_path(path), reason) from error
    for path, reason in checks.faults(scenario, name):
        raise ScenarioError(line_of(path, lines), show_path(path), reason)
    return scenario
