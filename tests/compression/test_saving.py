import json
from pathlib import Path

import peft
import pytest
import torch
from peft import PeftConfig, PeftModel
from safetensors import SafetensorError
from safetensors.torch import load_file

from compression import DECOMPOSITIONS, KINDS, TensorAdapterConfig
from tests.compression.test_adapter import adapted, settings
from tests.compression.tiny_models import ENCODERS, TOKENS, classifier, encoder, hidden

WEIGHTS = "adapter_model.safetensors"


@pytest.mark.parametrize("name", sorted(ENCODERS))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
def test_a_saved_adapter_loads_to_the_same_outputs(
    tmp_path: Path, name: str, kind: str, decomposition: str
) -> None:
    model = adapted(name, kind=kind, decomposition=decomposition)
    model.save_pretrained(str(tmp_path))
    assert (tmp_path / WEIGHTS).exists()
    loaded = PeftModel.from_pretrained(encoder(name), str(tmp_path))
    assert torch.equal(hidden(loaded), hidden(model))
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_the_settings_survive_saving(tmp_path: Path) -> None:
    config = settings(decomposition="tucker", kind="serial", order=3, dropout=0.25, target_modules=["q_lin"])
    config.save_pretrained(str(tmp_path))
    assert json.loads((tmp_path / "adapter_config.json").read_text())["peft_type"] == "TENSOR_ADAPTER"
    loaded = PeftConfig.from_pretrained(str(tmp_path))
    assert isinstance(loaded, TensorAdapterConfig)
    assert loaded == config


def test_the_file_holds_the_factors_of_the_one_adapter_and_nothing_else(tmp_path: Path) -> None:
    model = adapted(target_modules=["q_lin"])
    model.add_adapter("other", settings(decomposition="tucker", target_modules=["v_lin"]))
    model.save_pretrained(str(tmp_path), selected_adapters=["default"])
    layers = [f"base_model.model.transformer.layer.{layer}.attention.q_lin" for layer in range(2)]
    expected = {f"{layer}.tensor_adapter_delta.factor_{k}" for layer in layers for k in range(4)}
    assert set(load_file(tmp_path / WEIGHTS)) == expected


def test_several_saved_adapters_load_into_one_backbone(tmp_path: Path) -> None:
    outputs = {}
    for name, decomposition in (("first", "cp"), ("second", "tensor_train")):
        model = adapted(decomposition=decomposition)
        model.save_pretrained(str(tmp_path / name))
        outputs[name] = hidden(model)
    both = PeftModel.from_pretrained(encoder(), str(tmp_path / "first"), adapter_name="first")
    both.load_adapter(str(tmp_path / "second"), adapter_name="second")
    for name, output in outputs.items():
        both.set_adapter(name)
        assert torch.equal(hidden(both), output)


def test_a_trained_head_is_saved_with_its_adapter(tmp_path: Path) -> None:
    model = peft.get_peft_model(classifier(), settings(task_type="SEQ_CLS")).eval()
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.add_(0.1)
    model.save_pretrained(str(tmp_path))
    loaded = PeftModel.from_pretrained(classifier(), str(tmp_path))
    assert torch.equal(loaded(input_ids=TOKENS).logits, model(input_ids=TOKENS).logits)


def test_a_loaded_adapter_can_be_trained_further(tmp_path: Path) -> None:
    adapted().save_pretrained(str(tmp_path))
    loaded = PeftModel.from_pretrained(encoder(), str(tmp_path), is_trainable=True)
    assert {n for n, p in loaded.named_parameters() if p.requires_grad} == {
        n for n, _ in loaded.named_parameters() if "tensor_adapter_" in n
    }


def test_an_adapter_loads_without_touching_memory_twice(tmp_path: Path) -> None:
    model = adapted()
    model.save_pretrained(str(tmp_path))
    loaded = PeftModel.from_pretrained(encoder(), str(tmp_path), low_cpu_mem_usage=True)
    assert torch.equal(hidden(loaded), hidden(model))


def test_factors_of_another_rank_are_refused(tmp_path: Path) -> None:
    adapted(rank=3).save_pretrained(str(tmp_path))
    config = tmp_path / "adapter_config.json"
    config.write_text(config.read_text().replace('"rank": 3', '"rank": 2'))
    with pytest.raises(RuntimeError, match="size mismatch"):
        PeftModel.from_pretrained(encoder(), str(tmp_path))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    adapted().save_pretrained(str(tmp_path))
    content = (tmp_path / WEIGHTS).read_bytes()
    (tmp_path / WEIGHTS).write_bytes(content[:-16])
    with pytest.raises(SafetensorError, match="incomplete metadata"):
        PeftModel.from_pretrained(encoder(), str(tmp_path))
