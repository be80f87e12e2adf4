"""The joint uncertainty: the prior without data, the verdicts with."""

import json
import subprocess
import sys

import numpy as np
import pytest

from models_zoo.routing.joint import PRIOR, JointModel
from models_zoo.routing.joint_fitting import LEAST, fit_joint
from models_zoo.routing.risk_coverage import auroc


def verdicts(n: int, seed: int = 0) -> tuple[list[dict[str, float | None]], list[bool], list[float]]:
    """Turns whose prior says little, and whose second signal says much."""
    generator = np.random.default_rng(seed)
    prior, told = generator.uniform(0.2, 0.8, n), generator.normal(size=n)
    chance = 1 / (1 + np.exp(-(0.3 * np.log(prior / (1 - prior)) + 2 * told)))
    rows: list[dict[str, float | None]] = [{"told": value, "noise": generator.normal()} for value in told]
    return rows, list(generator.random(n) < chance), list(prior)


def test_without_data_the_risk_is_the_prior():
    assert PRIOR.risk({"told": 3.0}, prior=0.37) == 0.37
    assert PRIOR.version == "prior"


def test_too_few_verdicts_or_only_right_ones_leave_the_prior():
    rows, wrong, priors = verdicts(LEAST - 1)
    assert fit_joint(rows, wrong, priors) is PRIOR
    rows, _, priors = verdicts(200)
    assert fit_joint(rows, [False] * 200, priors) is PRIOR


def test_the_more_verdicts_the_further_from_the_prior():
    few, many = (fit_joint(*verdicts(n)) for n in (LEAST, 2000))
    told = {term.name: term.coefficient for term in many.terms}
    assert told["told"] > 1.5 > {term.name: term.coefficient for term in few.terms}["told"] > 0
    assert abs(told["noise"]) < 0.2
    assert (many.n, many.wrong) == (2000, sum(verdicts(2000)[1]))


def test_the_fitted_risk_finds_errors_that_the_prior_does_not_and_is_calibrated():
    model = fit_joint(*verdicts(1000))
    rows, wrong, priors = verdicts(1000, seed=1)
    risk = np.array([model.risk(row, prior=prior) for row, prior in zip(rows, priors, strict=True)])
    assert auroc(risk, np.array(wrong)) > auroc(np.array(priors), np.array(wrong)) + 0.2
    assert risk.mean() == pytest.approx(np.mean(wrong), abs=0.04)


def test_a_signal_that_a_turn_does_not_have_pulls_neither_way():
    model = fit_joint(*verdicts(1000))
    means = {term.name: term.mean for term in model.terms}
    assert model.risk({}, prior=0.4) == pytest.approx(model.risk(means, prior=0.4))
    assert model.risk({"told": None}, prior=0.4) == model.risk({}, prior=0.4)


def test_weights_count_like_repetitions():
    rows, wrong, priors = verdicts(300)
    weighted = fit_joint(rows, wrong, priors, weights=[2.0] * 150 + [1.0] * 150)
    heavy = fit_joint(rows, wrong, priors, weights=[20.0] * 150 + [10.0] * 150)
    assert weighted.terms == heavy.terms


def test_json_there_and_back():
    model = fit_joint(*verdicts(500), origin={"pick": 300})
    again = JointModel.from_json(json.loads(json.dumps(model.to_json())))
    assert again == model
    assert again.version == model.version != "prior"
    with pytest.raises(ValueError, match="format"):
        JointModel.from_json(model.to_json() | {"format": 99})


def test_applying_it_needs_neither_torch_nor_numpy():
    code = (
        "import sys; from models_zoo.routing.joint import PRIOR; PRIOR.risk({}, prior=0.5);"
        "print(sorted({'torch', 'numpy', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
