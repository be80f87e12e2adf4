"""The deterministic pass as it is served: adapter merged, precision chosen, no utterance meets another.

Three things make it cheaper than the model it was taken from. The adapter is added into the weights; the
weights are kept in the layout that the matrix kernels want, in bfloat16 where the processor multiplies it
natively; and utterances are not padded to a common length, but lie one after the other, so that each matrix
meets all of them at once. Whoever else is in the batch, an utterance's answer is the same to the last bit:
:mod:`models_zoo.serving.steady` and :mod:`models_zoo.serving.attention` see to that.
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
from models_zoo.precision import PRECISIONS, Precision
from models_zoo.serving.attention import Attention
from models_zoo.serving.steady import SteadyLinear


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
        self._attention_heads = int(base.config.n_heads)
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
        attend = Attention(sizes, self._attention_heads)
        rows = torch.cat([self._words[ids] + self._positions[: len(ids)] for ids in utterances])
        adapted = self._norm(rows).to(self._dtype)  # (sum of L, D)
        for block in self._shared:
            adapted = block(adapted, sizes, attend)
        plain = adapted if bare else torch.zeros_like(adapted)
        for block in self._adapted:
            adapted = block(adapted, sizes, attend)
        for block in self._bare if bare else ():
            plain = block(plain, sizes, attend)
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
        self._project = SteadyLinear([attention.q_lin, attention.k_lin, attention.v_lin], dtype)
        self._out = SteadyLinear([attention.out_lin], dtype, adds=True)
        self._widen = SteadyLinear([ffn.lin1], dtype, _ACTIVATIONS[type(ffn.activation)])
        self._narrow = SteadyLinear([ffn.lin2], dtype, adds=True)
        self._attended = _Norm(block.sa_layer_norm, dtype)
        self._output = _Norm(block.output_layer_norm, dtype)

    def __call__(self, x: Tensor, sizes: list[int], attend: Attention) -> Tensor:
        x = self._attended(self._out(attend(self._project(x, sizes)), sizes, x))
        return self._output(self._narrow(self._widen(x, sizes), sizes, x))


# All that DistilBERT has.
_ACTIVATIONS: dict[type[nn.Module], str] = {GELUActivation: "gelu", nn.ReLU: "relu"}
