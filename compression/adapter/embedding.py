"""Tensorised adapters of an embedding."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn.functional import embedding

from compression.adapter.layer import TensorAdapterLayer
from compression.decompositions import TensorMap


class TensorAdapterEmbedding(TensorAdapterLayer):
    """Adapters of an ``nn.Embedding``: T meets a one-hot input, so its rows are looked up, not multiplied.

    Dropout acts on the looked-up row of the first half factor, since a token number has no entries to drop.
    """

    def get_delta_weight(self, adapter_name: str) -> Tensor:
        return cast(TensorMap, self.tensor_adapter_delta[adapter_name]).dense()

    def _map_size(self) -> tuple[int, int]:
        base = cast(nn.Embedding, self.get_base_layer())
        return base.num_embeddings, base.embedding_dim

    def _parallel(self, name: str, x: Tensor) -> Tensor:
        left, right = cast(TensorMap, self.tensor_adapter_delta[name]).halves()
        rows = self.tensor_adapter_dropout[name](embedding(x, left))  # (..., bond)
        return cast(Tensor, rows @ right)
