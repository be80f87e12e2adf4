"""The shipped scenarios and a small one that error tests break on purpose."""

from collections.abc import Sequence
from pathlib import Path

from simulator.student.respond import Candidate, candidates
from simulator.student.schema import Scenario, parse_scenario
from simulator.student.state import StudentState, apply_effects

ROOT = Path(__file__).parents[3]
SCENARIOS = ROOT / "simulator" / "scenarios"


def load(slug: str) -> Scenario:
    return parse_scenario((SCENARIOS / f"{slug}.yaml").read_bytes(), name=slug)


SCALE = load("scale-factor")
FRACTIONS = load("fractions")

Turn = tuple[str, str]


def hold(scenario: Scenario, turns: Sequence[Turn]) -> tuple[StudentState, list[Candidate]]:
    """Play (act, text) turns, always taking the best candidate."""
    state, said = StudentState.initial(scenario), []
    for act, text in turns:
        best = candidates(scenario, state, text=text, act=act, entities=[], k=4)[0]
        said.append(best)
        state = apply_effects(scenario, state, best.effects)
    return state, said


SMALL = """\
slug: small
title: Small
task: [Find the width.]
persona:
  name: Ada
  misconception: none
figure:
  title: One rectangle
  objects:
    - id: blue
      shape: rectangle
      colour: blue
      across: length
      up: width
  dimensions:
    - id: length
      unit: cm
    - id: width
      unit: cm
knowledge:
  given:
    blue.length: 6
  answers:
    blue.width: 4
  stages:
    - id: only
      believes:
        blue.width: {subtract: [blue.length, 2]}
stall_lines: [Hmm.]
fallback_lines: [Pardon me.]
replies:
  - id: value
    act: Pump/Value
    when: {about: worked_out}
    say: ["It's {value} {unit}."]
"""
