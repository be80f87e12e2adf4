"""Which turns may the machine answer alone? Doubts, calibration and guarantees on real teacher moves.

A network and three cheap readers classify the teacher's moves of MathDial-format dialogues. Everything that
is learned about errors is learned from out-of-fold answers on the training problems; the figures are those
of the test problems, with intervals over dialogues.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.routing import fitted
from benchmarks.routing.doubts import entropy, single_scores
from benchmarks.routing.figures import Sheet, kept_promises
from benchmarks.routing.fitted import Fitted, said
from benchmarks.routing.members import aligned, tfidf_baseline
from benchmarks.routing.network import read
from benchmarks.routing.pooling import MAPS, READERS
from benchmarks.routing.report import TABLE, described, figures_of
from benchmarks.routing.served import Look, NetworkDoubt, Served, network_answers
from models_zoo.routing.guarantee import guaranteed_threshold

Values = NDArray[np.float64]
TARGETS = (0.05, 0.10, 0.20, 0.30)


def add_arguments(parser: ArgumentParser) -> None:
    fitted.add_arguments(parser)
    parser.add_argument("--target", type=float, default=0.05, help="share of wrong turns that is promised")
    parser.add_argument("--confidence", type=float, default=0.90, help="of the promise")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="everything else, intervals too, as JSON"
    )


def run(arguments: Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    found = fitted.fitted_on(arguments)
    members = np.stack(
        [softmax(read(network, found.test.states)[0], axis=1) for network in found.crossed.networks]
    )
    said("learning the joint doubt; bootstrap over dialogues")
    details = _figures(arguments, found, members)
    details["turns"] = {"train": len(found.train.turns), "test": len(found.test.turns), "split": found.how}
    details["seconds"] = round(time.perf_counter() - started)
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    print(described(details))
    return figures_of(details)


def _figures(arguments: Namespace, found: Fitted, members: Values) -> dict[str, Any]:
    test, reading = found.test, found.reading
    served = Served(found.train, found.crossed.reading, found.place)
    own = NetworkDoubt(found.train, found.crossed.reading, found.place, served)
    look = served.look(reading, test.turns)
    answers = served.answers(look)
    wrong = answers.argmax(1) != test.labels
    sheet = Sheet(test.labels, [turn.dialogue for turn in test.turns], arguments.bootstrap)
    scores = single_scores(reading, answers) | _ensemble_scores(members)
    scores["joint"] = joint = served.risks(reading, look, test.turns)
    calibration = _calibration(sheet, found, served, look)
    network = _network_answers(sheet, found, own, served)
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
        "error_at_coverage": sheet.errors_at(
            "error_at_coverage", {name: scores[name] for name in TABLE}, wrong
        ),
        **_guarantees(arguments, sheet, served, joint, wrong),
        "network_answers": network,
        "references": _references(sheet, found, members),
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


def _calibration(sheet: Sheet, fit: Fitted, served: Served, look: Look) -> dict[str, Any]:
    """The network alone and the served answers under every map that was fitted on out-of-fold ones."""
    logits = {
        "network": (fit.crossed.reading.logits, fit.reading.logits),
        "served": (served.look_outside.logits, look.logits),
    }
    found: dict[str, Any] = {
        name: {
            kind: sheet.calibration(f"calibration.{name}.{kind}", to(before, fit.train.labels)(after))
            for kind, to in MAPS.items()
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


def _network_answers(sheet: Sheet, found: Fitted, own: NetworkDoubt, served: Served) -> dict[str, Any]:
    """The same when the network's own answer is served: both scores are about its errors, nobody else's."""
    answers = network_answers(found.reading)
    wrong = answers.argmax(1) != found.test.labels
    scores = single_scores(found.reading, answers)
    scores["joint"] = own.risks(found.reading, served, found.test.turns)
    return sheet.classifier("network_answers.", answers) | {
        **sheet.scores("network_answers.", scores, wrong),
        "auroc_gain": sheet.gain(
            "network_answers.auroc_gain", scores["joint"], scores["one_pass_entropy"], wrong
        ),
        "coverage_at": sheet.coverages("network_answers.coverage_at", scores["joint"], wrong),
    }


def _references(sheet: Sheet, fit: Fitted, members: Values) -> dict[str, Any]:
    """Other classifiers on the same turns, each with its own largest probability as its doubt."""
    train, test, reading = fit.train, fit.test, fit.reading
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
