"""Every decomposition against TensorLy's own reconstruction, the dense product, and its closed formulas."""

import pytest
import tensorly
import torch

from compression.decompositions import DECOMPOSITIONS, MapShape, TensorMap, decomposition_named
from compression.decompositions.tensor_map import halves_are_cheaper

NAMES = sorted(DECOMPOSITIONS)
SHAPES = {
    "square": MapShape.automatic(24, 24),
    "wide": MapShape.automatic(12, 40),
    "narrow": MapShape.automatic(32, 2),
    "prime": MapShape.automatic(23, 29),
    "three modes a side": MapShape.automatic(24, 30, order=3),
    "uneven orders": MapShape(24, 6, (4, 6), (6,)),
    "one mode a side": MapShape.automatic(7, 5, order=1),
}
every_decomposition = pytest.mark.parametrize("name", NAMES)
every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def random_map(name: str, shape: MapShape, rank: int = 3, dtype: torch.dtype = torch.float64) -> TensorMap:
    torch.manual_seed(0)
    tensor_map = DECOMPOSITIONS[name](shape, rank).to(dtype)
    with torch.no_grad():
        for factor in tensor_map.parameters():
            factor.normal_()
    return tensor_map


def reconstruct_with_tensorly(tensor_map: TensorMap) -> torch.Tensor:
    factors = [factor.detach().numpy() for factor in tensor_map.parameters()]
    tensor = {
        "cp": lambda: tensorly.cp_to_tensor((None, factors)),
        "tucker": lambda: tensorly.tucker_to_tensor((factors[0], factors[1:])),
        "tensor_train": lambda: tensorly.tt_to_tensor(factors),
        "tensor_ring": lambda: tensorly.tr_to_tensor(factors),
    }[tensor_map.name]()
    shape = tensor_map.shape
    rows = torch.tensor(shape.in_modes).prod()
    return torch.from_numpy(tensor).reshape(int(rows), -1)[: shape.in_features, : shape.out_features]


@every_decomposition
@every_shape
def test_the_dense_matrix_equals_tensorlys_reconstruction(name: str, shape: MapShape) -> None:
    tensor_map = random_map(name, shape)
    assert tensor_map.dense().shape == (shape.in_features, shape.out_features)
    torch.testing.assert_close(tensor_map.dense().detach(), reconstruct_with_tensorly(tensor_map))


@every_decomposition
@every_shape
@pytest.mark.parametrize("batch", [(), (5,), (2, 70), (0,)], ids=str)
def test_the_output_equals_the_dense_product(name: str, shape: MapShape, batch: tuple[int, ...]) -> None:
    tensor_map = random_map(name, shape)
    x = torch.randn(*batch, shape.in_features, dtype=torch.float64)
    torch.testing.assert_close(tensor_map(x), x @ reconstruct_with_tensorly(tensor_map))


def test_both_ways_to_multiply_occur_in_these_tests() -> None:
    choices = {
        halves_are_cheaper(rows=140, shape=shape, bond=random_map(name, shape).halves()[0].shape[1])
        for name in NAMES
        for shape in SHAPES.values()
    }
    assert choices == {True, False}


def test_the_dense_matrix_is_built_only_where_it_saves_work() -> None:
    square, head = MapShape.automatic(768, 768), MapShape.automatic(1024, 10)
    assert halves_are_cheaper(rows=32, shape=square, bond=16)
    assert halves_are_cheaper(rows=2048, shape=square, bond=64)
    assert not halves_are_cheaper(rows=2048, shape=head, bond=64)


@every_decomposition
@every_shape
def test_a_new_map_is_exactly_zero_but_no_dead_end(name: str, shape: MapShape) -> None:
    torch.manual_seed(0)
    tensor_map = DECOMPOSITIONS[name](shape, rank=3)
    assert (tensor_map.dense() == 0).all()
    *others, last = tensor_map.parameters()
    assert (last == 0).all()
    assert all((factor != 0).all() for factor in others)
    optimiser = torch.optim.SGD(tensor_map.parameters(), lr=0.1)
    x = torch.randn(16, shape.in_features)
    for _ in range(2):  # the first step leaves zero, the second reaches every factor
        optimiser.zero_grad()
        (tensor_map(x) - 1).square().mean().backward()
        optimiser.step()
    for factor in tensor_map.parameters():
        assert factor.grad is not None
        assert factor.grad.abs().max() > 0


