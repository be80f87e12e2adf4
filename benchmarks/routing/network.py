"""A MiniLM whose upper layers are fine-tuned on top of cached, frozen lower ones.

A few thousand short turns do not need all weights: the embeddings and lower layers run once a turn, their
output is kept, and training touches the upper layers and the head only. That is what makes six trainings
affordable; members of an ensemble share the frozen part.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_
from transformers.models.distilbert.modeling_distilbert import TransformerBlock

from benchmarks.tools.precision import quick, quick_dtype
from models_zoo.backbones import Backbone, load_backbone
from models_zoo.training.fitting import rate_factor
from models_zoo.uncertainty.dropout import SeededDropout, dropout_active, seed_dropout

Values = NDArray[np.float64]
MAX_TOKENS = 64
BUCKET = 8  # batches sorted by length together, so that little is padding


@dataclass(frozen=True)
class Settings:
    """How the network is trained; chosen on MathDial's training problems."""

    classes: int = 4
    frozen: int = 3  # lower layers that stay as they are
    epochs: int = 2
    batch: int = 32
    rate: float = 2e-4
    head_rate: float = 1e-3
    smoothing: float = 0.1  # of the labels, of which many are arguable
    dropout: float = 0.1
    seed: int = 0


class FrozenLayers:
    """The shared lower part: texts to hidden states (L, D), and to two sentence vectors."""

    def __init__(self, frozen: int) -> None:
        self.backbone: Backbone = load_backbone()
        self.frozen = frozen

    @torch.inference_mode()
    def states(self, texts: Sequence[str]) -> list[Tensor]:
        """Hidden states after the frozen layers, a tensor (L, D) for each text."""
        model, dtype = self.backbone.model, quick_dtype()
        ids = [self._ids(text) for text in texts]
        found: list[Tensor] = [torch.empty(0)] * len(ids)
        for rows in _batches_by_length([len(row) for row in ids], 64):
            batch, mask = _padded([ids[row] for row in rows])
            with quick():
                hidden = model.embeddings(batch)
                for layer in model.transformer.layer[: self.frozen]:
                    hidden = layer(hidden, _attention(mask))
            for place, row in enumerate(rows):
                found[row] = hidden[place, : len(ids[row])].to(dtype).clone()
        return found

    @torch.inference_mode()
    def vectors(self, states: Sequence[Tensor]) -> NDArray[np.float32]:
        """The pretrained encoder's mean-pooled middle and last layer, each of unit length: (n, 2 D)."""
        upper = self.backbone.model.transformer.layer[self.frozen :]
        found = np.zeros((len(states), 2 * states[0].shape[-1]), dtype=np.float32)
        for rows in _batches_by_length([len(state) for state in states], 64):
            hidden, mask = _padded([states[row] for row in rows])
            middle = _pool(hidden.float(), mask)
            with quick():
                for layer in upper:
                    hidden = layer(hidden, _attention(mask))
            both = [functional.normalize(part, dim=-1) for part in (_pool(hidden.float(), mask), middle)]
            found[rows] = torch.cat(both, dim=-1).numpy()
        return found

    def _ids(self, text: str) -> Tensor:
        ids = self.backbone.tokenizer(text, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        return torch.tensor(ids)


class Network(nn.Module):
    """The fine-tuned upper layers and a linear head on the mean and the first token.

    Shapes:
        hidden (B, L, D), mask (B, L) -> logits (B, C), features (B, 2 D)
    """

    def __init__(self, base: FrozenLayers, settings: Settings) -> None:
        super().__init__()
        self.layers = copy.deepcopy(base.backbone.model.transformer.layer[base.frozen :])
        self.layers.requires_grad_(True)
        self.dropout: nn.Module = nn.Dropout(settings.dropout)
        self.head = nn.Linear(2 * base.backbone.model.config.dim, settings.classes)
        self.randomness = seed_dropout(self)
        for name, module in self.named_modules():
            if isinstance(module, SeededDropout):
                module.p = 0.0 if "attention" in name else settings.dropout

    def forward(self, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        return self.after(*self.before(hidden, mask), mask)

    def before(self, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """What no dropout touches, each (B, L, D): the first layer's attention and its feed-forward net."""
        first = cast(TransformerBlock, self.layers[0])
        attended = first.sa_layer_norm(first.attention(hidden, attention_mask=_attention(mask))[0] + hidden)
        return attended, first.ffn.lin2(first.ffn.activation(first.ffn.lin1(attended)))

    def after(self, attended: Tensor, moved: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The rest, from the first dropout on."""
        first, others = cast(TransformerBlock, self.layers[0]), self.layers[1:]
        hidden = first.output_layer_norm(first.ffn.dropout(moved) + attended)
        for layer in others:
            hidden = layer(hidden, _attention(mask))
        hidden = hidden.float()
        features = torch.cat([_pool(hidden, mask), hidden[:, 0]], dim=-1)
        return self.head(self.dropout(features)).float(), features


def train(
    base: FrozenLayers,
    states: Sequence[Tensor],
    labels: Sequence[int],
    settings: Settings,
    prepared: Callable[[Network], None] = lambda network: None,
) -> Network:
    """AdamW with warm-up and linear decay; the seed fixes the result.

    Args:
        prepared: called with the untrained network, to freeze or add parameters.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = Network(base, settings)
    prepared(network)
    network.randomness.seed(settings.seed)
    trained = [parameter for parameter in network.layers.parameters() if parameter.requires_grad]
    groups = [
        {"params": trained, "lr": settings.rate},
        {"params": list(network.head.parameters()), "lr": settings.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = settings.epochs * -(-len(labels) // settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_factor(step, steps))
    targets, generator = torch.tensor(labels), np.random.default_rng(settings.seed)
    network.train()
    for _ in range(settings.epochs):
        for rows in _training_batches([len(state) for state in states], settings.batch, generator):
            hidden, mask = _padded([states[row] for row in rows])
            with quick():
                logits, _features = network(hidden, mask)
            loss = functional.cross_entropy(logits, targets[rows], label_smoothing=settings.smoothing)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return network.eval()


@torch.inference_mode()
def read(network: Network, states: Sequence[Tensor]) -> tuple[Values, Values]:
    """Logits (n, C) and features (n, 2 D) of one pass."""
    logits = np.zeros((len(states), network.head.out_features))
    features = np.zeros((len(states), network.head.in_features))
    for rows in _batches_by_length([len(state) for state in states], 64):
        hidden, mask = _padded([states[row] for row in rows])
        with quick():
            batch_logits, batch_features = network(hidden, mask)
        logits[rows], features[rows] = batch_logits.numpy(), batch_features.numpy()
    return logits, features


@torch.inference_mode()
def passes(network: Network, states: Sequence[Tensor], *, count: int, seed: int = 0) -> Values:
    """Logits of ``count`` passes with dropout in the fine-tuned layers and before the head: (T, n, C)."""
    network.randomness.seed(seed)
    logits = np.zeros((count, len(states), network.head.out_features))
    with dropout_active(network), quick():
        for rows in _batches_by_length([len(state) for state in states], 64):
            hidden, mask = _padded([states[row] for row in rows])
            steady = network.before(hidden, mask)
            for drawn in logits:
                drawn[rows] = network.after(*steady, mask)[0].numpy()
    return logits


def _pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1)
    return (hidden * weights).sum(1) / weights.sum(1)


def _attention(mask: Tensor) -> Tensor:
    return (1.0 - mask)[:, None, None, :] * -1e4  # (B, 1, 1, L), added to the scores


def _padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows (L, ...) filled up with zeros to (B, L, ...), and which positions are real: (B, L)."""
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
    return nn.utils.rnn.pad_sequence(list(rows), batch_first=True), mask


def _batches_by_length(lengths: Sequence[int], size: int) -> list[list[int]]:
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    return [order[start : start + size] for start in range(0, len(order), size)]


def _training_batches(lengths: Sequence[int], size: int, generator: np.random.Generator) -> list[list[int]]:
    order = generator.permutation(len(lengths)).tolist()
    batches: list[list[int]] = []
    for start in range(0, len(order), size * BUCKET):
        bucket = sorted(order[start : start + size * BUCKET], key=lengths.__getitem__)
        batches += [bucket[first : first + size] for first in range(0, len(bucket), size)]
    return [batches[index] for index in generator.permutation(len(batches))]
