"""One batch, every row its own adapter: the same answers as one adapter at a time."""

import peft
import pytest
import torch
from peft import PeftModel

from tests.compression.test_adapter import adapted, settings
from tests.compression.tiny_models import TOKENS, classifier, encoder, hidden

ROWS = ["other", "default", "__base__", "other"]


def with_two_adapters() -> PeftModel:
    model = adapted()
    torch.manual_seed(5)
    model.add_adapter(
        "other", settings(decomposition="tensor_ring", kind="serial", target_modules=["out_lin"])
    )
    return model


@torch.no_grad()
def mixed(model: PeftModel, names: list[str]) -> torch.Tensor:
    output: torch.Tensor = model(input_ids=TOKENS, adapter_names=names).last_hidden_state
    return output


def test_every_row_gets_the_answer_of_its_own_adapter() -> None:
    model = with_two_adapters()
    outputs = {"default": hidden(model), "__base__": hidden(encoder())}
    model.set_adapter("other")
    outputs["other"] = hidden(model)
    for row, name in enumerate(ROWS):
        torch.testing.assert_close(mixed(model, ROWS)[row], outputs[name][row], atol=1e-5, rtol=0)


def test_the_choice_of_rows_ends_with_the_call() -> None:
    model = with_two_adapters()
    before = hidden(model)
    mixed(model, ROWS)
    assert torch.equal(hidden(model), before)


def test_gradients_reach_only_the_adapters_in_the_batch() -> None:
    model = with_two_adapters()
    model.base_model.set_adapter(["default", "other"])
    model(input_ids=TOKENS, adapter_names=["default"] * 4).last_hidden_state.square().mean().backward()
    reached = {name for name, parameter in model.named_parameters() if parameter.grad is not None}
    assert reached == {name for name, _ in model.named_parameters() if "delta.default." in name}


def test_each_row_gets_its_own_head() -> None:
    model = peft.get_peft_model(classifier(), settings(task_type="SEQ_CLS")).eval()
    torch.manual_seed(5)
    model.add_adapter("other", settings(task_type="SEQ_CLS"))
    for name, parameter in model.named_parameters():
        if "modules_to_save.other" in name:
            parameter.data.add_(0.2)
    outputs = {}
    for name in ("default", "other"):
        model.set_adapter(name)
        outputs[name] = model(input_ids=TOKENS).logits
    names = ["other", "default", "default", "other"]
    logits = model(input_ids=TOKENS, adapter_names=names).logits
    expected = torch.stack([outputs[name][row] for row, name in enumerate(names)])
    assert not torch.allclose(outputs["default"], outputs["other"], atol=1e-2)
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=0)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="No adapter named 'nobody'; there are default, other"):
        mixed(with_two_adapters(), ["default", "nobody", "other", "other"])


def test_a_missing_row_is_refused() -> None:
    with pytest.raises(ValueError, match="one name a row: 3 names, 4 rows"):
        mixed(with_two_adapters(), ["default", "other", "other"])


def test_a_merged_adapter_is_refused() -> None:
    model = with_two_adapters()
    model.merge_adapter(["default"])
    with pytest.raises(ValueError, match=r"Unmerge \['default'\] first"):
        mixed(model, ROWS)
