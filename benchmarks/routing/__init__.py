"""Which turns may the machine answer alone? Doubts, calibration and guarantees on real teacher moves.

A network and three cheap readers classify the teacher's moves of MathDial-format dialogues. Everything that
is learned about errors is learned from out-of-fold answers on the training problems; the figures are those
of the test problems, with intervals over dialogues.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.routing import shift
from benchmarks.routing.data import folds, train_and_test
from benchmarks.routing.doubts import entropy, single_scores
from benchmarks.routing.figures import Sheet, kept_promises
from benchmarks.routing.joint import JointDoubt
from benchmarks.routing.machine import Machine, Prepared, Reading, prepare
from benchmarks.routing.members import aligned, tfidf_baseline
from benchmarks.routing.network import FrozenLayers, Settings, read
from benchmarks.routing.pooling import MAPS, READERS
from benchmarks.routing.served import Look, Served
from models_zoo.routing.guarantee import guaranteed_threshold

Values = NDArray[np.float64]
TARGETS = (0.05, 0.10, 0.20, 0.30)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--train", type=Path, required=True, metavar="FILE.csv")
    parser.add_argument("--test", type=Path, required=True, metavar="FILE.csv", help="may be the same file")
    parser.add_argument("--target", type=float, default=0.05, help="share of wrong turns that is promised")
    parser.add_argument("--confidence", type=float, default=0.90, help="of the promise")
    parser.add_argument("--folds", type=int, default=5, help="and members of the ensemble")
    parser.add_argument("--epochs", type=int, default=Settings.epochs, help="of the network")
    parser.add_argument("--dropout", type=float, default=Settings.dropout, help="of the network's layers")
    parser.add_argument("--bootstrap", type=int, default=1000, help="resamples of the dialogues")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shift", action="store_true", help="also noisy, cut and foreign turns (longer)")


def run(arguments: Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    known, asked, how = train_and_test(arguments.train, arguments.test, seed=arguments.seed)
    _say(f"{len(known)} turns to train on, {len(asked)} to test on ({how})")
    settings = Settings(epochs=arguments.epochs, dropout=arguments.dropout, seed=arguments.seed)
    base = FrozenLayers(settings.frozen)
    train, test = prepare(base, known), prepare(base, asked)
    place = np.array(folds(train.turns, arguments.folds))
    outside, members = _out_of_fold(base, train, place, settings, test)
    _say("the machine that serves, on all training turns")
    machine = Machine(base, train, settings)
    reading = machine.read(test)
    _say("learning the joint doubt; bootstrap over dialogues")
    served = Served(train, outside, place)
    figures = _figures(arguments, train, outside, place, test, reading, members, served)
    if arguments.shift:
        _say("noisy, cut and foreign turns")
        figures["shift"] = shift.figures(base, machine, served, test)
    figures["turns"] = {"train": len(train.turns), "test": len(test.turns), "split": how}
    figures["seconds"] = round(time.perf_counter() - started)
    return figures


def _out_of_fold(
    base: FrozenLayers, train: Prepared, place: NDArray[np.intp], settings: Settings, test: Prepared
) -> tuple[Reading, Values]:
    """What each training turn looks like to a machine that never saw its problem; and, as a by-product, an
    ensemble: the test turns as each of these machines' networks sees them, (members, n, C)."""
    found, members = Reading.empty(len(train.turns)), []
    for fold in range(place.max() + 1):
        _say(f"fold {fold + 1} of {place.max() + 1}")
        inside, rest = np.flatnonzero(place == fold), np.flatnonzero(place != fold)
        own = Settings(**{**vars(settings), "seed": settings.seed + 1 + fold})
        machine = Machine(base, train.part(rest), own)
        found.filled(inside, machine.read(train.part(inside), seed=fold))
        members.append(softmax(read(machine.network, test.states)[0], axis=1))
    return found, np.stack(members)


def _figures(
    arguments: Namespace,
    train: Prepared,
    outside: Reading,
    place: NDArray[np.intp],
    test: Prepared,
    reading: Reading,
    members: Values,
    served: Served,
) -> dict[str, Any]:
    look = served.look(reading, test.turns)
    answers = served.answers(look)
    wrong = answers.argmax(1) != test.labels
    sheet = Sheet(test.labels, [turn.dialogue for turn in test.turns], arguments.bootstrap)
    scores = single_scores(reading, answers) | _ensemble_scores(members)
    scores["joint"] = joint = served.risks(reading, look, test.turns)
    calibration = _calibration(sheet, train, outside, reading, served, look)
    network = _network_answers(sheet, train, outside, place, test, reading, served, look)
    sheet.intervals["auroc_gain"] = sheet.intervals["network_answers.auroc_gain"]
    calibration["joint"] = sheet.risk_calibration("calibration.joint", joint, wrong)
    return {
        **sheet.classifier("", answers),
        "ece_before": calibration["served"]["none"]["ece"],
        "ece_after": calibration["served"][served.map]["ece"],
        **sheet.scores("", scores, wrong),
        "auroc_gain": network["auroc_gain"],
        "auroc_gain_served": {
            against: sheet.gain(f"auroc_gain_served.{against}", joint, scores[against], wrong)
            for against in ("one_pass_entropy", "served_entropy", "product")
        },
        "coverage_at": sheet.coverages("coverage_at", joint, wrong),
        "coverage_at_max_probability": sheet.coverages(
            "coverage_at_max_probability", scores["one_pass_max"], wrong
        ),
        **_guarantees(arguments, sheet, served, joint, wrong),
        "network_answers": network,
        "references": _references(sheet, train, test, reading, members),
        "calibration": calibration,
        "pool": dict(zip(READERS, np.round(served.pool.weights, 3).tolist(), strict=True)),
        "joint_spread": served.joint.spread,
        "joint_model": served.joint.model.to_json(),
        "intervals": sheet.intervals,
    }


