"""What PEFT's own tests (testing_common.py, test_custom_models.py) ask of every method, asked of ours.

Left out is what belongs to other kinds of method or model: prompt learning, quantised layers, convolutions,
generation, weighted sums of LoRA matrices. What other files here test already is not asked twice.
"""

import contextlib
import copy
import pickle

import peft
import pytest
import torch
from peft import PeftModel, get_layer_status, get_model_status
from torch import Tensor, nn

from compression import DECOMPOSITIONS
from tests.compression.test_adapter import settings
from tests.compression.tiny_models import ENCODERS, TOKENS, encoder, hidden

every_kind = pytest.mark.parametrize("kind", ["parallel", "serial"])
every_decomposition = pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
X = torch.randint(0, 10, (5, 6), generator=torch.Generator().manual_seed(1))


class Custom(nn.Module):
    """No Hugging Face model: an embedding and a multilayer perceptron with odd sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 7)
        self.first = nn.Linear(7, 13)
        self.second = nn.Linear(13, 11, bias=False)
        self.head = nn.Linear(11, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.head(torch.relu(self.second(torch.relu(self.first(self.embedding(tokens))))))
        return out


TARGETS = ["embedding", "first", "second"]


def custom(**changes: object) -> PeftModel:
    torch.manual_seed(0)
    model = Custom()
    return peft.get_peft_model(model, settings(**{"target_modules": TARGETS} | changes)).eval()


@every_kind
@every_decomposition
def test_a_custom_model_trains_its_adapters_and_nothing_else(kind: str, decomposition: str) -> None:
    model = custom(
        kind=kind, decomposition=decomposition, init_weights=True, modules_to_save=["head"]
    ).train()
    before = {name: value.clone() for name, value in model.named_parameters()}
    optimiser = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.5)
    for _ in range(3):
        optimiser.zero_grad()
        model(X).square().sum().backward()
        optimiser.step()
    for name, value in model.named_parameters():
        trained = "tensor_adapter_" in name or "modules_to_save" in name
        assert value.requires_grad == trained, name
        assert torch.equal(value, before[name]) != trained, name


@every_decomposition
def test_merging_layer_by_layer_of_several_adapters_commutes(decomposition: str) -> None:
    model = custom(decomposition=decomposition)
    torch.manual_seed(2)
    model.add_adapter("other", settings(target_modules=["first"], rank=2))
    model.base_model.set_adapter(["default", "other"])
    both = model(X)
    for order in (["default", "other"], ["other", "default"]):
        merged = copy.deepcopy(model).merge_and_unload(adapter_names=order)
        torch.testing.assert_close(merged(X), both, atol=1e-5, rtol=1e-5)
        assert type(merged) is Custom


def test_merging_twice_warns_and_changes_nothing() -> None:
    model = custom()
    before = model(X)
    model.merge_adapter()
    with pytest.warns(UserWarning, match="already merged"):
        model.merge_adapter()
    torch.testing.assert_close(model(X), before, atol=1e-5, rtol=1e-5)


def test_a_second_adapter_starts_without_effect_beside_a_trained_one() -> None:
    model = custom()
    trained = model(X)
    model.add_adapter("fresh", settings(target_modules=TARGETS, init_weights=True))
    model.base_model.set_adapter(["default", "fresh"])
    assert torch.equal(model(X), trained)


@every_kind
def test_leaving_disable_adapter_restores_what_was_active_and_trainable(kind: str) -> None:
    model = custom(kind=kind)
    before, trainable = model(X), [n for n, p in model.named_parameters() if p.requires_grad]
    with contextlib.suppress(ZeroDivisionError), model.disable_adapter():
        assert not torch.allclose(model(X), before)
        1 / 0  # an error must not leave it disabled
    assert torch.equal(model(X), before)
    assert [n for n, p in model.named_parameters() if p.requires_grad] == trainable


def test_deleting_the_active_adapter_leaves_the_base_and_an_unknown_one_is_refused() -> None:
    model = custom()
    torch.manual_seed(0)
    plain = Custom()(X)
    with pytest.raises(ValueError, match="does not exist"):
        model.delete_adapter("nobody")
    model.delete_adapter("default")
    torch.testing.assert_close(model.base_model(X), plain)  # PEFT's outer wrapper then fails, for LoRA too


def test_an_adapter_that_is_there_already_is_not_added_again() -> None:
    with pytest.raises(ValueError, match="already exists"):
        custom().add_adapter("default", settings(target_modules=TARGETS))


@every_kind
def test_the_state_of_one_model_makes_another_the_same(kind: str) -> None:
    model = custom(kind=kind)
    torch.manual_seed(9)
    other = custom(kind=kind)
    for parameter in other.parameters():
        if parameter.requires_grad:
            parameter.data.normal_()
    assert not torch.allclose(other(X), model(X))
    loaded = peft.set_peft_model_state_dict(other, peft.get_peft_model_state_dict(model))
    assert loaded.unexpected_keys == []
    assert torch.equal(other(X), model(X))


@every_kind
def test_copies_and_pickles_answer_the_same(kind: str) -> None:
    model = custom(kind=kind)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own
        assert torch.equal(again(X), model(X))
        assert again.active_adapters == ["default"]


def test_peft_tells_the_status_of_our_layers() -> None:
    model = custom()
    model.add_adapter("other", settings(target_modules=["first"]))
    layers = {layer.name: layer for layer in get_layer_status(model)}
    assert layers["model.first"].available_adapters == ["default", "other"]
    assert layers["model.second"].available_adapters == ["default"]
    assert layers["model.first"].requires_grad == {"default": True, "other": False}
    whole = get_model_status(model)
    assert whole.enabled is True
    assert whole.active_adapters == ["default"]
    assert whole.trainable_params == sum(p.numel() for p in model.parameters() if p.requires_grad)


def test_injecting_without_a_wrapper_works() -> None:
    torch.manual_seed(0)
    model = peft.inject_adapter_in_model(settings(target_modules=TARGETS), Custom())
    torch.manual_seed(0)
    assert not torch.allclose(model(X), Custom()(X))
    assert "tensor_adapter_delta.default" in repr(model) or "tensor_adapter_delta" in repr(model)


@pytest.mark.parametrize("name", sorted(ENCODERS))
@every_kind
def test_gradients_survive_checkpointing(name: str, kind: str) -> None:
    gradients = []
    for checkpointing in (False, True):
        torch.manual_seed(3)
        model = peft.get_peft_model(encoder(name), settings(kind=kind)).train()
        for module in model.modules():
            if isinstance(module, nn.Dropout) or hasattr(module, "drop_prob"):
                module.eval()
        if checkpointing:
            model.gradient_checkpointing_enable({"use_reentrant": False})
        model(input_ids=TOKENS).last_hidden_state.square().sum().backward()
        gradients.append({n: p.grad for n, p in model.named_parameters() if p.requires_grad})
    for parameter, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][parameter], gradient, msg=parameter)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_embeddings_can_be_passed_in_place_of_tokens(name: str) -> None:
    model = peft.get_peft_model(encoder(name), settings()).eval()
    table = model.get_input_embeddings()
    with torch.no_grad():
        said = model(inputs_embeds=table(TOKENS)).last_hidden_state
    torch.testing.assert_close(said, hidden(model), atol=1e-5, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_half_precision_base_merges_close_to_unmerged(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    model = peft.get_peft_model(Custom().to(dtype), settings(target_modules=TARGETS)).eval()
    before = model(X)
    assert before.dtype == dtype
    model.merge_adapter(safe_merge=True)
    torch.testing.assert_close(model(X).float(), before.float(), atol=0.02, rtol=0.02)


def test_adapters_can_be_kept_in_the_type_of_the_base() -> None:
    model = peft.get_peft_model(
        Custom().to(torch.bfloat16), settings(target_modules=TARGETS), autocast_adapter_dtype=False
    )
    assert {p.dtype for p in model.parameters()} <= {torch.bfloat16, torch.float32}
    assert model(X).dtype == torch.bfloat16
