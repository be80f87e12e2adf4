"""The adapters through PEFT's own doors: wrap, train, switch, merge, disable, delete."""

import peft
import pytest
import torch
from peft import PeftModel
from peft.helpers import disable_input_dtype_casting

from compression import DECOMPOSITIONS, KINDS, MapShape, TensorAdapterConfig
from compression.adapter import TensorAdapterLinear
from tests.compression.tiny_models import ENCODERS, TOKENS, classifier, encoder, hidden

every_decomposition = pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
every_kind = pytest.mark.parametrize("kind", KINDS)
every_encoder = pytest.mark.parametrize("name", sorted(ENCODERS))


def settings(**changes: object) -> TensorAdapterConfig:
    """A config whose adapter has an effect from the start; the bottleneck suits the tiny models."""
    return TensorAdapterConfig(**{"init_weights": False, "bottleneck": 8, "rank": 3} | changes)


def adapted(name: str = "distilbert", **changes: object) -> PeftModel:
    torch.manual_seed(3)
    return peft.get_peft_model(encoder(name), settings(**changes)).eval()


@every_encoder
@every_kind
@every_decomposition
def test_a_fresh_adapter_changes_nothing(name: str, kind: str, decomposition: str) -> None:
    plain = hidden(encoder(name))
    model = adapted(name, kind=kind, decomposition=decomposition, init_weights=True)
    assert torch.equal(hidden(model), plain)


@every_encoder
def test_the_usual_attention_maps_are_adapted_when_none_are_named(name: str) -> None:
    model = adapted(name)
    assert len(model.base_model.targeted_module_names) == 4  # query and value, two layers
    assert not torch.allclose(hidden(model), hidden(encoder(name)), atol=1e-3)


def test_all_linear_reaches_every_linear_map() -> None:
    model = adapted(target_modules="all-linear")
    assert len(model.base_model.targeted_module_names) == 2 * 6


def test_layers_and_exclusions_are_respected() -> None:
    model = adapted(target_modules=["q_lin", "lin1"], exclude_modules=["lin1"], layers_to_transform=[1])
    assert model.base_model.targeted_module_names == ["transformer.layer.1.attention.q_lin"]


@every_encoder
@every_decomposition
def test_merged_equals_unmerged(name: str, decomposition: str) -> None:
    model = adapted(name, decomposition=decomposition, target_modules="all-linear")
    before = hidden(model)
    assert not torch.allclose(before, hidden(encoder(name)), atol=1e-2)
    model.merge_adapter(safe_merge=True)
    torch.testing.assert_close(hidden(model), before, atol=1e-5, rtol=0)
    model.unmerge_adapter()
    torch.testing.assert_close(hidden(model), before, atol=1e-5, rtol=0)
    merged = model.merge_and_unload()
    assert not any(isinstance(module, TensorAdapterLinear) for module in merged.modules())
    torch.testing.assert_close(hidden(merged), before, atol=1e-5, rtol=0)


def test_unload_gives_the_backbone_back_unchanged() -> None:
    assert torch.equal(hidden(adapted().unload()), hidden(encoder()))


def test_a_serial_adapter_refuses_to_merge_and_merges_nothing() -> None:
    model = adapted()
    model.add_adapter("behind", settings(kind="serial"))
    model.base_model.set_adapter(["default", "behind"])
    before = hidden(model)
    with pytest.raises(ValueError, match="'behind' is serial and cannot be merged"):
        model.merge_adapter()
    assert torch.equal(hidden(model), before)


def test_a_broken_adapter_is_not_merged_safely() -> None:
    model = adapted()
    layer = next(module for module in model.modules() if isinstance(module, TensorAdapterLinear))
    weight = layer.base_layer.weight.clone()
    next(layer.tensor_maps("default")[0].parameters()).data.fill_(torch.nan)
    with pytest.raises(ValueError, match="holds NaN or infinity"):
        model.merge_adapter(safe_merge=True)
    assert torch.equal(layer.base_layer.weight, weight)


@every_kind
def test_disabling_gives_the_backbone_and_enabling_the_adapter(kind: str) -> None:
    model = adapted(kind=kind)
    before = hidden(model)
    with model.disable_adapter():
        assert torch.equal(hidden(model), hidden(encoder()))
    assert torch.equal(hidden(model), before)


def test_disabling_a_merged_adapter_takes_it_out() -> None:
    model = adapted()
    model.merge_adapter()
    with model.disable_adapter():
        torch.testing.assert_close(hidden(model), hidden(encoder()), atol=1e-5, rtol=0)


@every_kind
@every_decomposition
def test_training_moves_every_factor_and_nothing_else(kind: str, decomposition: str) -> None:
    model = adapted(kind=kind, decomposition=decomposition, init_weights=True).train()
    start = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    torch.manual_seed(0)
    target = torch.randn(*TOKENS.shape, 24)
    for _ in range(3):
        optimiser.zero_grad()
        (model(input_ids=TOKENS).last_hidden_state - target).square().mean().backward()
        optimiser.step()
    for name, parameter in model.named_parameters():
        moved = not torch.equal(parameter.detach(), start[name])
        assert moved == ("tensor_adapter_" in name), name


