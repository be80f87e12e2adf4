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
        self._shared = [_Block(block, None, self._dtype) for block in merged[:shared]]
        pairs = zip(merged[shared:], unadapted[shared:], strict=True)
        self._upper = [_Block(block, other, self._dtype) for block, other in pairs]

    @torch.inference_mode()
    def read(self, utterances: Sequence[Tensor], *, bare: bool = True) -> list[Reading]:
        """One ``Reading`` for each row of token numbers (L,), which may differ in length.

        Args:
            bare: also read it without the adapter; else ``Reading.bare`` is zero.
        """
        if not utterances:
            return []
        lengths = [len(ids) for ids in utterances]
        rows = torch.cat([self._words[ids] + self._positions[: len(ids)] for ids in utterances])
        x = self._norm(rows).to(self._dtype)  # (sum of L, D)
        below = _Rows(lengths, Attention(lengths, self._attention_heads), both=False)
        for block in self._shared:
            x = block(x, below)
        above = below
        if bare:  # both ways one after the other: what they have in common is worked out together
            x = torch.cat([x, x])
            above = _Rows(2 * lengths, Attention(2 * lengths, self._attention_heads), both=True)
        for block in self._upper:
            x = block(x, above)
        hidden = torch.split(x.float(), above.sizes)
        bare_of = hidden[len(lengths) :] if bare else [torch.zeros_like(one) for one in hidden]
        return [
            Reading(own, own.mean(0), other.mean(0))
            for own, other in zip(hidden[: len(lengths)], bare_of, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Rows:
    """How packed rows belong together: each utterance's number of rows, in order.

    ``both``: all utterances with the adapter, and then all of them without.
    """

    sizes: list[int]
    attend: Attention
    both: bool


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
    """One transformer block on packed rows: (R, D) -> the same, attention within each utterance."""

    def __init__(self, block: Any, bare: Any | None, dtype: torch.dtype) -> None:
        self._project = _Map(block, bare, ["attention.q_lin", "attention.k_lin", "attention.v_lin"], dtype)
        self._out = _Map(block, bare, ["attention.out_lin"], dtype, adds=True)
        self._widen = _Map(block, bare, ["ffn.lin1"], dtype, _ACTIVATIONS[type(block.ffn.activation)])
        self._narrow = _Map(block, bare, ["ffn.lin2"], dtype, adds=True)
        self._attended = _Norm(block.sa_layer_norm, dtype)
        self._output = _Norm(block.output_layer_norm, dtype)

    def __call__(self, x: Tensor, rows: _Rows) -> Tensor:
        x = self._attended(self._out(rows.attend(self._project(x, rows)), rows, x))
        return self._output(self._narrow(self._widen(x, rows), rows, x))


class _Map:
    """A linear map of a block, and where the adapter changed it the same map without."""

    def __init__(
        self,
        block: nn.Module,
        bare: nn.Module | None,
        names: Sequence[str],
        dtype: torch.dtype,
        activation: str = "none",
        *,
        adds: bool = False,
    ) -> None:
        layers = [cast(nn.Linear, block.get_submodule(name)) for name in names]
        others = [cast(nn.Linear, bare.get_submodule(name)) for name in names] if bare else layers
        same = all(torch.equal(one.weight, other.weight) for one, other in zip(layers, others, strict=True))
        self._with = SteadyLinear(layers, dtype, activation, adds=adds)
        self._without = None if same else SteadyLinear(others, dtype, activation, adds=adds)

    def __call__(self, x: Tensor, rows: _Rows, plus: Tensor | None = None) -> Tensor:
        if self._without is None or not rows.both:
            return self._with(x, rows.sizes, plus)
        sizes = rows.sizes[: len(rows.sizes) // 2]
        own, other = x.chunk(2)
        more, yet_more = (None, None) if plus is None else plus.chunk(2)
        return torch.cat([self._with(own, sizes, more), self._without(other, sizes, yet_more)])


# All that DistilBERT has.
_ACTIVATIONS: dict[type[nn.Module], str] = {GELUActivation: "gelu", nn.ReLU: "relu"}
