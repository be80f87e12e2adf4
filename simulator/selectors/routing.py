"""What the Routing pages show: thresholds, the promise, silent errors, curves over past turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from models_zoo.routing.estimate import Estimate, weighted_share
from models_zoo.routing.joint import JointModel
from simulator import errors
from simulator.joint import risk_of
from simulator.load.governor import Load
from simulator.load.replay import Conditions, PastTurn, Point, replayed
from simulator.models import (
    JointFit,
    RoutingPolicy,
    ScenarioVersion,
    Session,
    Study,
    ThresholdRecord,
    Turn,
    TurnStatus,
    User,
)

from .joint import newest_fit
from .session import without_withdrawn
from .study import studies_for, study_for
from .threshold import (
    InForce,
    Standing,
    load_of,
    newest_records,
    policy_of,
    standing_threshold,
    threshold_in_force,
)
from .verdicts import ROUTES, newest_model

TRACE_TURNS = 240
MOST_PAST = 3000  # newest turns in the curves


@dataclass(frozen=True)
class Silent:
    """Errors among the turns that the machine was sure of, estimated from blind audits.

    ``confident`` turns could have been audited, ``asked`` were, ``unanswered`` of these nobody answered.
    """

    estimate: Estimate
    confident: int
    asked: int
    unanswered: int


@dataclass(frozen=True)
class Overview:
    """One scenario of one study, as the list shows it."""

    study: Study
    scenario: ScenarioVersion
    standing: Standing
    guarantee: ThresholdRecord | None
    silent: Silent
    turns: int


@dataclass(frozen=True)
class TracePoint:
    """The threshold and the expected wait that a turn was routed with."""

    at: datetime
    threshold: float
    expected_wait_s: float
    origin: str


@dataclass(frozen=True)
class ComparedDoubt:
    """One doubt on the verdicts that the joint uncertainty was not learned from: ``joint``, ``product``, or a
    stage. ``error_at_half``: share of wrong replies among the least doubted half; None in older fits.
    """

    name: str
    aurc: float
    auroc: float
    error_at_half: float | None


@dataclass(frozen=True)
class RoutingDetail:
    """Everything about one scenario of one study."""

    overview: Overview
    policy: RoutingPolicy
    in_force: InForce
    load: Load
    model_version: str
    points: list[Point]
    trace: list[TracePoint]
    history: QuerySet[ThresholdRecord]
    joint: JointFit | None
    doubts: list[ComparedDoubt]


def _scenario(study: Study, slug: str) -> ScenarioVersion:
    """The version that the study's newest session used.

    Raises:
        NotFound: the study never used this scenario.
    """
    newest = study.sessions.filter(scenario__slug=slug).order_by("-pk").select_related("scenario").first()
    if newest is None:
        raise errors.NotFound
    return newest.scenario


def routing_overviews(viewer: User) -> list[Overview]:
    """Every scenario that a study of the viewer has used."""
    if not viewer.is_researcher:
        raise errors.NotAllowed
    used = (
        Session.objects.filter(study__in=studies_for(viewer))
        .order_by("study__title", "scenario__slug")
        .values_list("study__slug", "scenario__slug")
        .distinct()
    )
    return [routing_overview(viewer, study, scenario) for study, scenario in used]


def routing_overview(viewer: User, study_slug: str, scenario_slug: str) -> Overview:
    """Raises NotFound when the study is not the viewer's, or never used the scenario."""
    if not viewer.is_researcher:
        raise errors.NotAllowed
    study = study_for(viewer, study_slug)
    scenario = _scenario(study, scenario_slug)
    turns = _turns(study, scenario_slug)
    records = newest_records(study.pk, scenario_slug)
    policy = policy_of(study.pk)
    return Overview(
        study=study,
        scenario=scenario,
        standing=standing_threshold(policy, scenario),
        guarantee=records.get("guarantee"),
        silent=_silent(turns, policy),
        turns=turns.count(),
    )


