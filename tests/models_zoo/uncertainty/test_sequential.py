"""Stopping early: it is right as often as it promises, and it saves passes where the case is clear."""

import math

import numpy as np
import pytest
import torch

from models_zoo.uncertainty.measures import entropy
from models_zoo.uncertainty.sequential import Bet, capital, settled_after


def passes_around(probabilities: list[float], spread: float, count: int, seed: int) -> torch.Tensor:
    """Passes whose logits vary normally: (T, C)."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.tensor(probabilities).log()
    return (logits + spread * torch.randn(count, len(logits), generator=generator)).softmax(-1).double()


def test_a_clear_case_is_settled_after_few_passes():
    plain = torch.tensor([0.98, 0.01, 0.01], dtype=torch.float64)
    after = settled_after(plain, passes_around([0.98, 0.01, 0.01], 0.3, 100, 0), limit=0.7, error=0.05)
    assert after is not None
    assert after < 30


def test_a_case_at_the_limit_is_never_settled():
    passes = passes_around([0.6, 0.4], 1.0, 100, 1)
    between = (float(entropy(passes.mean(0))) + float(entropy(passes).mean())) / 2
    assert settled_after(passes[0], passes, limit=between, error=0.05) is None


@pytest.mark.parametrize("hoped", [0.9, 0.4, 0.0])
def test_a_bet_on_what_is_false_seldom_pays(hoped):
    """Of twenty thousand bets on a fair coin, however hopeful, at most one in twenty ever reaches twenty."""
    figures = torch.from_numpy(np.random.default_rng(0).choice([-0.8, 0.8], size=(200, 20_000)))
    bet = Bet(torch.full((20_000,), hoped, dtype=torch.float64), -1.0)
    won = (capital(bet, figures) >= 20).any(0).double().mean()
    assert 0 < float(won) < 0.05 + 3 * (0.05 * 0.95 / 20_000) ** 0.5


def test_the_stake_is_set_before_the_pass_it_is_bet_on():
    figures = torch.rand(20, 1, dtype=torch.float64) * 2 - 1
    other = figures.clone()
    other[10:] = -figures[10:]
    bet = Bet(torch.tensor([0.2], dtype=torch.float64), -1.0)
    assert torch.equal(capital(bet, figures)[:10], capital(bet, other)[:10])


def test_no_stake_ruins_even_when_everything_goes_wrong():
    figures = torch.full((50, 1), -1.0, dtype=torch.float64)
    assert float(capital(Bet(torch.tensor([0.9], dtype=torch.float64), -1.0), figures).min()) > 0


def test_the_entropy_bounds_hold_for_any_passes():
    passes = passes_around([0.5, 0.3, 0.2], 1.5, 500, 3)
    mean = passes.mean(0)
    q = passes[0].clamp_min(0.02)
    surprise = -(q / q.sum()).log()
    assert float(entropy(mean)) <= float((passes * surprise).sum(-1).mean()) + 1e-12
    assert float(entropy(mean)) >= float(entropy(passes).mean())
    assert math.isfinite(float(surprise.max()))
