"""What many dropout passes would say, at the price of one pass without dropout.

A classifier here is one linear map behind dropout, ``z = W (h * m) + b``. Given the states ``h`` the
covariance of its logits under the masks ``m`` is known exactly (moment propagation; Wang & Manning 2013):

    S_head = p / (1 - p) * W diag(h^2) W'

What the dropout below the classifier adds, ``S_below``, is distilled: a covariance averaged over training
utterances, which shrinks with the length of the utterance where states are averaged over it. The passes are
then points of the normal distribution N(z, S_head + S_below), the same quasi-random ones every time, and are
measured as drawn passes are. What still differs from drawn passes in the logarithm of the mutual information
is a ridge regression on what the pass itself shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import cast

import torch
from torch import Tensor, nn

from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.uncertainty.measures import Measures, measures_of

POINTS = 64  # of the normal distribution; twice as many change no ranking
SMALLEST = 1e-9  # nats: below it no two passes differ
INPUTS = 9  # of the correction, see ``inputs_of``
LENGTH = 16.0  # word pieces of the utterance that ``below`` is stated for


@dataclass(frozen=True, slots=True)
class Belief:
    """A classifier's mean distribution ``(..., C)`` over passes, and the measures of their spread."""

    probabilities: Tensor
    measures: Measures

    def at(self, place: int | slice) -> Belief:
        """One of its positions, or several."""
        chosen = {field.name: getattr(self.measures, field.name)[place] for field in fields(self.measures)}
        return Belief(self.probabilities[place], Measures(**chosen))

    @classmethod
    def of_parts(cls, parts: Sequence[Belief]) -> Belief:
        """One after the other, along the first dimension."""
        joined = {
            field.name: torch.cat([getattr(part.measures, field.name) for part in parts])
            for field in fields(Measures)
        }
        return cls(torch.cat([part.probabilities for part in parts]), Measures(**joined))


def belief_of(passes: Tensor) -> Belief:
    """Of passes drawn one by one: ``(T, ..., C)``."""
    return Belief(passes.mean(0), measures_of(passes))


@dataclass(frozen=True, slots=True)
class Distilled:
    """What was learned about one classifier from passes drawn on training utterances.

    Attributes:
        below: (C, C), covariance that dropout below the classifier adds to an utterance of ``LENGTH`` pieces.
        shrinkage: (), power of length by which it shrinks.
        centre, scale, coefficients: (F,), the regression of the correction on its inputs.
        constant: (), its value at the centre.
    """

    below: Tensor
    shrinkage: Tensor
    centre: Tensor
    scale: Tensor
    coefficients: Tensor
    constant: Tensor

    @classmethod
    def of_covariance(cls, below: Tensor, shrinkage: float) -> Distilled:
        """Nothing learned beside the covariance."""
        centre, scale, coefficients = torch.zeros(INPUTS), torch.ones(INPUTS), torch.zeros(INPUTS)
        return cls(below, torch.tensor(shrinkage), centre, scale, coefficients, torch.tensor(0.0))

    def tensors(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


class OnePass:
    """One classifier as many passes would see it.

    Args:
        linear: the map behind the dropout.
        dropout: the probability ``p`` of the layer before it.
        temperature: what its logits are divided by.
    """

    def __init__(self, linear: nn.Linear, dropout: float, temperature: float, learned: Distilled) -> None:
        self._weight = linear.weight.detach().float() / temperature  # (C, D)
        self._bias = linear.bias.detach().float() / temperature
        self._classes = len(self._bias)
        products = self._weight[:, None] * self._weight[None]  # (C, C, D)
        self._products = products.flatten(0, 1).T.contiguous() * (dropout / (1 - dropout))  # (D, C C)
        self._points = normal_points(self._classes)  # (S, C)
        self.learned = learned
        self._corrected = bool(learned.coefficients.any() or learned.constant)

    @torch.inference_mode()
    def __call__(self, states: Tensor, length: float | Tensor) -> Belief:
        """The belief about N positions: states ``(N, D)``.

        Args:
            length: word pieces of the utterance that they are from, or of each one's, ``(N,)``.
        """
        drawn = self.points(states, length)
        learned = self.learned
        if not self._corrected:
            return drawn
        inputs = inputs_of(drawn, length)
        correction = (inputs - learned.centre) / learned.scale @ learned.coefficients + learned.constant
        measures = drawn.measures
        information = measures.mutual_information * correction.exp()
        information = information.minimum(measures.predictive_entropy)
        expected = measures.predictive_entropy - information
        return replace(
            drawn, measures=replace(measures, mutual_information=information, expected_entropy=expected)
        )

    def points(self, states: Tensor, length: float | Tensor) -> Belief:
        """The belief before the correction: the measures of the normal distribution's points."""
        shrunk = (LENGTH / torch.as_tensor(length, dtype=torch.float32)) ** self.learned.shrinkage
        logits = states @ self._weight.T + self._bias  # (N, C)
        covariance = self.head_covariance(states)
        covariance = covariance + self.learned.below * shrunk.expand(len(states))[:, None, None]
        spread = torch.linalg.cholesky_ex(covariance).L  # (N, C, C)
        # Classes lie before positions in memory: a softmax over so few neighbours takes twenty times as long.
        shifts = (self._points @ spread.permute(2, 1, 0).flatten(1)).view(-1, self._classes, len(states))
        return belief_of((shifts + logits.T).softmax(1).transpose(1, 2))  # (S, N, C)

    def head_covariance(self, states: Tensor) -> Tensor:
        """What the dropout just before the classifier does to its logits: ``(N, D) -> (N, C, C)``."""
        return (states.square() @ self._products).view(-1, self._classes, self._classes)


def one_pass(model: UnderstandingModel, head: str, temperature: float, learned: Distilled) -> OnePass:
    """A head of ``model`` as many passes would see it."""
    return OnePass(cast(nn.Linear, model.heads[head]), model.head_dropout, temperature, learned)


def inputs_of(belief: Belief, length: float | Tensor) -> Tensor:
    """What the correction is worked out from, ``(N, F)``: how torn, how spread, how long."""
    measures = belief.measures
    information = measures.mutual_information.clamp_min(SMALLEST).log()
    highest = measures.max_probability
    doubt = measures.predictive_entropy.clamp_min(SMALLEST).log()
    size = torch.as_tensor(length, dtype=information.dtype).log().expand_as(information)
    columns = [information, information.square(), doubt, doubt * information, highest, highest.square()]
    return torch.stack([*columns, measures.variation_ratio, size, size * information], dim=-1).float()


def normal_points(classes: int, count: int = POINTS) -> Tensor:
    """Quasi-random points of a standard normal distribution, each with its opposite: ``(count, classes)``."""
    engine = torch.quasirandom.SobolEngine(classes, scramble=True, seed=0)  # type: ignore[no-untyped-call]
    uniform = engine.draw(count // 2)
    points = torch.special.ndtri(uniform.double().clamp(1e-6, 1 - 1e-6)).float()
    return torch.cat([points, -points])
