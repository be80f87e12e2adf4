"""What each way of getting thirty passes costs, in deterministic float32 passes."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn

from benchmarks.mc_dropout.model import Trained
from benchmarks.tools.timing import ratios
from models_zoo.encoding import encode
from models_zoo.precision import Precision, native_precision
from models_zoo.serving.lean import LeanEncoder
from models_zoo.uncertainty.dropout import SeededDropout
from models_zoo.uncertainty.one_pass import one_pass

HEAD = "question_type"
PASSES = 30
TURNS = (1, 8, 32)
ONE = "one deterministic pass"
QUICK_ROUNDS = 10  # for each round of the slow ways
Contenders = dict[str, Callable[[], object]]


class Plain(nn.Module):
    """The same weights as everybody has them: adapter merged, PyTorch's own dropout, one head."""

    def __init__(self, trained: Trained) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(trained.model.encoder).merge_and_unload()
        self.dropout: nn.Module = copy.deepcopy(trained.model.dropout)
        self.head = copy.deepcopy(trained.model.heads[HEAD])
        for parent in list(self.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, SeededDropout):
                    setattr(parent, name, nn.Dropout(child.p))

    def forward(self, ids: Tensor) -> Tensor:
        return cast(Tensor, self.head(self.dropout(self.pooled(ids))))

    def pooled(self, ids: Tensor) -> Tensor:
        return cast(Tensor, self.encoder(input_ids=ids).last_hidden_state.mean(1))


class Ways:
    """Every way of getting the passes of one model, ready to be called with token numbers (B, L)."""

    def __init__(self, trained: Trained) -> None:
        self.plain = Plain(trained).eval()
        self._noisy = copy.deepcopy(self.plain).train()
        self._patched = _patched(self.plain)
        self._settled = trained.model.settled_below
        self._quick = {precision: _one_pass(trained, precision) for precision in _precisions()}

    def slow(self, ids: Tensor) -> Contenders:
        found: Contenders = {
            ONE: lambda: self.plain(ids),
            "plain loop": lambda: [self._noisy(ids).softmax(-1) for _ in range(PASSES)],
            "stacked": lambda: self._noisy(ids.repeat(PASSES, 1)).softmax(-1),
        }
        if self._patched is not None:
            patched = self._patched
            found["baal patch_module loop"] = lambda: [patched(ids).softmax(-1) for _ in range(PASSES)]
        return found

    def quick(self, ids: Tensor) -> Contenders:
        found: Contenders = {ONE: lambda: self.plain(ids)}
        if self._settled:
            found["encoder once, passes of the head"] = lambda: self._heads(ids).softmax(-1)
        return found | {f"one pass, {name}": partial(way, ids) for name, way in self._quick.items()}

    def _heads(self, ids: Tensor) -> Tensor:
        """Dropout stands before the head only: (T, B, C) from one reading."""
        pooled = self.plain.pooled(ids)
        noisy = self._noisy
        return cast(Tensor, noisy.head(noisy.dropout(pooled.expand(PASSES, *pooled.shape))))


@torch.inference_mode()
def figures(trained: Trained, shapes: list[tuple[int, int]], rounds: int) -> dict[str, Any]:
    """Rows for every shape, the worst ratio of what is served, and the whole turn."""
    ways = Ways(trained)
    rows: list[dict[str, Any]] = []
    for batch, length in shapes:
        ids = _tokens(trained, batch, length)
        ways.plain(ids)  # the others warm themselves up
        found = ratios(ways.slow(ids), to=ONE, rounds=rounds, warm_up=0)
        found |= ratios(ways.quick(ids), to=ONE, rounds=QUICK_ROUNDS * rounds)
        rows += [
            {"batch": batch, "length": length, "method": method, "ratio": round(ratio, 3)}
            for method, ratio in found.items()
        ]
        print(f"{batch} x {length}: {found}", file=sys.stderr, flush=True)
    turns = _turns(trained, ways.plain, rounds)
    served = f"one pass, {native_precision()}"
    return {
        "rows": rows,
        "worst_ratio": max(row["ratio"] for row in rows if row["method"] == served),
        "turns": turns,
        "turn_over_fp32_pass": max(turns.values()),
    }


def _precisions() -> list[Precision]:
    return ["float32"] if native_precision() == "float32" else ["float32", "bfloat16"]


def _one_pass(trained: Trained, precision: Precision) -> Callable[[Tensor], object]:
    encoder = LeanEncoder(trained.model, precision)
    head = one_pass(trained.model, HEAD, trained.manifest.calibration[HEAD], trained.learned[HEAD])
    return lambda ids: [
        head(reading.pooled[None], len(reading.hidden)) for reading in encoder.read(list(ids), bare=False)
    ]


def _patched(plain: nn.Module) -> nn.Module | None:
    try:
        from baal.bayesian.dropout import patch_module  # type: ignore[import-untyped]
    except ImportError:
        print(
            "baal is not installed (pip install --no-deps baal==2.1.0): its rows are left out",
            file=sys.stderr,
        )
        return None
    return cast(nn.Module, patch_module(plain, inplace=False)).eval()


def _tokens(trained: Trained, batch: int, length: int) -> Tensor:
    """Real word pieces in rows of one length: the held-out lines one after the other."""
    stream: list[int] = []
    for example in trained.held_out:
        stream += encode(trained.tokenizer, [example.text]).input_ids[0].tolist()
    wanted = batch * length
    repeated = stream * (wanted // len(stream) + 1)
    return torch.tensor(repeated[:wanted]).view(batch, length)


def _turns(trained: Trained, plain: nn.Module, rounds: int) -> dict[str, float]:
    """The whole reading of real lines, text to understanding, over one float32 pass of the same lines."""
    texts = [example.text for example in trained.held_out]
    spread = {size: (texts * size)[:: max(1, len(texts) // size)][:size] for size in TURNS}
    return {str(size): round(_turn(trained, plain, lines, rounds), 3) for size, lines in spread.items()}


@torch.inference_mode()
def _turn(trained: Trained, plain: nn.Module, lines: list[str], rounds: int) -> float:
    batch = encode(trained.tokenizer, lines)
    encoder = plain.get_submodule("encoder")
    ways: Contenders = {
        "pass": lambda: encoder(input_ids=batch.input_ids, attention_mask=batch.attention_mask),
        "turn": lambda: trained.predictor.understand(lines),
    }
    return ratios(ways, to="pass", rounds=QUICK_ROUNDS * rounds)["turn"]
