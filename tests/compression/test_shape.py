from math import prod

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from compression.decompositions import MapShape, choose_modes


@pytest.mark.parametrize(
    ("size", "order", "modes"),
    [
        (768, 2, (24, 32)),  # the dissertation's
        (768, 3, (8, 8, 12)),
        (3072, 2, (48, 64)),
        (1024, 2, (32, 32)),
        (10, 2, (2, 5)),
        (1, 2, (1, 1)),
        (13, 1, (13,)),
    ],
)
def test_a_side_with_good_divisors_is_split_exactly(size: int, order: int, modes: tuple[int, ...]) -> None:
    assert choose_modes(size, order) == modes


@pytest.mark.parametrize(("size", "modes"), [(1009, (32, 32)), (30522, (175, 175))])
def test_a_side_without_good_divisors_is_padded(size: int, modes: tuple[int, ...]) -> None:
    assert choose_modes(size, 2) == modes


@given(size=st.integers(1, 60_000), order=st.integers(1, 4))
def test_any_side_is_covered_by_modes_close_to_balanced(size: int, order: int) -> None:
    modes = choose_modes(size, order)
    balanced = order * size ** (1 / order)
    assert len(modes) == order
    assert prod(modes) >= size
    assert sum(modes) <= max(1.25 * balanced, balanced + order)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 4, (1,), (4,)), "in_features must be at least 1"),
        ((8, 4, (2, 3), (4,)), r"in_modes \(2, 3\) multiply to 6, less than in_features = 8"),
        ((8, 9, (2, 4), (4, 2)), "out_modes"),
        ((8, 4, (), (4,)), "in_modes must be positive"),
        ((8, 4, (8, 0), (4,)), "in_modes must be positive"),
    ],
)
def test_modes_that_do_not_fit_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MapShape(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "order"), [(0, 2), (8, 0)])
def test_sizes_and_orders_below_one_are_refused(size: int, order: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        choose_modes(size, order)


def test_tensorising_keeps_entries_and_pads_with_zeros() -> None:
    shape = MapShape(5, 4, (2, 3), (2, 2))
    matrix = torch.arange(20.0).reshape(5, 4)
    tensor = shape.tensorise(matrix)
    assert tensor.shape == (2, 3, 2, 2)
    assert tensor[1, 1, 1, 0] == matrix[4, 2]
    assert (tensor[1, 2] == 0).all()  # row 5 does not exist


def test_a_matrix_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected a matrix of shape \(5, 4\), got \(4, 5\)"):
        MapShape.automatic(5, 4).tensorise(torch.zeros(4, 5))
