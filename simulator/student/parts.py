"""The parts of a scenario file, one model a section; ``schema.Scenario`` puts them together.

Every field says what it is for in ``description``; docs/scenarios.md tabulates them and a test compares.
"""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from simulator.student.formulas import OPERATIONS, REFERENCE, Formula

Act = Literal[
    "Connect", "Pump/Value", "Pump/Clarification", "Pump/Testing", "Inform",
    "Feedback/Positive", "Feedback/Neutral", "Feedback/Negative", "None",
]  # fmt: skip
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Reference = Annotated[str, Field(pattern=REFERENCE.pattern)]
Line = Annotated[str, Field(min_length=1, max_length=2000)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1)]


def _plain_value(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a value — write a number or a word, a word such as yes in quotation marks")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a finite number — write an ordinary number")
    return value


Given = Annotated[int | float | str, BeforeValidator(_plain_value)]


class Part(BaseModel):
    """Frozen and strict about names: an unknown key is a mistake, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Persona(Part):
    name: Line = Field(description="what the teacher sees beside the student's replies")
    grade: int | None = Field(default=None, ge=1, le=13, description="school year")
    misconception: Line = Field(description="what the student gets wrong, for supervisors and researchers")
    profile: str = Field(default="", description="how the student behaves, for supervisors")


class Figure(Part):
    """One shape of the picture; which fields it needs depends on ``shape``."""

    id: Slug = Field(description="its name in references: the red in red.width")
    shape: Literal["rectangle", "triangle", "fraction_bar", "card"] = Field(description="what is drawn")
    colour: Literal["blue", "red", "green", "orange", "purple", "grey"] = Field(
        default="grey", description="its colour, which is also a name for it; grey is no name"
    )
    say: str = Field(default="", description="how the student names it; the default is 'the <colour> one'")
    names: tuple[Line, ...] = Field(default=(), description="other words for it that teachers use")
    across: Slug | None = Field(default=None, description="rectangle, triangle: the dimension drawn sideways")
    up: Slug | None = Field(default=None, description="rectangle, triangle: the dimension drawn upwards")
    slope: Slug | None = Field(default=None, description="triangle: the dimension of the slanted side")
    parts: Slug | None = Field(default=None, description="fraction_bar: the dimension that counts all parts")
    shaded: Slug | None = Field(
        default=None, description="fraction_bar: the dimension that counts coloured parts"
    )
    lines: tuple[Line, ...] = Field(default=(), description="card: the student's working, a line a step")

    @property
    def spoken(self) -> str:
        """How the student names it."""
        return self.say or f"the {self.colour} one"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the drawing needs."""
        named = (self.across, self.up, self.slope, self.parts, self.shaded)
        return tuple(name for name in named if name)


class Dimension(Part):
    id: Slug = Field(description="its name in references: the width in red.width")
    say: str = Field(default="", description="how the student names it; the default is the id")
    names: tuple[Line, ...] = Field(default=(), description="other words for it that teachers use")
    unit: str = Field(default="", max_length=20, description="cm, m, ... ; empty for plain numbers and words")

    @property
    def spoken(self) -> str:
        """How the student names it."""
        return self.say or self.id.replace("_", " ")


class Drawing(Part):
    """Something the student can draw on the picture, by hand, when a reply says ``draw``."""

    id: Slug = Field(description="its name in show.draw")
    kind: Literal["outline", "recut", "arrow"] = Field(
        description="outline: a rectangle of claimed size; recut: new cuts in a bar; arrow: a bow"
    )
    over: Slug | None = Field(default=None, description="outline, recut: the shape it is drawn on")
    across: Reference | None = Field(default=None, description="outline: its size sideways")
    up: Reference | None = Field(default=None, description="outline: its size upwards")
    parts: Reference | None = Field(default=None, description="recut: into how many parts")
    start: Slug | None = Field(default=None, description="arrow: the shape it starts from")
    end: Slug | None = Field(default=None, description="arrow: the shape it points to")
    label: str = Field(default="", description="words beside it, with placeholders")


class Picture(Part):
    title: Line = Field(description="the picture's name, read out by screen readers")
    scale_note: str = Field(default="", description="a small line under the picture")
    objects: tuple[Figure, ...] = Field(min_length=1, description="the shapes, from left or top")
    dimensions: tuple[Dimension, ...] = Field(default=(), description="what can be asked about them")
    drawings: tuple[Drawing, ...] = Field(default=(), description="what the student can draw")
    phrases: dict[Reference, Annotated[tuple[Line, ...], Field(min_length=1)]] = Field(
        default={}, description="words that name one quantity: 'the missing side' for red.width"
    )


class Stage(Part):
    """One step of understanding; what it does not list is believed as in the stage before."""

    id: Slug = Field(description="its name in when.stage and go_to")
    describe: str = Field(default="", description="what the student thinks now, for supervisors")
    believes: dict[Reference, Formula] = Field(
        default={}, description="what the student takes quantities to be: numbers, words or formulas"
    )
    leave_after: int | None = Field(default=None, ge=1, description="nudges that lead on to the next stage")
    arrival: tuple[Line, ...] = Field(default=(), description="what the student says on getting here")

    @field_validator("believes")
    @classmethod
    def _formulas(cls, value: dict[str, Formula]) -> dict[str, Formula]:
        return {ref: check_formula(formula) for ref, formula in value.items()}


