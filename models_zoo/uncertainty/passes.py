"""Drawing Monte-Carlo dropout passes of the understanding model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.classifiers.understanding import UnderstandingModel
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
        drawn = [model(input_ids.expand(size, -1)) for size in sizes]

    def probabilities(head: str) -> Tensor:
        logits = torch.cat([getattr(forward, head) for forward in drawn])
        return (logits.double() / temperature.get(head, 1.0)).softmax(-1)

    return Passes(probabilities("dialogue_act"), probabilities("question_type"), probabilities("tags"))
