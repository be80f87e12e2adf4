"""Variants of the shipped scenario whose route and timing a test can rely on, whatever the model thinks."""

import copy
from typing import Any

import yaml

from simulator.services.scenario import SCENARIO_DIR

SURE, UNSURE, HURRIED, SLOW_ENGINE = "always-sure", "never-sure", "hurried", "slow-engine"
AT_ONCE = {"median_s": 0.2, "sigma": 0.0, "max_s": 0.2, "people_median_s": 0.0}

# threshold 1: the machine answers every turn. threshold 0: a supervisor answers every turn.
VARIANTS: dict[str, dict[str, Any]] = {
    SURE: {"routing": {"threshold": 1.0, "passes": 2}, "pacing": AT_ONCE},
    UNSURE: {"routing": {"threshold": 0.0, "passes": 2}, "pacing": AT_ONCE},
    HURRIED: {
        "routing": {"threshold": 0.0, "passes": 2},
        "pacing": AT_ONCE,
        "timing": {"stall_after_s": 2, "extension_s": 3, "fallback_after_s": 4, "lease_s": 5},
    },
    # As many passes as the format allows: long enough that a test meets the engine at work.
    SLOW_ENGINE: {"routing": {"threshold": 1.0, "passes": 200}, "pacing": AT_ONCE},
}


def variant(name: str) -> str:
    """The YAML of a variant."""
    scenario = yaml.safe_load((SCENARIO_DIR / "scale-factor.yaml").read_text())
    scenario |= copy.deepcopy(VARIANTS[name]) | {"slug": name, "title": f"Scale factor, {name}"}
    text: str = yaml.safe_dump(scenario, sort_keys=False)
    return text
