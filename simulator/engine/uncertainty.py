"""One joint uncertainty from the stages of a turn.

Each stage says between 0 (sure) and 1 (no idea) how much it doubts its own part. The stages are taken as
independent ways to go wrong, so the joint uncertainty is the noisy-or 1 - prod(1 - w_s u_s). The weights
say how much of a stage's doubt spoils the reply: the question type feeds the feedback page and hardly the
reply; a retrieved reply does not rest on the entities that rules need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, prod
from typing import TYPE_CHECKING, Any

from models_zoo.types import Understanding
from simulator.student.respond import Candidate

if TYPE_CHECKING:  # pages read the weights, and the detector's lists bring PyTorch
    from simulator.engine.scope.detector import Scope

from .agreement import agreement

WEIGHTS = {
    "rule": {
        "dialogue_act": 0.8,
        "question_type": 0.1,
        "entities": 0.5,
        "familiarity": 1.0,
        "scope": 1.0,
        "reply": 1.0,
    },
    "retrieval": {
        "dialogue_act": 0.2,
        "question_type": 0.1,
        "entities": 0.0,
        "familiarity": 0.0,
        "scope": 1.0,
        "reply": 1.0,
    },
    "generic": {
        "dialogue_act": 1.0,
        "question_type": 0.1,
        "entities": 1.0,
        "familiarity": 1.0,
        "scope": 1.0,
        "reply": 1.0,
    },
}
# Cosine similarity to the nearest known utterance: at FAMILIAR and above nothing is strange about the
# message, at STRANGE and below it is of another world.
FAMILIAR, STRANGE = 0.60, 0.25
ENTITY_TAGS = 2 * 5 + 1  # BIO over the five kinds


@dataclass(frozen=True)
class Stage:
    """What one stage says about itself; shown to the supervisor and stored with the turn."""

    name: str
    label: str
    confidence: float
    uncertainty: float
    predictive_entropy: float | None = None
    expected_entropy: float | None = None
    mutual_information: float | None = None
    variation_ratio: float | None = None
    max_probability: float | None = None
    agreement: float | None = None  # of the candidates; the reply's stage only
    nearest: float | None = None  # cosine similarity of the nearest known exchange's message, same stage

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "uncertainty": round(self.uncertainty, 4),
            "predictive_entropy": self.predictive_entropy,
            "expected_entropy": self.expected_entropy,
            "mutual_information": self.mutual_information,
            "variation_ratio": self.variation_ratio,
            "max_probability": self.max_probability,
            "agreement": self.agreement,
            "nearest": self.nearest,
        }


def stages_of(
    understanding: Understanding,
    candidates: Sequence[Candidate],
    scope: Scope | None = None,
    *,
    nearest: float | None = None,
) -> list[Stage]:
    """The doubt of every stage about one turn; that about the scope is left out where nobody judged it.

    Args:
        nearest: cosine similarity of the nearest known exchange's message; None while none is known.
    """
    best = candidates[0] if candidates else None
    strangeness = (FAMILIAR - understanding.familiarity) / (FAMILIAR - STRANGE)
    tags = understanding.entity_uncertainty
    return [
        *(
            Stage(
                name=name,
                label=found.label,
                confidence=found.confidence,
                uncertainty=found.normalised_entropy,
                predictive_entropy=found.uncertainty.predictive_entropy,
                expected_entropy=found.uncertainty.expected_entropy,
                mutual_information=found.uncertainty.mutual_information,
                variation_ratio=found.uncertainty.variation_ratio,
                max_probability=found.confidence,
            )
            for name, found in (
                ("dialogue_act", understanding.dialogue_act),
                ("question_type", understanding.question_type),
            )
        ),
        Stage(
            name="entities",
            label=", ".join(entity.text for entity in understanding.entities),
            confidence=min((entity.confidence for entity in understanding.entities), default=1.0),
            uncertainty=min(1.0, tags.predictive_entropy / log(ENTITY_TAGS)),
            predictive_entropy=tags.predictive_entropy,
            expected_entropy=tags.expected_entropy,
            mutual_information=tags.mutual_information,
            variation_ratio=tags.variation_ratio,
            max_probability=tags.max_probability,
        ),
        Stage("familiarity", "", understanding.familiarity, min(1.0, max(0.0, strangeness))),
        Stage(
            "reply",
            best.source if best else "",
            best.score if best else 0.0,
            1.0 - (best.score if best else 0.0),
            agreement=agreement(candidates),
            nearest=nearest,
        ),
        *([_scope_stage(scope, best)] if scope else []),
    ]


def _scope_stage(scope: Scope, best: Candidate | None) -> Stage:
    """What a person answered before, all but word by word, may be answered so again, strange or not."""
    answered = best is not None and best.source == "retrieval" and best.score >= 1.0
    return Stage("scope", scope.kind, 1.0 - scope.probability, 0.0 if answered else scope.doubt)


def joint_uncertainty(stages: Sequence[Stage], *, source: str) -> float:
    """Noisy-or over the stages that a reply from ``source`` rests on; between 0 and 1."""
    weights = WEIGHTS[source]
    return 1.0 - prod(1.0 - weights[stage.name] * stage.uncertainty for stage in stages)
