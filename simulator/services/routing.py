"""A study's thresholds: chosen by a person, or supported by verdicts. Records are only ever added."""

from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction

from simulator import errors
from simulator.models import RoutingPolicy, ScenarioVersion, Study, ThresholdOrigin, ThresholdRecord, User
from simulator.selectors.threshold import policy_of
from simulator.selectors.verdicts import Verdicts, verdicts_of

if TYPE_CHECKING:  # it brings SciPy, which a web process that computes no guarantee need not hold
    from models_zoo.routing.guarantee import Guarantee

log = structlog.get_logger(__name__)


def policy_set(*, study: Study, **settings: Any) -> RoutingPolicy:
    """Change how a study routes, from the next turn on; what it promises is computed anew.

    Raises:
        ValidationError: a figure is outside its range.
    """
    with transaction.atomic():
        policy = policy_of(study.pk)
        for name, value in settings.items():
            setattr(policy, name, value)
        policy.full_clean()
        policy.save()
    for slug in ScenarioVersion.objects.order_by().values_list("slug", flat=True).distinct():
        guarantee_renew(study_id=study.pk, slug=slug)
    return policy


def threshold_choose(*, study: Study, slug: str, threshold: float, user: User) -> ThresholdRecord:
    """Let a person put a threshold into force for a scenario of a study, from the next turn on.

    Raises:
        ThresholdInvalid: not between 0 and 1.
    """
    if not 0.0 <= threshold <= 1.0:
        raise errors.ThresholdInvalid
    return ThresholdRecord.objects.create(
        study=study, scenario_slug=slug, origin=ThresholdOrigin.CHOSEN, made_by=user, threshold=threshold
    )


def guarantee_renew(*, study_id: int, slug: str) -> ThresholdRecord | None:
    """Compute what the verdicts support now. A record is added only when something has changed.

    None when there has never been a verdict.
    """
    policy, verdicts = policy_of(study_id), verdicts_of(study_id, slug)
    newest = ThresholdRecord.objects.filter(
        study_id=study_id, scenario_slug=slug, origin=ThresholdOrigin.GUARANTEE
    ).first()
    if newest is None and not len(verdicts.scores):
        return None
    record = _record(study_id, slug, verdicts, _guarantee(verdicts, policy))
    if newest is not None and _same(newest, record):
        return newest
    record.save()
    return record


def _guarantee(verdicts: Verdicts, policy: RoutingPolicy) -> "Guarantee":
    from models_zoo.routing.guarantee import guaranteed_threshold

    return guaranteed_threshold(
        verdicts.scores,
        verdicts.wrong,
        target=policy.target_error,
        confidence=policy.confidence,
        propensities=verdicts.propensities,
        floors=verdicts.floors,
        seed=policy.study_id,
    )


def _record(study_id: int, slug: str, verdicts: Verdicts, found: "Guarantee") -> ThresholdRecord:
    return ThresholdRecord(
        study_id=study_id,
        scenario_slug=slug,
        origin=ThresholdOrigin.GUARANTEE,
        model_version=verdicts.model_version,
        threshold=None if found.threshold is None else min(1.0, found.threshold),
        target=found.target,
        confidence=found.confidence,
        verdicts=found.verdicts,
        n=found.n,
        wrong=found.wrong,
        bound=found.bound,
        refusal=found.refusal or "",
        needed=found.needed,
    )


def _same(first: ThresholdRecord, second: ThresholdRecord) -> bool:
    names = ("model_version", "threshold", "target", "confidence", "verdicts", "n", "wrong", "needed")
    return all(getattr(first, name) == getattr(second, name) for name in names)


def guarantee_renew_after_commit(*, study_id: int, slug: str) -> None:
    """Renew once the session's end is stored; whatever goes wrong with it must not touch the session."""

    def renew() -> None:
        try:
            guarantee_renew(study_id=study_id, slug=slug)
        except Exception:
            log.exception("guarantee_not_renewed", study=study_id, scenario=slug)

    transaction.on_commit(renew)
