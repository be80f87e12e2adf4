"""The chance that a turn would be wrong, as a small file of coefficients that needs no torch and no numpy.

    logit risk = prior_weight * logit(prior) + intercept + sum_f coefficient_f * (x_f - mean_f) / scale_f

``prior`` is a doubt that needs no fitting: the noisy-or over the stages in the engine, one minus the largest
probability elsewhere. Without data the model *is* the prior (weight 1, nothing else); fitting moves away
from there only as far as verdicts pull (``joint_fitting``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import exp, log
from typing import Any

Json = dict[str, Any]
EDGE = 1e-3  # priors nearer to 0 or 1 than this claim more than anything fitted could take back
FORMAT = 1


@dataclass(frozen=True)
class Term:
    """One signal's part; a turn on which it is unknown gets none."""

    name: str
    mean: float
    scale: float
    coefficient: float


@dataclass(frozen=True)
class JointModel:
    """A fitted joint uncertainty; ``PRIOR`` is the one before any verdict.

    Attributes:
        n, wrong: verdicts it was fitted on, and the wrong turns among them.
        origin: what they were, e.g. a count by source; kept for people.
    """

    terms: tuple[Term, ...] = ()
    intercept: float = 0.0
    prior_weight: float = 1.0
    n: int = 0
    wrong: int = 0
    origin: Json = field(default_factory=dict)

    @property
    def version(self) -> str:
        """``prior``, or a digest of everything that decides the risk."""
        if not self.n:
            return "prior"
        content = self.to_json()
        del content["origin"]
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"joint-{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"

    def risk(self, signals: Mapping[str, float | None], *, prior: float) -> float:
        """The chance that the turn is wrong, between 0 and 1; ``prior`` itself before any fit."""
        if not self.n:
            return prior
        return 1.0 / (
            1.0 + exp(-self.intercept - self.prior_weight * logit(prior) - sum(self.parts(signals).values()))
        )

    def parts(self, signals: Mapping[str, float | None]) -> dict[str, float]:
        """What each signal adds to the logarithm of the odds, for people who ask why."""
        return {
            term.name: term.coefficient * (value - term.mean) / term.scale
            for term in self.terms
            if (value := signals.get(term.name)) is not None
        }

    def to_json(self) -> Json:
        return {"format": FORMAT, **asdict(self), "terms": [asdict(term) for term in self.terms]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> JointModel:
        """The inverse of ``to_json``.

        Raises:
            ValueError: written by another version of this code.
        """
        if value.get("format") != FORMAT:
            raise ValueError(f"A joint model of format {value.get('format')!r}; this code reads {FORMAT}.")
        return cls(
            terms=tuple(Term(**term) for term in value["terms"]),
            intercept=value["intercept"],
            prior_weight=value["prior_weight"],
            n=value["n"],
            wrong=value["wrong"],
            origin=dict(value["origin"]),
        )


PRIOR = JointModel()


def logit(probability: float) -> float:
    """The logarithm of the odds, with the probability kept away from 0 and 1."""
    inside = min(1.0 - EDGE, max(EDGE, probability))
    return log(inside / (1.0 - inside))