class Knowledge(Part):
    given: dict[Reference, Given] = Field(default={}, description="printed on the picture")
    answers: dict[Reference, Formula] = Field(default={}, description="true values that the picture hides")
    stages: tuple[Stage, ...] = Field(min_length=1, description="steps of understanding, in order")

    @field_validator("answers")
    @classmethod
    def _formulas(cls, value: dict[str, Formula]) -> dict[str, Formula]:
        return {ref: check_formula(formula) for ref, formula in value.items()}


class Routing(Part):
    threshold: float = Field(
        default=0.35, ge=0, le=1, description="joint uncertainty above which a person answers"
    )
    passes: int = Field(default=30, ge=2, le=200, description="dropout passes per turn")
    model_version: str | None = Field(
        default=None,
        min_length=1,
        max_length=120,
        description="model version that reads the teacher's lines, whichever is active",
    )


class Pacing(Part):
    """Delay before a reply appears: log-normal, the same whoever wrote it."""

    median_s: float = Field(default=4.0, gt=0, le=60, description="half of the replies come sooner")
    sigma: float = Field(default=0.35, ge=0, le=2, description="spread of the delay's logarithm")
    max_s: float = Field(default=12.0, gt=0, le=120, description="no reply is drawn later than this")
    people_median_s: float = Field(
        default=9.0, ge=0, le=60, description="how long people take, until enough have answered in a study; "
        "0: the machine does not wait as people do, and its pace tells who answers",
    )  # fmt: skip


class Timing(Part):
    time_limit_s: int = Field(default=900, ge=60, le=7200, description="length of a session")
    stall_after_s: int = Field(
        default=25, ge=1, le=600, description="a silent supervisor: the student stalls"
    )
    extension_s: int = Field(default=20, ge=1, le=600, description="time won by stalling")
    fallback_after_s: int = Field(default=45, ge=1, le=1200, description="then a fallback line is sent")
    lease_s: int = Field(default=30, ge=5, le=600, description="how long a supervisor holds a turn")


class When(Part):
    """All that is written here must hold, or the reply does not apply."""

    about: tuple[Line, ...] = Field(
        default=(), description="what is asked: a reference, *.width, red.*, or given, worked_out, unknown, "
        "stranger, vague, calculation, nothing",
    )  # fmt: skip
    stage: tuple[Slug, ...] = Field(default=(), description="the student's stage is one of these")
    mentions: tuple[Slug, ...] = Field(
        default=(), description="objects, dimensions, operations: all are named"
    )
    words: tuple[Line, ...] = Field(default=(), description="one of these words or phrases occurs")
    number: Literal["right", "mine", "wrong", "any", "none"] | None = Field(
        default=None,
        description="the number in the teacher's line, against truth and the student's own value",
    )
    said: bool | None = Field(default=None, description="whether the student has stated that value before")
    topic: Slug | None = Field(default=None, description="this topic has come up before")

    @field_validator("about", "stage", "mentions", "words", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class Show(Part):
    """What happens on the picture while the student says the line; ``asked`` is what was asked about."""

    measure: tuple[str, ...] = Field(default=(), description="references, or asked: draw a measuring line")
    highlight: tuple[str, ...] = Field(default=(), description="objects, or asked")
    draw: tuple[Slug, ...] = Field(default=(), description="drawings, by id")
    steps: int | None = Field(default=None, ge=0, description="card: how many more steps appear; 0 for all")

    @field_validator("measure", "highlight", "draw", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class Reply(Part):
    id: Slug = Field(description="its name in logs; change it when the meaning changes")
    act: tuple[Act, ...] = Field(default=(), description="the teacher's act; empty: any")
    when: When = Field(default=When(), description="conditions, see the next table")
    say: Lines = Field(description="variants, used in turn")
    fit: float = Field(
        default=0.7, gt=0, le=1, description="how well it answers whatever has its act; conditions add to it"
    )
    again: tuple[Line, ...] = Field(default=(), description="variants when the same is asked a second time")
    nudge: int = Field(default=0, ge=0, le=9, description="how far this moves the student on, once per stage")
    then: tuple[Line, ...] = Field(
        default=(), description="said in place of arrival when this tips the student over"
    )
    go_to: Slug | None = Field(default=None, description="moves the student to this stage at once")
    topic: Slug | None = Field(default=None, description="remembered as having come up")
    show: Show = Field(default=Show(), description="what the picture does, see below")

    @field_validator("act", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class Rating(Part):
    key: Slug = Field(description="its name in stored ratings")
    question: Line = Field(description="what the teacher rates from 1 to 5")
    low: str = Field(default="", description="what 1 means")
    high: str = Field(default="", description="what 5 means")


def check_formula(formula: Formula, depth: int = 0) -> Formula:
    """Refuse what ``formulas.evaluate`` could not work out (unknown operation, wrong number of operands)."""
    if formula is None or isinstance(formula, list) or depth > 5:
        raise ValueError("not a formula — write a number, a word, a reference or {add: [a, b]}")
    if isinstance(formula, dict):
        name = next(iter(formula), None)
        if len(formula) != 1 or name not in OPERATIONS:
            raise ValueError(f"unknown operation {name!r} — use one of {', '.join(OPERATIONS)}")
        operands = formula[name]
        if not isinstance(operands, list) or len(operands) < 2:
            raise ValueError(f"{name} needs a list of two or more operands — write {{{name}: [a, b]}}")
        for operand in operands:
            check_formula(operand, depth + 1)
        return formula
    return _plain_value(formula)
