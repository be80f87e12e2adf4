"""What the heads believe about one utterance: from drawn passes, or from one, in one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import torch
from torch import Tensor

from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import Word
from models_zoo.serving.lean import Reading
from models_zoo.uncertainty.one_pass import Belief, Distilled, belief_of, one_pass
from models_zoo.uncertainty.passes import draw_passes

Estimator = Literal["one_pass", "passes"]
UTTERANCES_AT_ONCE, WORDS_AT_ONCE = 4, 16  # few are filled up, and many cost several rounds


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
    """All heads of a model as many passes would see them, from the states of one.

    Rows of all utterances are worked out together, always so many at once: what is said about a row is then
    the same to the last bit in any company, see :mod:`models_zoo.serving.steady`.
    """

    def __init__(
        self,
        model: UnderstandingModel,
        learned: Mapping[str, Distilled],
        temperature: Mapping[str, float],
    ) -> None:
        self._heads = {
            head: one_pass(model, head, temperature.get(head, 1.0), learned[head]) for head in learned
        }

    def __call__(self, words: Sequence[Sequence[Word]], readings: Sequence[Reading]) -> list[Beliefs]:
        """About each utterance, of whose words the places are given."""
        if not readings:
            return []
        lengths = torch.tensor([float(len(reading.hidden)) for reading in readings])
        pooled = torch.stack([reading.pooled for reading in readings])
        acts = self._of_rows("dialogue_act", pooled, lengths, UTTERANCES_AT_ONCE)
        types = self._of_rows("question_type", pooled, lengths, UTTERANCES_AT_ONCE)
        tags = self._of_words(words, readings, lengths)
        return [Beliefs(acts.at(number), types.at(number), tags[number]) for number in range(len(readings))]

    def _of_words(
        self, words: Sequence[Sequence[Word]], readings: Sequence[Reading], lengths: Tensor
    ) -> list[Belief | None]:
        counts = [len(some) for some in words]
        if not any(counts):
            return [None] * len(counts)
        states = [
            reading.hidden[[word.token for word in some]]
            for some, reading in zip(words, readings, strict=True)
            if some
        ]
        each = lengths.repeat_interleave(torch.tensor(counts))
        found = self._of_rows("tags", torch.cat(states), each, WORDS_AT_ONCE)
        ends = list(accumulate(counts))
        return [
            found.at(slice(end - count, end)) if count else None
            for count, end in zip(counts, ends, strict=True)
        ]

    def _of_rows(self, head: str, states: Tensor, lengths: Tensor, at_once: int) -> Belief:
        missing = -len(states) % at_once
        states = torch.cat([states, states[-1:].expand(missing, -1)])
        lengths = torch.cat([lengths, lengths[-1:].expand(missing)])
        parts = zip(torch.split(states, at_once), torch.split(lengths, at_once), strict=True)
        found = [self._heads[head](some, of) for some, of in parts]
        return Belief.of_parts(found).at(slice(0, len(states) - missing))
