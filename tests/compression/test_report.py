from pathlib import Path

import peft
import pytest
import torch
from safetensors.torch import load_file

from compression import DECOMPOSITIONS, KINDS, MapShape, compression_report
from tests.compression.test_adapter import adapted, settings
from tests.compression.tiny_models import classifier, encoder


def parameter_count(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
def test_the_stated_bytes_are_those_of_the_saved_file(tmp_path: Path, kind: str, decomposition: str) -> None:
    config = settings(kind=kind, decomposition=decomposition, task_type="SEQ_CLS")
    model = peft.get_peft_model(classifier(), config)
    model.save_pretrained(str(tmp_path))
    saved = load_file(tmp_path / "adapter_model.safetensors")
    (adapter,) = compression_report(model).adapters
    factors = {name: tensor for name, tensor in saved.items() if "tensor_adapter_" in name}
    assert adapter.factors.size_bytes == sum(tensor.nbytes for tensor in factors.values())
    assert adapter.head.size_bytes == sum(t.nbytes for name, t in saved.items() if name not in factors)
    assert adapter.factors.parameters == sum(tensor.numel() for tensor in factors.values())


def test_backbone_and_adapters_add_up_to_the_whole_model() -> None:
    plain = parameter_count(classifier())
    model = peft.get_peft_model(classifier(), settings(task_type="SEQ_CLS"))
    model.add_adapter("other", settings(decomposition="tucker", kind="serial", task_type="SEQ_CLS"))
    report = compression_report(model)
    assert report.backbone.parameters == plain
    assert [adapter.name for adapter in report.adapters] == ["default", "other"]
    parts = sum(adapter.factors.parameters + adapter.head.parameters for adapter in report.adapters)
    assert plain + parts == parameter_count(model)
    assert report.total_bytes == 4 * parameter_count(model)
    assert report.separate_bytes == 2 * 4 * plain


def test_an_adapters_row_states_its_form_and_its_saving() -> None:
    (adapter,) = compression_report(adapted(decomposition="tensor_ring", rank=2)).adapters
    shape = MapShape.automatic(24, 24)
    assert (adapter.decomposition, adapter.kind, adapter.rank, adapter.maps) == (
        "tensor_ring",
        "parallel",
        2,
        4,
    )
    assert adapter.dense_parameters == 4 * 24 * 24
    assert adapter.factors.parameters == 4 * DECOMPOSITIONS["tensor_ring"].parameter_count(shape, 2)
    assert adapter.compression == pytest.approx(576 / (4 * 20))


def test_merging_does_not_change_the_report() -> None:
    model = adapted()
    before = compression_report(model)
    model.merge_adapter()
    assert compression_report(model) == before


def test_an_adapter_of_another_method_is_refused() -> None:
    model = peft.get_peft_model(encoder(), peft.LoraConfig(target_modules=["q_lin"]))
    with pytest.raises(ValueError, match="'default' is of type"):
        compression_report(model)
