"""What is learned from the training file: a machine, and out-of-fold readings to learn its errors from."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import folds, train_and_test
from benchmarks.routing.machine import FEW, Machine, Prepared, Reading, prepare
from benchmarks.routing.network import FrozenLayers, Network, Settings
from benchmarks.tools.kept import Kept


@dataclass(frozen=True)
class Crossed:
    """The readings of all training turns and, as a by-product, an ensemble: each fold's network."""

    reading: Reading
    networks: tuple[Network, ...]


def out_of_fold(
    base: FrozenLayers, train: Prepared, place: NDArray[np.intp], settings: Settings, kept: Kept
) -> Crossed:
    """A machine for each fold, fitted without it, reads it; ``place`` is the fold of each turn."""
    found, networks = Reading.empty(len(train.turns)), []

    def fitted(fold: int) -> tuple[Network, Reading]:
        own = replace(settings, seed=settings.seed + 1 + fold)
        machine = Machine(base, train.part(np.flatnonzero(place != fold)), own)
        asked = train.part(np.flatnonzero(place == fold))
        return machine.network, machine.read(asked, count=FEW, seed=fold)

    for fold in range(place.max() + 1):
        said(f"fold {fold + 1} of {place.max() + 1}")
        network, reading = kept.get(f"fold-{fold}", partial(fitted, fold))
        found.filled(np.flatnonzero(place == fold), reading)
        networks.append(network)
    return Crossed(found, tuple(networks))


def settings_of(arguments: Namespace) -> Settings:
    return Settings(
        frozen=arguments.frozen, epochs=arguments.epochs, dropout=arguments.dropout, seed=arguments.seed
    )


@dataclass(frozen=True)
class Fitted:
    """Everything that is learned from the training file, and the test turns as they are read.

    Attributes:
        how: how training and test came about.
    """

    base: FrozenLayers
    train: Prepared
    test: Prepared
    place: NDArray[np.intp]
    crossed: Crossed
    machine: Machine
    reading: Reading
    kept: Kept
    how: str


def fitted_on(arguments: Namespace) -> Fitted:
    """Splits by problem, reads, trains: most of a run's time."""
    known, asked, how = train_and_test(arguments.train, arguments.test, seed=arguments.seed)
    said(f"{len(known)} turns to train on, {len(asked)} to test on ({how})")
    settings = settings_of(arguments)
    kept = Kept(arguments.resume, settings, arguments.folds, [turn.text for turn in [*known, *asked]])
    base = FrozenLayers(settings.frozen)
    train = kept.get("train", lambda: prepare(base, known))
    test = kept.get("test", lambda: prepare(base, asked))
    place = np.array(folds(train.turns, arguments.folds))
    crossed = out_of_fold(base, train, place, settings, kept)
    said("the machine that serves, on all training turns")
    machine = kept.get("machine", lambda: Machine(base, train, settings))
    reading = kept.get("reading", lambda: machine.read(test))
    return Fitted(base, train, test, place, crossed, machine, reading, kept, how)


def add_arguments(parser: ArgumentParser) -> None:
    """The options that decide what is fitted."""
    parser.add_argument("--train", type=Path, required=True, metavar="FILE.csv")
    parser.add_argument("--test", type=Path, required=True, metavar="FILE.csv", help="may be the same file")
    parser.add_argument("--folds", type=int, default=5, help="and members of the ensemble")
    parser.add_argument("--frozen", type=int, default=Settings.frozen, help="lower layers left as they are")
    parser.add_argument("--epochs", type=int, default=Settings.epochs, help="of the network")
    parser.add_argument("--dropout", type=float, default=Settings.dropout, help="of the network's layers")
    parser.add_argument("--bootstrap", type=int, default=1000, help="resamples of the dialogues")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", type=Path, metavar="FOLDER", help="keep finished steps, and use them")


def said(message: str) -> None:
    """Progress, beside the figures."""
    print(message, file=sys.stderr, flush=True)
