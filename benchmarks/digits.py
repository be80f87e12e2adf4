"""A lone layer: the two maps of a small net for scikit-learn's digits, dense and decomposed.

The dissertation's experiment with MNIST, on data that comes with scikit-learn. An 8 x 8 digit becomes 32 x 32
by repeating every pixel four times down and across; the net is 1024 -> 1024 -> 10 with a ReLU between, both
maps replaced by the form. Every seed draws a split of its own, the same one for all forms.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional

from compression import DECOMPOSITIONS, MapShape

PIXELS, CLASSES, REPEAT = 1024, 10, 4
RATES = (2e-3, 1e-2)  # each form is scored at the one that its development rows prefer
BATCH = 64
DENSE, LOW_RANK = "dense", "low_rank"
Arrays = tuple[Tensor, Tensor]  # images (N, 1024) in 0..1, labels (N,)


@dataclass(frozen=True, slots=True)
class Form:
    """How a map is kept; ``rank`` is None for the dense one."""

    name: str
    rank: int | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--digits", type=Path, metavar="FILE.csv", help="other digits: 64 pixels from 0 to 16, then the label"
    )
    parser.add_argument("--ranks", nargs="+", type=int, default=[2, 4, 8])
    parser.add_argument(
        "--equal-to", type=int, default=3, metavar="RANK", help="also compare at the parameters of this ring"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)


def run(arguments: argparse.Namespace) -> dict[str, object]:
    torch.set_num_threads(arguments.threads)
    images, labels = _digits(arguments.digits)
    ranked = [Form(name, rank) for rank in arguments.ranks for name in (LOW_RANK, *DECOMPOSITIONS)]
    equal = _equal_forms(Form("tensor_ring", arguments.equal_to))
    scores: dict[Form, list[float]] = {}
    for form in dict.fromkeys((Form(DENSE, None), *ranked, *equal)):
        scores[form] = [
            _best_rate(form, images, labels, seed=seed, epochs=arguments.epochs)
            for seed in range(arguments.seeds)
        ]
        print(f"{form.name} {form.rank or ''}: {np.mean(scores[form]):.4f}", file=sys.stderr, flush=True)
    return {
        "rows": [_row(form, found) for form, found in scores.items()],
        "ring_lead": {
            f"rank {rank}": _ring_lead(scores, [form for form in ranked if form.rank == rank])
            for rank in arguments.ranks
        }
        | {"equal parameters": _ring_lead(scores, equal)},
    }


def _equal_forms(ring: Form) -> list[Form]:
    """Each form at the rank whose parameters come nearest to the ring's."""
    wanted = _parameters(ring)
    return [
        min(
            (Form(name, rank) for rank in range(1, 33)),
            key=lambda form: abs(_parameters(form) - wanted),
        )
        for name in (LOW_RANK, *DECOMPOSITIONS)
    ]


def _digits(path: Path | None) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images (N, 1024) in 0..1, and labels.

    Raises:
        SystemExit: the file has another format.
    """
    if path is None:
        pixels, labels = load_digits(return_X_y=True)
    else:
        try:
            table = np.loadtxt(path, delimiter=",", ndmin=2)
        except (OSError, ValueError) as error:
            raise SystemExit(f"{path} cannot be read as digits: {error}") from error
        if table.shape[1] != 65:
            raise SystemExit(f"{path} has {table.shape[1]} columns; expected 64 pixels and the label.")
        pixels, labels = table[:, :64], table[:, 64]
    squares = (np.asarray(pixels).reshape(-1, 8, 8) / 16).astype(np.float32)
    return upsampled(squares), np.asarray(labels, np.int64)


def upsampled(squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 8, 8) -> (N, 1024), every pixel four times down and across."""
    return squares.repeat(REPEAT, axis=1).repeat(REPEAT, axis=2).reshape(len(squares), -1)


class Layer(nn.Module):
    """A map with a bias, dense, as two thin matrices or as a tensor: (N, inputs) -> (N, outputs)."""

    def __init__(self, form: Form, inputs: int, outputs: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.map: nn.Module
        if form.rank is None:
            self.map = nn.Linear(inputs, outputs, bias=False)
        elif form.name == LOW_RANK:
            rank = min(form.rank, outputs)
            self.map = nn.Sequential(
                nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs, bias=False)
            )
        else:
            tensor_map = DECOMPOSITIONS[form.name](MapShape.automatic(inputs, outputs), form.rank)
            tensor_map.reset_parameters(zero=False)
            self.map = tensor_map

    def forward(self, x: Tensor) -> Tensor:
        mapped: Tensor = self.map(x)
        return mapped + self.bias


def network(form: Form) -> nn.Module:
    return nn.Sequential(Layer(form, PIXELS, PIXELS), nn.ReLU(), Layer(form, PIXELS, CLASSES))


def _best_rate(
    form: Form, images: NDArray[np.float32], labels: NDArray[np.int64], *, seed: int, epochs: int
) -> float:
    """Test accuracy at the learning rate that is best on development rows; neither trains the net."""
    (rest, rest_labels), test = _split(images, labels, seed, 0.25)
    train, development = _split(rest.numpy(), rest_labels.numpy(), seed, 0.2)
    found = []
    for rate in RATES:
        model = _trained(form, train, rate=rate, seed=seed, epochs=epochs)
        found.append((_accuracy(model, development), _accuracy(model, test)))
    return max(found, key=lambda pair: pair[0])[1]


def _split(
    images: NDArray[np.float32], labels: NDArray[np.int64], seed: int, share: float
) -> tuple[Arrays, Arrays]:
    parts = train_test_split(images, labels, test_size=share, random_state=seed, stratify=labels)
    kept, out, kept_labels, out_labels = (torch.from_numpy(part) for part in parts)
    return (kept, kept_labels), (out, out_labels)


def _trained(form: Form, train: Arrays, *, rate: float, seed: int, epochs: int) -> nn.Module:
    torch.manual_seed(seed)
    model = network(form)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    images, labels = train
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(labels)), BATCH):
            loss = functional.cross_entropy(model(images[rows]), labels[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimiser.step()
    return model


@torch.inference_mode()
def _accuracy(model: nn.Module, part: Arrays) -> float:
    images, labels = part
    return float((model(images).argmax(-1) == labels).float().mean())


def _row(form: Form, scores: Sequence[float]) -> dict[str, object]:
    params, dense = _parameters(form), _parameters(Form(DENSE, None))
    return {
        "form": form.name,
        "rank": form.rank,
        "params": params,
        "times_smaller": round(dense / params, 1),
        **_interval(scores),
    }


def _parameters(form: Form) -> int:
    return sum(value.numel() for value in network(form).parameters())


def _ring_lead(scores: Mapping[Form, list[float]], forms: Sequence[Form]) -> dict[str, dict[str, float]]:
    """The ring's accuracy minus that of each of the other ``forms``, split by split."""
    ring = next(np.array(scores[form]) for form in forms if form.name == "tensor_ring")
    return {
        form.name: {"rank": form.rank or 0, **_interval(ring - np.array(scores[form]))}
        for form in forms
        if form.name != "tensor_ring"
    }


def _interval(values: Sequence[float] | NDArray[np.float64]) -> dict[str, float]:
    """The mean with Student's 95 % interval over seeds; the mean alone where there is only one."""
    given = np.asarray(values, np.float64)
    half = (
        float(student.ppf(0.975, len(given) - 1) * given.std(ddof=1) / len(given) ** 0.5)
        if len(given) > 1
        else 0.0
    )
    middle = float(given.mean())
    return {"mean": round(middle, 4), "low": round(middle - half, 4), "high": round(middle + half, 4)}