def _ensemble_scores(members: Values) -> dict[str, Values]:
    mean = members.mean(0)
    return {
        "ensemble_entropy": entropy(mean),
        "ensemble_mutual_information": entropy(mean) - entropy(members).mean(0),
        "ensemble_max": 1 - mean.max(1),
    }


def _calibration(
    sheet: Sheet, train: Prepared, outside: Reading, reading: Reading, served: Served, look: Look
) -> dict[str, Any]:
    """The network alone and the served answers under every map that was fitted on out-of-fold ones."""
    logits = {
        "network": (outside.logits, reading.logits),
        "served": (served.look_outside.logits, look.logits),
    }
    found: dict[str, Any] = {
        name: {
            kind: sheet.calibration(f"calibration.{name}.{kind}", fit(before, train.labels)(after))
            for kind, fit in MAPS.items()
        }
        for name, (before, after) in logits.items()
    }
    sheet.intervals["ece_before"] = sheet.intervals["calibration.served.none.ece"]
    sheet.intervals["ece_after"] = sheet.intervals[f"calibration.served.{served.map}.ece"]
    return found | {"chosen": served.map}


def _guarantees(
    arguments: Namespace, sheet: Sheet, served: Served, joint: Values, wrong: NDArray[np.bool_]
) -> dict[str, Any]:
    """Thresholds promised on the training problems, and what they let through on the test problems."""

    def promised(target: float, name: str) -> dict[str, Any]:
        found = guaranteed_threshold(
            served.joint.crossed, served.joint.wrong, target=target, confidence=arguments.confidence
        )
        return sheet.realised(name, found, joint, wrong)

    def splits(target: float, groups: Sequence[str]) -> dict[str, float]:
        return kept_promises(joint, wrong, groups, target=target, confidence=arguments.confidence)

    turns = [str(row) for row in range(len(wrong))]
    return {
        "guarantee": promised(arguments.target, "guarantee"),
        "guarantees": [
            promised(target, f"guarantees.{target:.2f}")
            | {"splits_by_turn": splits(target, turns), "splits_by_dialogue": splits(target, sheet.dialogues)}
            for target in sorted({arguments.target, *TARGETS})
        ],
    }


def _network_answers(
    sheet: Sheet,
    train: Prepared,
    outside: Reading,
    place: NDArray[np.intp],
    test: Prepared,
    reading: Reading,
    served: Served,
    look: Look,
) -> dict[str, Any]:
    """The same when the network's own answer is served: both scores are about its errors, nobody else's."""
    before, answers = (np.asarray(softmax(one.logits, axis=1)) for one in (outside, reading))
    second = served.look_outside.second
    joint = JointDoubt(outside, second, before, served.outside, train.turns, place)
    wrong = answers.argmax(1) != test.labels
    scores = single_scores(reading, answers)
    scores["joint"] = joint.risks(reading, look.second, answers, served.answers(look), test.turns)
    return sheet.classifier("network_answers.", answers) | {
        **sheet.scores("network_answers.", scores, wrong),
        "auroc_gain": sheet.gain(
            "network_answers.auroc_gain", scores["joint"], scores["one_pass_entropy"], wrong
        ),
        "coverage_at": sheet.coverages("network_answers.coverage_at", scores["joint"], wrong),
    }


def _references(
    sheet: Sheet, train: Prepared, test: Prepared, reading: Reading, members: Values
) -> dict[str, Any]:
    """Other classifiers on the same turns, each with its own largest probability as its doubt."""
    words = tfidf_baseline().fit([turn.text for turn in train.turns], train.labels)
    said = aligned(words[-1], words.predict_proba([turn.text for turn in test.turns]))
    others = {
        "one_pass": np.asarray(softmax(reading.logits, axis=1)),
        "mc_dropout": reading.drawn.mean(0),
        f"ensemble_of_{len(members)}": members.mean(0),
        "tfidf_logistic_regression": said,
    }
    found = {}
    for name, probabilities in others.items():
        wrong = probabilities.argmax(1) != test.labels
        compared = sheet.scores(f"references.{name}.", {"own_max": 1 - probabilities.max(1)}, wrong)
        found[name] = sheet.classifier(f"references.{name}.", probabilities) | {
            "aurc": compared["aurc"]["own_max"],
            "auroc": compared["auroc"]["own_max"],
        }
    return found


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