@every_decomposition
def test_without_the_zero_the_variance_is_that_of_a_linear_layer(name: str) -> None:
    torch.manual_seed(0)
    shape = MapShape.automatic(64, 48)
    tensor_map = DECOMPOSITIONS[name](shape, rank=4)
    draws = []
    for _ in range(200):
        tensor_map.reset_parameters(zero=False)
        draws.append(tensor_map.dense().detach().square().mean())
    expected = torch.nn.Linear(64, 48).weight.detach().square().mean()
    torch.testing.assert_close(torch.stack(draws).mean(), expected, rtol=0.25, atol=0)


@every_decomposition
def test_gradients_are_right(name: str) -> None:
    shape = MapShape.automatic(6, 4)
    tensor_map = random_map(name, shape, rank=2)
    names = [name for name, _ in tensor_map.named_parameters()]
    x = torch.randn(3, 6, dtype=torch.float64)

    def output(*factors: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(tensor_map, dict(zip(names, factors, strict=True)), (x,))

    assert torch.autograd.gradcheck(output, tuple(tensor_map.parameters()))


@every_decomposition
@every_shape
@pytest.mark.parametrize("rank", [1, 2, 5])
def test_the_stated_parameter_count_is_the_real_one(name: str, shape: MapShape, rank: int) -> None:
    tensor_map = DECOMPOSITIONS[name](shape, rank)
    real = sum(factor.numel() for factor in tensor_map.parameters())
    assert DECOMPOSITIONS[name].parameter_count(shape, rank) == real


@pytest.mark.parametrize(("name", "rank"), [("tensor_train", 24), ("tucker", 6), ("tensor_ring", 7)])
def test_a_matrix_is_reproduced_once_the_rank_suffices(name: str, rank: int) -> None:
    torch.manual_seed(0)
    shape = MapShape.automatic(24, 24)
    matrix = torch.randn(24, 24, dtype=torch.float64)
    rebuilt = DECOMPOSITIONS[name].from_dense(matrix, shape, rank).dense()
    assert (rebuilt - matrix).norm() < 1e-3 * matrix.norm()


@every_decomposition
def test_a_matrix_of_that_very_form_is_recovered(name: str) -> None:
    shape = MapShape.automatic(24, 24)
    matrix = random_map(name, shape, rank=2).dense().detach()
    rebuilt = DECOMPOSITIONS[name].from_dense(matrix, shape, rank=3).dense()
    assert (rebuilt - matrix).norm() < 1e-2 * matrix.norm()


@every_decomposition
def test_the_error_shrinks_as_the_rank_grows(name: str) -> None:
    torch.manual_seed(0)
    matrix = torch.randn(24, 30)
    shape = MapShape.automatic(24, 30)
    errors = [
        (DECOMPOSITIONS[name].from_dense(matrix, shape, rank).dense() - matrix).norm().item()
        for rank in (1, 2, 4)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.95 * errors[0]


@every_decomposition
def test_the_same_seed_gives_the_same_decomposition(name: str) -> None:
    torch.manual_seed(0)
    matrix, shape = torch.randn(12, 12), MapShape.automatic(12, 12)
    first, second = (DECOMPOSITIONS[name].from_dense(matrix, shape, rank=5, seed=3) for _ in range(2))
    assert first.dense().dtype == torch.float32
    torch.testing.assert_close(first.dense(), second.dense(), rtol=0, atol=0)


@every_decomposition
def test_a_map_learns_eight_examples_by_heart(name: str) -> None:
    torch.manual_seed(0)
    tensor_map = DECOMPOSITIONS[name](MapShape.automatic(16, 16), rank=8)
    x, y = torch.randn(8, 16), torch.randn(8, 4).repeat(1, 4)
    optimiser = torch.optim.Adam(tensor_map.parameters(), lr=0.03)
    for _ in range(800):
        optimiser.zero_grad()
        loss = (tensor_map(x) - y).square().mean()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.02


@every_decomposition
@pytest.mark.parametrize("rank", [0, -1, 2.0, True, "4"])
def test_a_rank_that_is_no_positive_integer_is_refused(name: str, rank: object) -> None:
    with pytest.raises(ValueError, match="rank must be a positive integer"):
        DECOMPOSITIONS[name](MapShape.automatic(4, 4), rank)  # type: ignore[arg-type]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'svd'; choose one of cp, tucker, tensor_train, tensor_ring"):
        decomposition_named("svd")
