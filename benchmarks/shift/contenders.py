"""What could stand beside or in place of dropout passes: adapters of one backbone, tuned dropout, a process.

Costs are in passes through the whole encoder: the frozen lower half runs once a turn for everybody, each
further member or pass costs the upper half.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from peft import inject_adapter_in_model
from scipy.special import softmax

from benchmarks.routing.fitted import Fitted, said
from benchmarks.routing.machine import FEW, Prepared
from benchmarks.routing.network import FrozenLayers, Network, Settings, passes, read, train
from benchmarks.shift.gaussian_process import RandomFeatureProcess
from compression import TensorAdapterConfig
from models_zoo.routing.risk_coverage import auroc
from models_zoo.uncertainty.measures import measures_of

Values = NDArray[np.float64]
DROPOUTS = (0.1, 0.3)
ADAPTERS = TensorAdapterConfig(
    decomposition="tensor_ring",
    rank=8,
    kind="parallel",
    target_modules=["q_lin", "v_lin", "out_lin", "lin2"],
)
ADAPTER_RATE = 1e-2


@dataclass(frozen=True)
class Contenders:
    """Fitted on the training turns.

    Attributes:
        network: the one whose answers are doubted.
        ensemble: networks of their own upper halves; adapters: of one upper half and an adapter each.
        tuned: trained with the dropout whose mutual information found most errors on a held-out fold.
    """

    network: Network
    process: RandomFeatureProcess
    ensemble: tuple[Network, ...]
    adapters: tuple[Network, ...]
    tuned: Network
    dropout: float

    def read(self, asked: Prepared) -> Beliefs:
        logits, features = read(self.network, asked.states)
        return Beliefs(
            process=self.process.probabilities(features, logits),
            variance=self.process.variance(features),
            ensemble=_members(self.ensemble, asked),
            adapters=_members(self.adapters, asked),
            tuned=_drawn(self.tuned, asked, FEW),
        )


@dataclass(frozen=True)
class Beliefs:
    """Probabilities (n, C), of members or passes (M, n, C); ``variance`` (n,)."""

    process: Values
    variance: Values
    ensemble: Values
    adapters: Values
    tuned: Values


def contenders(found: Fitted, settings: Settings, *, members: int) -> Contenders:
    known, kept = found.train, found.kept
    logits, features = read(found.machine.network, known.states)

    def adapter(number: int) -> Network:
        return adapted(found.base, known, replace(settings, seed=settings.seed + 1 + number))

    adapters = []
    for number in range(members):
        said(f"adapter {number + 1} of {members}")
        adapters.append(kept.get(f"adapter-{number}", partial(adapter, number)))
    dropout = kept.get("dropout", lambda: _best_dropout(found, settings))
    said(f"dropout of {dropout} on all training turns")

    def tuned() -> Network:
        own = replace(settings, dropout=dropout)
        return train(found.base, known.states, known.labels.tolist(), own)

    return Contenders(
        network=found.machine.network,
        process=RandomFeatureProcess(features, logits),
        ensemble=found.crossed.networks,
        adapters=tuple(adapters),
        tuned=found.machine.network if dropout == settings.dropout else kept.get("tuned", tuned),
        dropout=dropout,
    )


def adapted(base: FrozenLayers, known: Prepared, settings: Settings) -> Network:
    """The pretrained upper half, frozen, with an adapter of its own and a head."""

    def prepared(network: Network) -> None:
        network.layers.requires_grad_(False)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            inject_adapter_in_model(copy.deepcopy(ADAPTERS), network.layers)

    own = replace(settings, rate=ADAPTER_RATE, epochs=settings.epochs + 1)
    return train(base, known.states, known.labels.tolist(), own, prepared)


def _best_dropout(found: Fitted, settings: Settings) -> float:
    """Whose mutual information finds the errors of its own network best on one fold of the training."""
    inside = found.train.part(np.flatnonzero(found.place == 0))
    rest = found.train.part(np.flatnonzero(found.place != 0))

    def network(dropout: float) -> Network:
        if dropout == settings.dropout:
            return found.crossed.networks[0]
        said(f"trying a dropout of {dropout}")
        return train(found.base, rest.states, rest.labels.tolist(), replace(settings, dropout=dropout))

    def errors_found(dropout: float) -> float:
        fitted = network(dropout)
        drawn = measures_of(torch.from_numpy(_drawn(fitted, inside, FEW)))
        wrong = read(fitted, inside.states)[0].argmax(1) != inside.labels
        return auroc(drawn.mutual_information.numpy(), wrong)

    return max(sorted({settings.dropout, *DROPOUTS}), key=errors_found)


def _members(networks: tuple[Network, ...], asked: Prepared) -> Values:
    return np.stack([softmax(read(network, asked.states)[0], axis=1) for network in networks])


def _drawn(network: Network, asked: Prepared, count: int) -> Values:
    return np.asarray(softmax(passes(network, asked.states, count=count), axis=-1))
