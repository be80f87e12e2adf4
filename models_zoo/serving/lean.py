"""The deterministic pass as it is served: adapter merged, precision chosen, no utterance meets another.

Three things make it cheaper than the model it was taken from. The adapter is added into the weights; the
weights are kept in the layout that the matrix kernels want, in bfloat16 where the processor multiplies it
natively; and utterances are not padded to a common length. Each matrix meets the utterances one after the
other, each in its own shape, while it is in the cache: whoever else is in the batch, an utterance goes
through the very same operations on the very same numbers, so its answer is the same to the last bit.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import DistilBertModel
from transformers.activations import GELUActivation

from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.precision import PRECISIONS, Precision, packs


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass says about one utterance, in float32.

    ``hidden`` (L, D) is the last block's output, ``pooled`` (D,) its mean over the positions, ``bare`` (D,)
    that mean without the adapter.
    """

    hidden: Tensor
    pooled: Tensor
    bare: Tensor


class LeanEncoder:
    """A frozen copy of a model's encoder, adapter and heads left out.

    Args:
        model: its adapter must be one that can be merged.
        precision: of weights and activations; sums and norms of a matrix product are kept in float32.
    """

    def __init__(self, model: UnderstandingModel, precision: Precision = "float32") -> None:
        self.precision = precision
        self._dtype = PRECISIONS[precision]
        encoder = model.encoder
        base = cast(DistilBertModel, encoder.get_base_model())
        embeddings = base.embeddings  # not adapted: nobody needs a copy
        shared_embeddings = {id(embeddings): embeddings}
        adapted = cast(DistilBertModel, copy.deepcopy(encoder, dict(shared_embeddings)).merge_and_unload())
        plain = cast(DistilBertModel, copy.deepcopy(encoder, dict(shared_embeddings)).unload())
        merged, unadapted = adapted.transformer.layer, plain.transformer.layer
        shared = _equal_blocks(merged, unadapted)
        self._words: Tensor = embeddings.word_embeddings.weight.detach()
        self._positions: Tensor = embeddings.position_embeddings.weight.detach()
        self._norm = _Norm(embeddings.LayerNorm, torch.float32)
        self._shared = [_Block(block, self._dtype) for block in merged[:shared]]
        self._adapted = [_Block(block, self._dtype) for block in merged[shared:]]
        self._bare = [_Block(block, self._dtype) for block in unadapted[shared:]]

    @torch.inference_mode()
    def read(self, utterances: Sequence[Tensor], *, bare: bool = True) -> list[Reading]:
        """One ``Reading`` for each row of token numbers (L,), which may differ in length.

        Args:
            bare: also read it without the adapter; else ``Reading.bare`` is zero.
        """
        if not utterances:
            return []
        sizes = [len(ids) for ids in utterances]
        rows = torch.cat([self._words[ids] + self._positions[: len(ids)] for ids in utterances])
        adapted = self._norm(rows).to(self._dtype)  # (sum of L, D)
        for block in self._shared:
            adapted = block(adapted, sizes)
        plain = adapted if bare else torch.zeros_like(adapted)
        for block in self._adapted:
            adapted = block(adapted, sizes)
        for block in self._bare if bare else ():
            plain = block(plain, sizes)
        rows_of = zip(torch.split(adapted.float(), sizes), torch.split(plain.float(), sizes), strict=True)
        return [Reading(hidden, hidden.mean(0), other.mean(0)) for hidden, other in rows_of]


def _equal_blocks(one: nn.ModuleList, other: nn.ModuleList) -> int:
    """How many blocks, from below, are the same in both."""
    for number, (left, right) in enumerate(zip(one, other, strict=True)):
        pairs = zip(left.parameters(), right.parameters(), strict=True)
        if not all(torch.equal(first, second) for first, second in pairs):
            return number
    return len(one)


class _Norm:
    def __init__(self, norm: nn.LayerNorm, dtype: torch.dtype) -> None:
        self._weight, self._bias = norm.weight.detach().to(dtype), norm.bias.detach().to(dtype)
        self._eps = norm.eps

    def __call__(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, self._weight.shape, self._weight, self._bias, self._eps)


class _Block:
    """One transformer block on packed rows: (sum of L, D) -> the same, attention within each utterance."""

    def __init__(self, block: Any, dtype: torch.dtype) -> None:
        attention, ffn = block.attention, block.ffn
        self._heads: int = attention.n_heads
        self._project = _Linear([attention.q_lin, attention.k_lin, attention.v_lin], dtype)
        self._out = _Linear([attention.out_lin], dtype)
        self._widen = _Linear([ffn.lin1], dtype, _ACTIVATIONS[type(ffn.activation)])
        self._narrow = _Linear([ffn.lin2], dtype)
        self._attended = _Norm(block.sa_layer_norm, dtype)
        self._output = _Norm(block.output_layer_norm, dtype)

    def __call__(self, x: Tensor, sizes: list[int]) -> Tensor:
        if len(sizes) == 1:  # the same operations, without taking apart and putting together
            x = self._attended(self._out(self._attend(self._project(x)), x))
            return self._output(self._narrow(self._widen(x), x))
        rows = torch.split(x, sizes)
        mixed = [self._attend(self._project(row)) for row in rows]
        x = self._attended(torch.cat([self._out(row, plus) for row, plus in zip(mixed, rows, strict=True)]))
        rows = torch.split(x, sizes)
        wide = [self._widen(row) for row in rows]
        return self._output(
            torch.cat([self._narrow(row, plus) for row, plus in zip(wide, rows, strict=True)])
        )

    def _attend(self, projected: Tensor) -> Tensor:
        """Queries, keys and values (L, 3 D) -> their weighted values (L, D)."""
        length, width = projected.shape[0], projected.shape[1] // 3
        query, key, value = projected.view(length, 3, self._heads, -1).permute(1, 2, 0, 3).unsqueeze(1)
        attended = functional.scaled_dot_product_attention(query, key, value)[0]  # (heads, L, d)
        return attended.transpose(0, 1).reshape(length, width)


# All that DistilBERT has.
_ACTIVATIONS: dict[type[nn.Module], str] = {GELUActivation: "gelu", nn.ReLU: "relu"}


class _Linear:
    """Maps side by side as one, weights laid out once for the kernels where those can be had.

    What follows a map, an activation or the sum with what it is added to, is done in the same kernel.
    """

    def __init__(self, layers: Sequence[nn.Linear], dtype: torch.dtype, activation: str = "none") -> None:
        weight = torch.cat([layer.weight.detach() for layer in layers]).to(dtype)
        self._bias = torch.cat([layer.bias.detach() for layer in layers]).to(dtype)
        self._activation = activation
        self._packed = weight.device.type == "cpu" and packs(dtype)
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight) if self._packed else weight

    def __call__(self, x: Tensor, plus: Tensor | None = None) -> Tensor:
        """``act(W x + b)``, or ``W x + b + plus``: (L, I) -> (L, J)."""
        if not self._packed:
            output = functional.linear(x, self._weight, self._bias)
            if plus is not None:
                return output + plus
            return output if self._activation == "none" else _activated(output, self._activation)
        fused = torch.ops.mkldnn._linear_pointwise
        if plus is not None:
            return cast(Tensor, fused.binary(x, plus, self._weight, self._bias, "add"))
        return cast(Tensor, fused(x, self._weight, self._bias, self._activation, [], "none"))


def _activated(x: Tensor, name: str) -> Tensor:
    return functional.gelu(x) if name == "gelu" else functional.relu(x)
