"""Maps of many rows at once: the same numbers, and the number of rows that makes them so."""

import pytest
import torch
from torch import nn

from models_zoo.serving.attention import STEP, Attention
from models_zoo.serving.steady import FEWEST, MOST_ROWS, SteadyLinear, steady_from


def rounding(otherwise: int):
    """A kernel that rounds its sums once more when there are fewer rows."""

    def apply(x: torch.Tensor) -> torch.Tensor:
        total = x.sum(-1, keepdim=True)
        return total.bfloat16().float() if len(x) < otherwise else total

    return apply


@pytest.fixture(scope="module")
def rows() -> torch.Tensor:
    return torch.randn(MOST_ROWS, 300, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("otherwise", "fewest"), [(0, 1), (16, 16), (17, 32), (48, 48), (64, 64), (100, None)]
)
def test_the_fewest_rows_that_are_steady_are_found(rows, otherwise, fewest):
    assert steady_from(rounding(otherwise), rows) == fewest
    assert fewest is None or fewest in FEWEST


@pytest.mark.parametrize("sizes", [[3], [5, 40], [200, 100, 3, 256, 1]], ids=str)
@pytest.mark.parametrize("fewest", [None, 1, 48])
def test_rows_are_mapped_whole_and_in_order(monkeypatch, sizes, fewest):
    torch.manual_seed(0)
    first, second = nn.Linear(20, 8), nn.Linear(20, 4)
    one = SteadyLinear([first, second], torch.float32, adds=True)
    monkeypatch.setattr(one, "_fewest", fewest)
    x, plus = torch.randn(sum(sizes), 20), torch.randn(sum(sizes), 12)
    with torch.inference_mode():
        expected = torch.cat([first(x), second(x)], dim=1) + plus
        assert torch.allclose(one(x, sizes, plus), expected, atol=1e-5)


@pytest.mark.parametrize("activation", ["gelu", "relu"])
def test_what_follows_the_map(activation):
    layer = nn.Linear(16, 16)
    x = torch.randn(7, 16)
    expected = getattr(nn.functional, activation)(layer(x))
    assert torch.allclose(SteadyLinear([layer], torch.float32, activation)(x, [7]), expected, atol=1e-5)


@torch.inference_mode()
def test_attention_stays_within_an_utterance():
    sizes = [1, STEP - 1, STEP, STEP + 1, 3, 2 * STEP]
    projected = torch.randn(sum(sizes), 3 * 24)
    found = Attention(sizes, heads=3)(projected)
    for own, got in zip(projected.split(sizes), found.split(sizes), strict=True):
        query, key, value = own.view(len(own), 3, 3, 8).permute(1, 2, 0, 3)
        expected = (query @ key.mT / 8**0.5).softmax(-1) @ value  # (heads, L, d)
        assert torch.allclose(got, expected.transpose(0, 1).flatten(1), atol=1e-5)
