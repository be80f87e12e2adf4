"""The figures of a run, each with its interval over dialogues."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models_zoo.routing.calibration import brier, calibration_error, reliability
from models_zoo.routing.guarantee import Guarantee, guaranteed_threshold
from models_zoo.routing.resampling import Rows, group_resamples, interval
from models_zoo.routing.risk_coverage import aurc, auroc, coverage_at, error_at
from models_zoo.training.evaluation import macro_f1

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]
ERRORS = (0.02, 0.05, 0.10)
COVERAGES = (0.25, 0.50, 0.75)
SPLITS = 200


@dataclass
class Sheet:
    """Collects figures and, beside them, their intervals under dotted names."""

    gold: Labels
    dialogues: Sequence[str]
    times: int
    intervals: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._resamples = group_resamples(self.dialogues, times=self.times)
        self._everything: Rows = np.arange(len(self.gold))

    def figure(self, name: str, score: Callable[[Rows], float]) -> float:
        """The score of all turns; its interval is kept under ``name``."""
        low, high = interval(score, self._resamples)
        self.intervals[name] = [round(low, 4), round(high, 4)]
        return round(score(self._everything), 4)

    def classifier(self, name: str, probabilities: Values) -> dict[str, float]:
        answer = probabilities.argmax(1)
        return {
            "macro_f1": self.figure(f"{name}macro_f1", lambda r: macro_f1(self.gold[r], answer[r])),
            "accuracy": self.figure(f"{name}accuracy", lambda r: float((answer[r] == self.gold[r]).mean())),
        }

    def calibration(self, name: str, probabilities: Values) -> dict[str, Any]:
        confidence, right = probabilities.max(1), probabilities.argmax(1) == self.gold
        return {
            "ece": self.figure(f"{name}.ece", lambda r: calibration_error(confidence[r], right[r])),
            "adaptive_ece": self.figure(
                f"{name}.adaptive_ece", lambda r: calibration_error(confidence[r], right[r], adaptive=True)
            ),
            "brier": self.figure(f"{name}.brier", lambda r: brier(probabilities[r], self.gold[r])),
            "bins": [one.to_json() for one in reliability(confidence, right)],
        }

    def risk_calibration(self, name: str, risk: Values, wrong: Flags) -> dict[str, Any]:
        """Does a chance of being wrong say how often the answer is wrong?"""
        return {
            "ece": self.figure(f"{name}.ece", lambda r: calibration_error(risk[r], wrong[r])),
            "adaptive_ece": self.figure(
                f"{name}.adaptive_ece", lambda r: calibration_error(risk[r], wrong[r], adaptive=True)
            ),
            "brier": self.figure(f"{name}.brier", lambda r: float(((risk[r] - wrong[r]) ** 2).mean())),
            "bins": [one.to_json() for one in reliability(risk, wrong)],
        }

    def scores(self, name: str, scores: Mapping[str, Values], wrong: Flags) -> dict[str, dict[str, float]]:
        """AURC and AUROC of every score about one set of answers."""
        found: dict[str, dict[str, float]] = {}
        for measure, function in (("aurc", aurc), ("auroc", auroc)):
            found[measure] = {
                score: self.figure(f"{name}{measure}.{score}", _of(function, values, wrong))
                for score, values in scores.items()
            }
        return found

    def gain(self, name: str, better: Values, base: Values, wrong: Flags) -> dict[str, float]:
        """AUROC of one score above another's, on the same resamples."""
        mean = self.figure(name, lambda r: auroc(better[r], wrong[r]) - auroc(base[r], wrong[r]))
        low, high = self.intervals[name]
        return {"mean": mean, "low": low, "high": high}

    def coverages(self, name: str, doubt: Values, wrong: Flags) -> dict[str, float]:
        found = {}
        for error in ERRORS:
            score = _of(partial(coverage_at, error=error), doubt, wrong)
            found[f"{error:.2f}"] = self.figure(f"{name}.{error:.2f}", score)
        return found

    def errors_at(self, name: str, scores: Mapping[str, Values], wrong: Flags) -> dict[str, dict[str, float]]:
        """The error among the least doubted quarter, half and three quarters, by every score."""
        return {
            score: {
                f"{share:.2f}": self.figure(
                    f"{name}.{score}.{share:.2f}", _of(partial(error_at, coverage=share), values, wrong)
                )
                for share in COVERAGES
            }
            for score, values in scores.items()
        }

    def realised(self, name: str, found: Guarantee, doubt: Values, wrong: Flags) -> dict[str, Any]:
        """What a promised threshold turned out to let through; no error where it let nothing through."""
        limit = -np.inf if found.threshold is None else found.threshold
        answered = doubt < limit

        def error(rows: Rows) -> float:
            chosen = answered[rows]
            return float(wrong[rows][chosen].mean()) if chosen.any() else 0.0

        return {
            "target": found.target,
            "confidence": found.confidence,
            "realised": self.figure(f"{name}.realised", error) if answered.any() else None,
            "coverage": self.figure(f"{name}.coverage", lambda r: float(answered[r].mean())),
            "bound": round(found.bound, 4),
            "n": found.n,
            "refusal": found.refusal,
        }


def _of(function: Callable[[Values, Flags], float], doubt: Values, wrong: Flags) -> Callable[[Rows], float]:
    """The measure on a choice of turns."""
    return lambda rows: function(doubt[rows], wrong[rows])


def kept_promises(
    doubt: Values, wrong: Flags, groups: Sequence[str], *, target: float, confidence: float
) -> dict[str, float]:
    """Thresholds from a random half of the groups, looked at on the other half, 200 times.

    The bound takes turns as exchangeable. With every turn a group of its own they are; with dialogues as
    groups they are not quite, since the turns of a dialogue go wrong together.
    """
    names = {name: index for index, name in enumerate(sorted(set(groups)))}
    place = np.array([names[group] for group in groups])
    generator = np.random.default_rng(0)
    errors, shares = [], []
    for _ in range(SPLITS):
        first = (generator.permutation(len(names)) < len(names) / 2)[place]
        found = guaranteed_threshold(doubt[first], wrong[first], target=target, confidence=confidence)
        answered = doubt[~first] < (-np.inf if found.threshold is None else found.threshold)
        shares.append(answered.mean())
        errors.append(wrong[~first][answered].mean() if answered.any() else 0.0)
    return {
        "kept": round(float(np.mean(np.array(errors) <= target)), 4),
        "refused": round(float(np.mean(np.array(shares) == 0)), 4),
        "mean_coverage": round(float(np.mean(shares)), 4),
    }
