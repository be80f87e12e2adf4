"""Learning the joint uncertainty from verdicts: after every session and for every new model version."""

from collections import Counter

import structlog
from django.db import transaction

from models_zoo.routing.joint import PRIOR, JointModel
from simulator.joint import prior_of, risk_of, signals_of
from simulator.models import JointFit, ThresholdOrigin, ThresholdRecord
from simulator.selectors.joint import Example, joint_examples, newest_fit

from .routing import guarantee_renew

log = structlog.get_logger(__name__)
MOST_WEIGHT = 5.0  # one audited turn must not outvote a session


def joint_refit(*, model_version: str) -> JointFit | None:
    """Fit to the verdicts of the teaching sessions; returns what is in force for the version then.

    The version's own verdicts are used when there are enough of them, else those of all versions: a new
    version begins with what its forerunners taught. A row is added only when the coefficients changed;
    None while the prior stands.
    """
    known = joint_examples(learn=True)
    own = [example for example in known if example.model_version == model_version]
    model = fitted(own)
    if model is PRIOR:
        model = fitted(known)
    newest = newest_fit(model_version)
    if model is PRIOR or (newest is not None and newest.version == model.version):
        return newest
    fit = JointFit.objects.create(
        model_version=model_version,
        version=model.version,
        content=model.to_json(),
        n=model.n,
        wrong=model.wrong,
        figures=compared(model, joint_examples(learn=False)),
    )
    for study_id, slug in _promised():  # a threshold for the former scores promises nothing about these
        guarantee_renew(study_id=study_id, slug=slug)
    return fit


def _promised() -> list[tuple[int, str]]:
    records = ThresholdRecord.objects.filter(origin=ThresholdOrigin.GUARANTEE).order_by()
    return list(records.values_list("study_id", "scenario_slug").distinct())


def fitted(examples: list[Example]) -> JointModel:
    """The joint model of these verdicts; the prior while there are too few."""
    from models_zoo.routing.joint_fitting import fit_joint

    return fit_joint(
        [signals_of(one.prediction, text=one.text, number=one.number) for one in examples],
        [one.wrong for one in examples],
        [prior_of(one.prediction) for one in examples],
        weights=[min(MOST_WEIGHT, one.weight) for one in examples],
        origin=dict(Counter(one.model_version for one in examples)),
    )


def compared(model: JointModel, examples: list[Example]) -> dict[str, dict[str, float]]:
    """The joint doubt, its prior and each stage alone on verdicts that the joint doubt has not seen.

    AURC, AUROC, and the share of errors among the least doubted half. Empty while there are no verdicts, or
    only right or only wrong ones.
    """
    import numpy as np

    from models_zoo.routing.risk_coverage import aurc, auroc, error_at

    wrong = np.array([one.wrong for one in examples], dtype=bool)
    if not wrong.any() or wrong.all():
        return {}
    scores = {
        "joint": [risk_of(model, one.prediction, text=one.text, number=one.number) for one in examples],
        "product": [prior_of(one.prediction) for one in examples],
    }
    names = {stage["name"] for one in examples for stage in one.prediction["stages"]}
    for name in sorted(names):
        scores[name] = [
            next((s["uncertainty"] for s in one.prediction["stages"] if s["name"] == name), 0.0)
            for one in examples
        ]
    table = {name: np.array(values, dtype=np.float64) for name, values in scores.items()}
    return {
        "aurc": {name: round(aurc(values, wrong), 4) for name, values in table.items()},
        "auroc": {name: round(auroc(values, wrong), 4) for name, values in table.items()},
        "error_at_half": {name: round(error_at(values, wrong, 0.5), 4) for name, values in table.items()},
    }


def joint_refit_after_commit(*, model_version: str) -> None:
    """Ask the worker for a new fit once the transaction stands; a failure to ask must not touch it."""

    def ask() -> None:
        from simulator.tasks import refit_joint

        try:
            refit_joint.enqueue(model_version)
        except Exception:
            log.exception("joint_refit_not_queued", model=model_version)

    if model_version:
        transaction.on_commit(ask)
