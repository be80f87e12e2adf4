"""What a supervisor sees of a turn in a study with blind audits: where the doubt lies, not how much.

An audited turn is one that the machine was sure of. Whoever answers must not be able to tell, so every
figure that says how sure it was is left out, on all turns alike; only each part's share of the turn's
doubt stays, since it shows what to look at. Pure functions over docs/protocol.md's TurnDetail.
"""

from typing import Any

Detail = dict[str, Any]


def blinded(detail: Detail) -> Detail:
    """The same detail with null for every figure that tells a sure turn from an unsure one."""
    doubts = {stage["name"]: stage["uncertainty"] for stage in detail["stages"]}
    total = sum(doubts.values())
    shares = {name: round(doubt / total, 2) if total else 0.0 for name, doubt in doubts.items()}
    layers = detail["layers"]
    return detail | {
        "blind": True,
        "joint": None,
        "threshold": None,
        "stages": [
            _only(stage, "name", "label") | {"uncertainty": shares[stage["name"]]}
            for stage in detail["stages"]
        ],
        "entities": [_only(entity, "kind", "text") for entity in detail["entities"]],
        "candidates": [
            _only(candidate, "text", "source", "warnings", "rejected") for candidate in detail["candidates"]
        ],
        "layers": layers | {"layers": [_layer(layer, shares) for layer in layers["layers"]]},
    }


def _layer(layer: Detail, shares: dict[str, float]) -> Detail:
    options = [_only(option, "name", "say") for option in layer["options"]]
    return layer | {"doubt": shares.get(layer["stage"]), "options": options}


def _only(shown: Detail, *keys: str) -> Detail:
    """The entry with null for all but these: an allow-list hides new figures until they are named."""
    return {key: value if key in keys else None for key, value in shown.items()}
