"""The threshold in force for a turn: where it rests, how high it may rise, and what waits for supervisors.

Read by the engine for every turn it routes, so it has no viewer and few queries.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from simulator.load.governor import Load, governed, pressure, service_seconds, spent_each
from simulator.models import (
    RoutingPolicy,
    ScenarioVersion,
    ThresholdOrigin,
    ThresholdRecord,
    Turn,
)
from simulator.models.turn import WAITING

LAST_SERVED = 40
RECENT = timedelta(hours=2)
PRESENT = timedelta(minutes=5)  # a supervisor who decided or holds something within it is there


@dataclass(frozen=True)
class Standing:
    """What a study has decided for one scenario, without the governor.

    The threshold rests at ``resting``, as ``origin`` says; the governor may raise it to ``highest``.
    """

    resting: float
    origin: str
    highest: float
    ceiling_origin: str


@dataclass(frozen=True)
class InForce:
    """The threshold for a turn that is routed now, and what is written on the turn with it."""

    threshold: float
    origin: str
    audit_share: float
    expected_wait_s: float


def policy_of(study_id: int) -> RoutingPolicy:
    """The study's policy; the defaults, not stored, when it has none."""
    stored = RoutingPolicy.objects.filter(study_id=study_id).first()
    return stored or RoutingPolicy(study_id=study_id, audit_share=settings.ACTS_AUDIT_SHARE)


def newest_records(study_id: int, slug: str) -> dict[str, ThresholdRecord]:
    """The newest record of each origin."""
    of_scenario = ThresholdRecord.objects.filter(study_id=study_id, scenario_slug=slug)
    newest = of_scenario.order_by().values("origin").annotate(newest=Max("pk")).values("newest")
    found = ThresholdRecord.objects.filter(pk__in=newest).select_related("made_by")
    return {record.origin: record for record in found}


def standing_threshold(policy: RoutingPolicy, scenario: ScenarioVersion) -> Standing:
    """Where the threshold rests and how far it may rise.

    A study that keeps its promise never goes above the guaranteed threshold, and answers nothing alone while
    there is none. One that does not may rest above it, but the governor raises no threshold beyond it.
    """
    records = newest_records(policy.study_id, scenario.slug)
    chosen, guarantee = records.get(ThresholdOrigin.CHOSEN), records.get(ThresholdOrigin.GUARANTEE)
    resting, origin = scenario.threshold, f"scenario {scenario.slug} v{scenario.version}"
    if chosen is not None and chosen.threshold is not None:
        resting, origin = chosen.threshold, chosen.described
    supported = guarantee.threshold if guarantee is not None and guarantee.threshold is not None else 0.0
    described = guarantee.described if guarantee is not None else "guarantee refused: no verdicts yet"
    if policy.keeps_promise and supported < resting:
        resting, origin = supported, described
    return Standing(resting, origin, max(resting, supported), described)


def load_of(study_id: int) -> Load:
    """What waits for the study's supervisors now, and how quickly they have been answering."""
    now = timezone.now()
    turns = Turn.objects.filter(session__study_id=study_id)
    waiting = list(turns.filter(status__in=WAITING).values_list("holder", flat=True))
    answered = turns.filter(answered_by__startswith="user:", decided_at__gt=now - RECENT)
    served = [
        (who, opened.timestamp(), decided.timestamp())
        for who, opened, decided in answered.order_by("-decided_at").values_list(
            "answered_by", "opened_at", "decided_at"
        )[:LAST_SERVED]
        if decided is not None
    ]
    present = {who for who, _opened, decided in served if decided > (now - PRESENT).timestamp()}
    present |= {holder for holder in waiting if holder.startswith("user:")}
    times: list[float] = []
    for person in {who for who, *_moments in served}:
        times += spent_each([(opened, decided) for who, opened, decided in reversed(served) if who == person])
    return Load(waiting=len(waiting), service_s=service_seconds(times), supervisors=max(1, len(present)))


def threshold_in_force(*, scenario: ScenarioVersion, study_id: int) -> InForce:
    """The threshold for a turn of this scenario in this study now."""
    policy = policy_of(study_id)
    standing = standing_threshold(policy, scenario)
    wait_s = load_of(study_id).expected_wait_s
    push = pressure(wait_s, limit_s=policy.wait_limit_s) if policy.governs else 0.0
    threshold = governed(resting=standing.resting, highest=standing.highest, push=push)
    origin = standing.origin
    if threshold > standing.resting:
        low, high = (
            f"{standing.resting:.4f} ({origin})",
            f"{standing.highest:.4f} ({standing.ceiling_origin})",
        )
        origin = f"governor at {push:.2f} from {low} to {high}"
    return InForce(round(threshold, 6), origin, policy.audit_share, round(wait_s, 1))
