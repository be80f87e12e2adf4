"""Adapters of the embedding, "any sub-layer" of the dissertation's H = W x + T x."""

from pathlib import Path

import pytest
import torch
from peft import PeftModel

from compression import DECOMPOSITIONS, KINDS
from compression.adapter import TensorAdapterEmbedding
from tests.compression.test_adapter import adapted, settings
from tests.compression.tiny_models import ENCODERS, encoder, hidden

EVERYWHERE = ["word_embeddings", "q_lin", "query", "query_proj"]


@pytest.mark.parametrize("name", sorted(ENCODERS))
@pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
def test_merged_equals_unmerged(name: str, decomposition: str) -> None:
    model = adapted(name, decomposition=decomposition, target_modules=EVERYWHERE)
    before = hidden(model)
    assert not torch.allclose(before, hidden(encoder(name)), atol=1e-2)
    model.merge_adapter()
    torch.testing.assert_close(hidden(model), before, atol=1e-5, rtol=0)
    model.unmerge_adapter()
    torch.testing.assert_close(hidden(model), before, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_adapter_changes_nothing_and_a_saved_one_comes_back(tmp_path: Path, kind: str) -> None:
    fresh = adapted(kind=kind, target_modules=EVERYWHERE, init_weights=True)
    assert torch.equal(hidden(fresh), hidden(encoder()))
    model = adapted(kind=kind, target_modules=EVERYWHERE)
    model.save_pretrained(str(tmp_path))
    assert torch.equal(hidden(PeftModel.from_pretrained(encoder(), str(tmp_path))), hidden(model))


@pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
def test_looking_rows_up_equals_the_dense_table(decomposition: str) -> None:
    torch.manual_seed(3)
    base = torch.nn.Embedding(61, 12)  # a prime vocabulary, so the modes are padded
    layer = TensorAdapterEmbedding(base, "default", settings(decomposition=decomposition))
    tokens = torch.tensor([[0, 60, 7], [7, 1, 59]])
    table = base.weight + layer.get_delta_weight("default")
    torch.testing.assert_close(layer(tokens), table[tokens])
