"""From one adapter, or one dense layer, to a decomposition of it."""

from pathlib import Path

import peft
import pytest
import torch
from torch import nn

from compression import (
    DECOMPOSITIONS,
    MapShape,
    TensorAdapterConfig,
    deltas_of,
    load_replaced,
    project_deltas,
    replace_linear,
    save_replaced,
)
from compression.conversion import balanced
from tests.compression.tiny_models import encoder, hidden

every_decomposition = pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
TARGETS = ["q_lin", "lin2"]


def trained_lora() -> peft.PeftModel:
    """A LoRA that has an effect, as after training."""
    torch.manual_seed(0)
    config = peft.LoraConfig(r=2, lora_alpha=4, target_modules=TARGETS, init_lora_weights=False)
    return peft.get_peft_model(encoder("distilbert"), config).eval()


def fresh(decomposition: str, rank: int, **changes: object) -> peft.PeftModel:
    config = TensorAdapterConfig(
        decomposition=decomposition, rank=rank, **{"target_modules": list(TARGETS)} | changes
    )
    return peft.get_peft_model(encoder("distilbert"), config).eval()


def test_a_delta_is_what_merging_adds() -> None:
    model = trained_lora()
    for name, delta in deltas_of(model).items():
        layer = model.get_submodule(name)
        before = layer.weight.detach().clone()
        layer.merge()
        assert torch.allclose(layer.weight - before, delta.T, atol=1e-6)
        layer.unmerge()


def test_a_full_train_answers_as_the_lora_did() -> None:
    lora = trained_lora()
    train = fresh("tensor_train", 64)
    errors = [projection.error for projection in project_deltas(train, deltas_of(lora))]
    assert len(errors) == 4
    assert max(errors) < 1e-5
    assert torch.allclose(hidden(train), hidden(lora), atol=1e-4)


@every_decomposition
def test_the_error_falls_with_the_rank(decomposition: str) -> None:
    deltas = deltas_of(trained_lora())
    errors = [
        sum(projection.error for projection in project_deltas(fresh(decomposition, rank), deltas))
        for rank in (1, 4)
    ]
    assert errors[1] < errors[0]


def test_a_layer_without_a_delta_stays_zero() -> None:
    model = fresh("cp", 2, target_modules=["k_lin"])
    assert project_deltas(model, deltas_of(trained_lora())) == []
    assert torch.equal(hidden(model), hidden(encoder("distilbert")))


def test_progress_reaches_the_end() -> None:
    said: list[float] = []
    project_deltas(fresh("tensor_train", 1), deltas_of(trained_lora()), progress=said.append)
    assert said == [0.25, 0.5, 0.75, 1.0]


@every_decomposition
def test_balancing_changes_the_factors_and_not_the_map(decomposition: str) -> None:
    tensor_map = DECOMPOSITIONS[decomposition](MapShape.automatic(12, 12), 2)
    tensor_map.reset_parameters(zero=False)
    next(iter(tensor_map.parameters())).data.mul_(1000)
    before = tensor_map.dense().detach().clone()
    norms = [float(factor.norm()) for factor in balanced(tensor_map).parameters()]
    assert max(norms) == pytest.approx(min(norms), rel=1e-4)
    assert torch.allclose(tensor_map.dense(), before, rtol=1e-3)


def test_a_serial_adapter_has_no_delta() -> None:
    model = fresh("cp", 2, kind="serial", bottleneck=8)
    with pytest.raises(ValueError, match="serial"):
        deltas_of(model)


@every_decomposition
def test_replaced_layers_are_saved_and_loaded(decomposition: str, tmp_path: Path) -> None:
    model = encoder("distilbert")
    replaced = replace_linear(model, targets=["lin1"], decomposition=decomposition, rank=3)
    assert [layer.parameters < layer.dense_parameters for layer in replaced] == [True, True]
    save_replaced(model, tmp_path, replaced, decomposition=decomposition, rank=3)
    assert torch.equal(hidden(load_replaced(encoder("distilbert"), tmp_path)), hidden(model))


def test_a_full_train_replaces_a_layer_without_loss() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(12, 20), nn.ReLU(), nn.Linear(20, 3, bias=False))
    x = torch.randn(5, 12)
    before = model(x)
    replaced = replace_linear(model, targets=["0", "2"], decomposition="tensor_train", rank=99)
    assert max(layer.error for layer in replaced) < 1e-5
    assert torch.allclose(model(x), before, atol=1e-4)


def test_layers_that_are_not_there_are_named() -> None:
    with pytest.raises(ValueError, match="no_such_layer"):
        replace_linear(encoder("distilbert"), targets=["no_such_layer"], decomposition="cp", rank=2)
