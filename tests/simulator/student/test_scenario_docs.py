"""docs/scenarios.md cannot drift from the code."""

import re

import pytest

from simulator.student import checks, formulas, parts, schema
from simulator.student.schema import parse_scenario
from simulator.student.state import value_of

from .cast import ROOT, hold

TEXT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
SECTIONS = [
    schema.Scenario, parts.Persona, parts.Picture, parts.Figure, parts.Dimension, parts.Drawing,
    parts.Knowledge, parts.Stage, parts.Reply, parts.When, parts.Show, parts.Routing, parts.Pacing,
    parts.Timing, parts.Rating,
]  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_key_of_the_file_has_its_row(section):
    for name, field in section.model_fields.items():
        words = field.description.replace("<", "&lt;").replace(">", "&gt;")
        needed = "yes" if field.is_required() else "no"
        assert f"| `{name}` | {needed} | {words}" in TEXT, f"{section.__name__}.{name}"


def test_every_placeholder_condition_operation_and_act_is_explained():
    for name in checks.TURN_NAMES:
        assert f"`{{{name}}}`" in TEXT
    for word in (*checks.ABOUT_WORDS, *formulas.OPERATIONS, *parts.Act.__args__):
        assert f"`{word}`" in TEXT


def test_the_examples_are_scenarios():
    assert EXAMPLES
    for example in EXAMPLES:
        assert parse_scenario(example).replies


def test_the_worked_example_goes_as_it_is_told():
    scenario = parse_scenario(EXAMPLES[0])
    turns = [
        ("Pump/Value", "What is the perimeter of the blue rectangle?"),
        ("Pump/Clarification", "How did you get that?"),
        ("Pump/Testing", "How many sides does it have?"),
    ]
    state, said = hold(scenario, turns)
    assert "13 cm" in said[0].text
    assert "8 and 5" in said[1].text
    assert "26 cm" in said[2].text
    assert "13" in said[2].text
    assert value_of(scenario, state, "blue.perimeter") == 26
