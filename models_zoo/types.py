"""What the understanding model says about an utterance: plain values, no torch.

Entropies are in nats. ``predictive_entropy = expected_entropy + mutual_information``: the whole doubt is
what every pass shares (noise in the input) plus what the passes disagree about (doubt in the weights);
Houlsby et al. 2011, Gal & Ghahramani 2016.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Json = dict[str, Any]  # a JSON object: its values are whatever JSON allows


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Doubt about one categorical answer: three entropies in nats, two shares between 0 and 1.

    Attributes:
        variation_ratio: share of the passes that vote against the answer.
        max_probability: probability of the answer. Both are None on turns stored before they were measured.
    """

    predictive_entropy: float
    expected_entropy: float
    mutual_information: float
    variation_ratio: float | None = None
    max_probability: float | None = None

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Uncertainty:
        return cls(
            value["predictive_entropy"],
            value["expected_entropy"],
            value["mutual_information"],
            value.get("variation_ratio"),
            value.get("max_probability"),
        )


@dataclass(frozen=True, slots=True)
class Distribution:
    """Probabilities over ``labels``, averaged over the dropout passes and calibrated."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    uncertainty: Uncertainty

    @property
    def label(self) -> str:
        """The most probable label; the first of equals."""
        return self.labels[self.probabilities.index(max(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The probability of ``label``."""
        return max(self.probabilities)

    @property
    def normalised_entropy(self) -> float:
        """Predictive entropy over ``log C``: 0 is sure, 1 is a uniform guess."""
        if len(self.labels) < 2:
            return 0.0
        return min(1.0, max(0.0, self.uncertainty.predictive_entropy / math.log(len(self.labels))))

    def to_json(self) -> Json:
        return {
            "labels": list(self.labels),
            "probabilities": list(self.probabilities),
            "uncertainty": self.uncertainty.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Distribution:
        return cls(
            tuple(value["labels"]),
            tuple(value["probabilities"]),
            Uncertainty.from_json(value["uncertainty"]),
        )


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of the text: ``text == utterance[start:end]``, offsets in characters."""

    kind: str
    text: str
    start: int
    end: int
    confidence: float
    uncertainty: Uncertainty  # of the span's most uncertain word

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "confidence": self.confidence,
            "uncertainty": self.uncertainty.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entity:
        return cls(
            value["kind"],
            value["text"],
            value["start"],
            value["end"],
            value["confidence"],
            Uncertainty.from_json(value["uncertainty"]),
        )


@dataclass(frozen=True, slots=True)
class Understanding:
    """One utterance as the model reads it, with all that is needed to judge or repeat the reading."""

    text: str
    dialogue_act: Distribution
    question_type: Distribution
    entities: tuple[Entity, ...]
    entity_uncertainty: Uncertainty  # of the utterance's most uncertain word
    embedding: tuple[float, ...]  # frozen backbone, mean-pooled, unit length
    familiarity: float  # cosine similarity to the nearest training utterance, in 0..1
    passes: int
    seed: int
    model_version: str
    estimator: str = "passes"  # how the uncertainties were worked out, and in which precision if not float32

    def to_json(self) -> Json:
        """Everything but the embedding, which the text and the backbone give back."""
        return {
            "text": self.text,
            "dialogue_act": self.dialogue_act.to_json(),
            "question_type": self.question_type.to_json(),
            "entities": [entity.to_json() for entity in self.entities],
            "entity_uncertainty": self.entity_uncertainty.to_json(),
            "familiarity": self.familiarity,
            "passes": self.passes,
            "seed": self.seed,
            "model_version": self.model_version,
            "estimator": self.estimator,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], *, embedding: tuple[float, ...] = ()) -> Understanding:
        """The inverse of ``to_json``, which leaves the embedding out."""
        return cls(
            text=value["text"],
            dialogue_act=Distribution.from_json(value["dialogue_act"]),
            question_type=Distribution.from_json(value["question_type"]),
            entities=tuple(Entity.from_json(entity) for entity in value["entities"]),
            entity_uncertainty=Uncertainty.from_json(value["entity_uncertainty"]),
            embedding=embedding,
            familiarity=value["familiarity"],
            passes=value["passes"],
            seed=value["seed"],
            model_version=value["model_version"],
            estimator=value.get("estimator", "passes"),
        )
