"""Stopping to draw passes once more of them could hardly change what is decided.

Two decisions hang on the passes' mean distribution ``m``: its label, and whether its entropy is below a
limit. Both are put as means of bounded figures of single passes, and each is tested by betting (Ville 1939;
Waudby-Smith & Ramdas 2024): a capital that is multiplied by ``1 + stake * (z - mean)`` for each pass cannot
be expected to grow if the decision is wrong, so it reaches ``1 / error`` with at most that probability,
however often one looks. Stakes are set before the pass that they are bet on.

    label c, any rival r    z = p_c - p_r                       against  mean <= 0
    entropy below limit     z = limit - (-sum p log q)          against  mean <= 0, since H[m] <= -sum m log q
    entropy above limit     z = H[p] - limit                    against  mean <= 0, since H[m] >= mean H[p]

``q`` is any fixed distribution, here the one pass without dropout, kept away from zero. Where the limit lies
between the mean of the entropies and the entropy of the mean, nothing settles it and all passes are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.uncertainty.measures import entropy

FLOOR = 0.05  # of q: the smaller, the tighter the bound and the less may be staked on it
BOLDNESS = 0.9  # of the greatest stake that cannot ruin


@dataclass(frozen=True, slots=True)
class Bet:
    """A figure of single passes whose mean is thought to be above zero; it is never below ``least``."""

    expected: Tensor  # (K,), from the pass without dropout
    least: float


def capital(bet: Bet, figures: Tensor) -> Tensor:
    """What one unit has become after each pass: ``(T, K) -> (T, K)``.

    The stake follows the mean and the variance of what was seen before (Waudby-Smith & Ramdas, eq. 26).
    """
    before = torch.cat([bet.expected[None], figures[:-1]]).cumsum(0)
    count = torch.arange(1, len(figures) + 1, dtype=figures.dtype)[:, None]
    mean = before / count
    deviations = torch.cat([torch.zeros_like(mean[:1]), (figures - mean)[:-1].square()]).cumsum(0)
    variance = (0.05 + deviations) / (count + 1)
    stake = (mean / (variance + mean.square())).clamp(0.0, BOLDNESS / -bet.least)
    return (1 + stake * figures).log().cumsum(0).exp()


def settled_after(plain: Tensor, passes: Tensor, *, limit: float, error: float) -> int | None:
    """After how many of the passes both decisions were settled; None if they never were.

    Args:
        plain: (C,), the distribution of the pass without dropout.
        passes: (T, C), those drawn so far.
        limit: nats, which the entropy of the mean is compared with.
        error: probability of settling on what all passes to come would not decide; half for each decision.
    """
    label = plain.argmax()
    rivals = torch.arange(len(plain)) != label
    wins = Bet((plain[label] - plain)[rivals], -1.0)
    label_capital = capital(wins, (passes[:, label, None] - passes)[:, rivals]).amin(-1)
    q = plain.clamp_min(FLOOR)
    surprise = -(q / q.sum()).log()  # (C,)
    below = Bet(limit - (plain * surprise).sum()[None], limit - float(surprise.max()))
    above = Bet((entropy(plain) - limit)[None], -limit)
    sides = torch.stack(
        [
            capital(below, limit - (passes * surprise).sum(-1, keepdim=True))[:, 0],
            capital(above, entropy(passes)[:, None] - limit)[:, 0],
        ]
    )
    # Only one side can be wrong, so betting on both costs no more than betting on one.
    done = (label_capital >= 2 / error).cummax(0).values & (sides.amax(0) >= 2 / error).cummax(0).values
    return int(done.nonzero()[0]) + 1 if bool(done.any()) else None