def test_two_adapters_of_different_form_can_be_switched_and_combined() -> None:
    model = adapted()
    first = hidden(model)
    torch.manual_seed(5)
    model.add_adapter("other", settings(decomposition="tensor_ring", rank=2, kind="serial"))
    assert torch.equal(hidden(model), first)
    assert not any(p.requires_grad for n, p in model.named_parameters() if ".other." in n)

    model.set_adapter("other")
    second = hidden(model)
    assert not torch.allclose(first, second, atol=1e-3)
    assert all(p.requires_grad == (".other." in n) for n, p in model.named_parameters())

    model.base_model.set_adapter(["default", "other"])
    both = hidden(model)
    assert not torch.allclose(both, first, atol=1e-3)
    assert not torch.allclose(both, second, atol=1e-3)

    model.set_adapter("default")
    assert torch.equal(hidden(model), first)
    model.delete_adapter("other")
    assert torch.equal(hidden(model), first)
    assert not any(".other." in n for n, _ in model.named_parameters())


def test_an_active_adapter_still_applies_beside_a_merged_one() -> None:
    model = adapted()
    torch.manual_seed(5)
    model.add_adapter("other", settings(decomposition="tucker"))
    model.base_model.set_adapter(["default", "other"])
    both = hidden(model)
    model.merge_adapter(["default"])
    torch.testing.assert_close(hidden(model), both, atol=1e-5, rtol=0)


def test_the_delta_is_deterministic_and_dropout_acts_on_its_input_alone() -> None:
    torch.manual_seed(3)
    base = torch.nn.Linear(12, 8)
    layer = TensorAdapterLinear(base, "default", settings(dropout=0.5))
    x = torch.randn(64, 12)
    assert not torch.equal(layer.train()(x), layer(x))
    assert torch.equal(layer.get_delta_weight("default"), layer.get_delta_weight("default"))
    expected = base(x) + x @ layer.get_delta_weight("default").T
    torch.testing.assert_close(layer.eval()(x), expected)


def test_a_serial_adapter_is_a_gelu_bottleneck_on_the_output() -> None:
    torch.manual_seed(3)
    base = torch.nn.Linear(12, 8)
    layer = TensorAdapterLinear(base, "default", settings(kind="serial", bottleneck=5))
    down, up = layer.tensor_maps("default")
    assert down.shape == MapShape.automatic(8, 5)
    assert up.shape == MapShape.automatic(5, 8)
    x = torch.randn(6, 12)
    h = base(x)
    expected = h + torch.nn.functional.gelu(h @ down.dense()) @ up.dense()
    torch.testing.assert_close(layer(x), expected)


def test_a_half_precision_backbone_keeps_its_type() -> None:
    model = peft.get_peft_model(encoder().to(torch.bfloat16), settings())
    assert hidden(model).dtype == torch.bfloat16
    assert all(p.dtype == torch.float32 for p in model.parameters() if p.requires_grad)


def test_a_classifiers_head_is_trained_beside_the_adapter() -> None:
    model = peft.get_peft_model(classifier(), settings(task_type="SEQ_CLS"))
    trained = {name.split(".modules_to_save")[0] for name, p in model.named_parameters() if p.requires_grad}
    assert {"base_model.model.classifier", "base_model.model.pre_classifier"} <= trained
    assert model(input_ids=TOKENS).logits.shape == (4, 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decomposition": "svd"}, "Unknown decomposition 'svd'; choose one of cp, tucker"),
        ({"rank": 0}, "rank must be a positive integer, got 0"),
        ({"rank": 1.5}, "rank must be a positive integer, got 1.5"),
        ({"order": 0}, "order must be a positive integer, got 0"),
        ({"bottleneck": -2}, "bottleneck must be a positive integer, got -2"),
        ({"kind": "diagonal"}, "Unknown kind 'diagonal'; choose one of parallel, serial"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
        ({"target_modules": ".*q_lin", "layers_to_transform": 1}, "layers_to_transform needs"),
    ],
)
def test_a_setting_outside_its_range_is_refused_by_name(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TensorAdapterConfig(**changes)  # type: ignore[arg-type]


def test_a_target_that_is_not_linear_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"transformer.layer.0.sa_layer_norm is a LayerNorm"):
        peft.get_peft_model(encoder(), settings(target_modules=["sa_layer_norm"]))


def test_a_target_that_matches_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not found in the base model"):
        peft.get_peft_model(encoder(), settings(target_modules=["no_such_map"]))


@every_kind
def test_peft_can_switch_off_the_casting_of_inputs(kind: str) -> None:
    # Under autocast, casting a half-precision input to the factors' float32 would only be undone again.
    model = adapted(kind=kind)
    with disable_input_dtype_casting(model), torch.autocast("cpu", torch.bfloat16):
        lower = hidden(model)
    assert torch.allclose(lower.float(), hidden(model), atol=0.1)
    assert all(
        layer.cast_input_dtype_enabled for layer in model.modules() if isinstance(layer, TensorAdapterLinear)
    )
