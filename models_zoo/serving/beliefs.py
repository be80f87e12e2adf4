"""What the heads believe about one utterance: from drawn passes, or from one, in one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import Word
from models_zoo.serving.lean import Reading
from models_zoo.uncertainty.one_pass import Belief, Distilled, belief_of, one_pass
from models_zoo.uncertainty.passes import draw_passes

Estimator = Literal["one_pass", "passes"]


@dataclass(frozen=True, slots=True)
class Beliefs:
    """About the utterance (C,), and about each of its words (W, C); None when it has no words."""

    dialogue_act: Belief
    question_type: Belief
    words: Belief | None


def by_passes(
    model: UnderstandingModel,
    ids: Tensor,
    words: Sequence[Word],
    *,
    passes: int,
    seed: int,
    temperature: Mapping[str, float],
) -> Beliefs:
    """Monte-Carlo dropout as it is defined: T passes, each with masks of its own."""
    drawn = draw_passes(model, ids, passes=passes, seed=seed, temperature=temperature)
    tokens = [word.token for word in words]
    return Beliefs(
        belief_of(drawn.dialogue_act),
        belief_of(drawn.question_type),
        belief_of(drawn.tags[:, tokens]) if tokens else None,
    )


class OnePassReader:
    """All heads of a model as many passes would see them, from the states of one."""

    def __init__(
        self,
        model: UnderstandingModel,
        learned: Mapping[str, Distilled],
        temperature: Mapping[str, float],
    ) -> None:
        self._heads = {
            head: one_pass(model, head, temperature.get(head, 1.0), learned[head]) for head in learned
        }

    def __call__(self, words: Sequence[Word], reading: Reading) -> Beliefs:
        length = len(reading.hidden)
        pooled = reading.pooled[None]
        tokens = [word.token for word in words]
        return Beliefs(
            self._heads["dialogue_act"](pooled, length).row(0),
            self._heads["question_type"](pooled, length).row(0),
            self._heads["tags"](reading.hidden[tokens], length) if tokens else None,
        )
