"""The dissertation's findings asked of the cells: yes or no, and by which figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from benchmarks.adapters_glue.methods import FULL, HOULSBY, LORA, Method
from benchmarks.adapters_glue.scores import Floats, interval
from compression import DECOMPOSITIONS, MapShape

NOISE = 0.01  # the dissertation's own tables move by about a point between equal settings
Draws = Mapping[tuple[str, Method], Floats]  # (task, method) -> score, then its bootstrap draws
Answer = dict[str, Any]


def findings(draws: Draws, width: int) -> dict[str, Answer]:
    """Args: width: of the encoder, for the growth in parameters."""
    found = {"grows_fastest": grows_fastest(width)}
    tensor = {key: value for key, value in draws.items() if key[1].name in DECOMPOSITIONS}
    ranks = sorted({method.rank for _, method in tensor if method.rank is not None})
    if len(ranks) > 1:
        found["low_rank_is_enough"] = low_rank_is_enough(tensor, draws, ranks)
    if tensor:
        found["no_decomposition_wins"] = no_decomposition_wins(tensor)
    return found


def low_rank_is_enough(tensor: Draws, draws: Draws, ranks: list[int]) -> Answer:
    """Yes if the highest rank gains less than a point over the lowest, its interval considered."""

    def gain(low: int) -> Floats:
        return _mean(v for (_, m), v in tensor.items() if m.rank == ranks[-1]) - _mean(
            v for (_, m), v in tensor.items() if m.rank == low
        )

    gains = {f"{low}_to_{ranks[-1]}": _plain(gain(low)) for low in ranks[:-1]}
    figures: Answer = {"gain": gains}
    for name in (FULL, HOULSBY, LORA):
        other = [v for (_, m), v in draws.items() if m.name == name and m.rank in (None, ranks[0])]
        if other:
            lowest = _mean(v for (_, m), v in tensor.items() if m.rank == ranks[0])
            figures[f"{name}_minus_rank_{ranks[0]}"] = _plain(_mean(other) - lowest)
    return {"holds": gains[f"{ranks[0]}_to_{ranks[-1]}"]["high"] < NOISE, **figures}


def no_decomposition_wins(tensor: Draws) -> Answer:
    """Yes unless one form's mean over tasks, ranks and kinds is above every other's, intervals considered."""
    names = sorted({method.name for _, method in tensor})
    means = {name: _mean(v for (_, m), v in tensor.items() if m.name == name) for name in names}
    best = max(names, key=lambda name: float(means[name][0]))
    leads = {name: _plain(means[best] - means[name]) for name in names if name != best}
    return {
        "holds": not all(lead["low"] > 0 for lead in leads.values()),
        "means": {name: _plain(value) for name, value in means.items()},
        "best": best,
        "lead_over": leads,
    }


def grows_fastest(width: int) -> Answer:
    """Parameters of one square map by rank, which every further layer adds again: counted, not measured."""
    shape = MapShape.automatic(width, width)
    counts = {
        name: {str(rank): form.parameter_count(shape, rank) for rank in (2, 4, 8)}
        for name, form in DECOMPOSITIONS.items()
    }
    fastest = {f"{low}_to_{high}": _by_growth(counts, low, high) for low, high in (("2", "4"), ("4", "8"))}
    both = {"tensor_ring", "tensor_train"}
    return {
        "holds": all(set(order[:2]) == both for order in fastest.values()),
        "per_map": counts,
        "fastest_first": fastest,
    }


def _by_growth(counts: Mapping[str, Mapping[str, int]], low: str, high: str) -> list[str]:
    return sorted(counts, key=lambda name: counts[name][low] - counts[name][high])


def more_stable(scores: Mapping[str, Mapping[float, list[float]]]) -> Answer:
    """Whether every tensor form's scores spread less than the matrix form's, at about equal parameters.

    Args:
        scores: method -> learning rate -> score of each seed.

    ``over_seeds`` is the standard deviation at one rate, their mean taken; ``over_rates`` that of the means.
    """
    figures = {
        name: {
            "over_seeds": round(float(np.mean([np.std(seeds, ddof=1) for seeds in rates.values()])), 4),
            "over_rates": round(float(np.std([np.mean(seeds) for seeds in rates.values()])), 4),
            "worst": round(min(min(seeds) for seeds in rates.values()), 4),
            "best": round(max(float(np.mean(seeds)) for seeds in rates.values()), 4),
        }
        for name, rates in scores.items()
    }
    forms = [name for name in figures if name != LORA]
    verdict = {
        spread: [name for name in forms if figures[name][spread] < figures[LORA][spread]]
        for spread in ("over_seeds", "over_rates")
    }
    return {
        "holds": all(len(calmer) == len(forms) for calmer in verdict.values()),
        "calmer_than_lora": verdict,
        "spread": figures,
    }


def _mean(values: Iterable[Floats]) -> Floats:
    mean: Floats = np.mean(list(values), axis=0)
    return mean


def _plain(draws: Floats) -> dict[str, float]:
    found = interval(draws)
    return {"mean": round(found.mean, 4), "low": round(found.low, 4), "high": round(found.high, 4)}
