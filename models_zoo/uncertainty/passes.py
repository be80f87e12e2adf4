"""Drawing Monte-Carlo dropout passes of the understanding model: the exact estimator, and the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.classifiers.understanding import Logits, UnderstandingModel
from models_zoo.precision import native_precision
from models_zoo.uncertainty.dropout import dropout_active

# Rows of one forward share their matrix products; past about this many tokens a CPU gains nothing more and
# the activations leave its cache (measured: 21 tokens, 30 passes: 1 row a forward 455 ms, 5 rows 251 ms,
# 15 rows 291 ms).
TOKENS_PER_FORWARD = 128


@dataclass(frozen=True, slots=True)
class Passes:
    """Probabilities of T passes: (T, 9), (T, 4) and (T, L, 11)."""

    dialogue_act: Tensor
    question_type: Tensor
    tags: Tensor


@torch.inference_mode()
def draw_passes(
    model: UnderstandingModel,
    input_ids: Tensor,
    *,
    passes: int,
    seed: int,
    temperature: Mapping[str, float],
) -> Passes:
    """Read one utterance ``passes`` times with different dropout masks.

    Each utterance is read apart from its neighbours in the batch, so that text, seed and number of passes
    fix the answer, whichever other utterances are asked about in the same call.

    Args:
        input_ids: (L,), without padding.
        temperature: head -> what its logits are divided by (Guo et al. 2017); 1 where absent.
    """
    if passes < 1:
        raise ValueError(f"passes is {passes}, but at least one is needed")
    rows = max(1, TOKENS_PER_FORWARD // len(input_ids))
    model.randomness.seed(seed)
    sizes = [min(rows, passes - done) for done in range(0, passes, rows)]
    with dropout_active(model):
        if model.settled_below:
            hidden = model.states(input_ids[None])
            drawn = [model.judge(hidden.expand(size, -1, -1)) for size in sizes]
        else:
            drawn = [model(input_ids.expand(size, -1)) for size in sizes]

    def probabilities(head: str) -> Tensor:
        logits = torch.cat([getattr(forward, head) for forward in drawn])
        return (logits.double() / temperature.get(head, 1.0)).softmax(-1)

    return Passes(probabilities("dialogue_act"), probabilities("question_type"), probabilities("tags"))


TOKENS_TOGETHER = 1024  # of one forward over many utterances


@torch.inference_mode()
def draw_many(
    model: UnderstandingModel,
    utterances: Sequence[Tensor],
    *,
    passes: int,
    seed: int,
    between: Callable[[float], None] = lambda share: None,
    quick: bool = False,
) -> list[Logits]:
    """The logits of T passes of many utterances, those of one length together.

    For references and for training: which masks an utterance meets depends on the others.

    Args:
        utterances: token numbers (L,) each.
        between: called between two forwards with the share that is done; may raise to stop.
        quick: multiply in bfloat16, as far as the processor has it.

    Returns:
        For each utterance ``Logits`` with T rows.
    """
    model.randomness.seed(seed)
    found: dict[int, Logits] = {}
    total = sum(len(ids) for ids in utterances)
    done = 0
    half = quick and native_precision() == "bfloat16"
    with dropout_active(model), torch.autocast("cpu", torch.bfloat16, enabled=half):
        for length, numbers in _by_length(utterances):
            ids = torch.stack([utterances[number] for number in numbers])
            hidden = _states(model, ids) if model.settled_below else None
            rows = torch.arange(len(ids)).repeat_interleave(passes)
            parts = []
            for part in torch.split(rows, max(1, TOKENS_TOGETHER // length)):
                parts.append(model(ids[part]) if hidden is None else model.judge(hidden[part]))
                done += len(part) * length
                between(done / (total * passes))
            for place, number in enumerate(numbers):
                found[number] = _rows(parts, place * passes, passes)
    return [found[number] for number in range(len(utterances))]


def _states(model: UnderstandingModel, ids: Tensor) -> Tensor:
    """Those of many utterances of one length: (N, L) -> (N, L, D)."""
    parts = torch.split(ids, max(1, TOKENS_TOGETHER // ids.shape[1]))
    return torch.cat([model.states(part) for part in parts])


def _by_length(utterances: Sequence[Tensor]) -> list[tuple[int, list[int]]]:
    """Length -> the numbers of the utterances that have it, shortest first."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, ids in enumerate(utterances):
        groups[len(ids)].append(number)
    return sorted(groups.items())


def _rows(parts: Sequence[Logits], first: int, count: int) -> Logits:
    def cut(head: str) -> Tensor:
        return torch.cat([getattr(part, head) for part in parts])[first : first + count].float()

    return Logits(cut("dialogue_act"), cut("question_type"), cut("tags"))