def routing_detail(viewer: User, study_slug: str, scenario_slug: str) -> RoutingDetail:
    """Raises NotFound like ``routing_overview``."""
    overview = routing_overview(viewer, study_slug, scenario_slug)
    study, policy = overview.study, policy_of(overview.study.pk)
    version = newest_model(study.pk, scenario_slug)
    load, joint = load_of(study.pk), newest_fit(version)
    given = Conditions(
        service_s=load.service_s,
        open_minutes=_open_minutes(study, scenario_slug),
        audit_share=policy.audit_share,
        confidence=policy.confidence,
    )
    return RoutingDetail(
        overview=overview,
        policy=policy,
        in_force=threshold_in_force(scenario=overview.scenario, study_id=study.pk),
        load=load,
        model_version=version,
        points=replayed(_past_turns(_turns(study, scenario_slug), version), given),
        trace=_trace(study, scenario_slug),
        history=ThresholdRecord.objects.filter(study=study, scenario_slug=scenario_slug).select_related(
            "made_by"
        ),
        joint=joint,
        doubts=compared_doubts(joint),
    )


def compared_doubts(fit: JointFit | None) -> list[ComparedDoubt]:
    """What the fit found, the doubt that sorts errors best first; empty without a fit or without verdicts."""
    figures = fit.figures if fit is not None else {}
    halves = figures.get("error_at_half", {})
    found = [
        ComparedDoubt(name, aurc, figures["auroc"][name], halves.get(name))
        for name, aurc in figures.get("aurc", {}).items()
    ]
    return sorted(found, key=lambda one: one.aurc)


def _turns(study: Study, slug: str) -> QuerySet[Turn]:
    """The answered turns that the present model version predicted, of people who did not withdraw."""
    sessions = without_withdrawn(Session.objects.filter(study=study, scenario__slug=slug))
    return Turn.objects.filter(
        session__in=sessions,
        status=TurnStatus.REPLIED,
        model_version=newest_model(study.pk, slug),
    )


def _silent(turns: QuerySet[Turn], policy: RoutingPolicy) -> Silent:
    audits = list(turns.filter(audited=True).values_list("machine_wrong", "audit_share"))
    judged = [(wrong, share) for wrong, share in audits if wrong is not None and share]
    estimate = weighted_share(
        [wrong for wrong, _share in judged],
        [share for _wrong, share in judged],
        confidence=policy.confidence,
    )
    auditable = turns.filter(route="certain", audit_share__gt=0, audited=False).count()
    return Silent(estimate, auditable + len(audits), len(audits), len(audits) - len(judged))


def _past_turns(turns: QuerySet[Turn], version: str) -> list[PastTurn]:
    """The newest turns in order, each with the doubt that it would have now.

    Where the joint uncertainty was learned, only sessions that it was not learned from speak about errors.
    """
    fit = newest_fit(version)
    newest = turns.filter(joint_uncertainty__isnull=False).order_by("-opened_at")
    known = newest.select_related("session") if fit else newest.defer("prediction", "decision", "repair")
    model = fit.model if fit else None
    return [_past_turn(turn, model) for turn in reversed(known[:MOST_PAST])]


def _past_turn(turn: Turn, model: JointModel | None) -> PastTurn:
    judged = turn.machine_wrong is not None and turn.route in ROUTES
    score = turn.joint_uncertainty or 0.0
    if model is not None:
        judged = judged and turn.session.seed % 2 == 1
        score = risk_of(model, turn.prediction, text=turn.text, number=turn.number)
    chance = (turn.audit_share or 0.0) if turn.audited else 1.0
    return PastTurn(
        turn.opened_at.timestamp(), score, chance if judged else 0.0, turn.machine_wrong if judged else None
    )


def _open_minutes(study: Study, slug: str) -> float:
    """For how long at least one room of the scenario was open."""
    now = timezone.now()
    spans = study.sessions.filter(scenario__slug=slug).order_by("started_at")
    total_s, until = 0.0, None
    for started, ended in spans.values_list("started_at", "ended_at"):
        end = ended or now
        begin = started if until is None else max(started, until)
        total_s += max(0.0, (end - begin).total_seconds())
        until = end if until is None else max(until, end)
    return total_s / 60


def _trace(study: Study, slug: str) -> list[TracePoint]:
    rows: Sequence[tuple[datetime, float | None, float | None, str]] = list(
        Turn.objects.filter(session__study=study, session__scenario__slug=slug, threshold__isnull=False)
        .order_by("-opened_at")
        .values_list("opened_at", "threshold", "expected_wait_s", "prediction__threshold_origin")[
            :TRACE_TURNS
        ]
    )
    return [
        TracePoint(at, threshold or 0.0, wait_s or 0.0, origin or "")
        for at, threshold, wait_s, origin in reversed(rows)
    ]
