"""The state of the whole product in figures: for operators, who see numbers and nobody's words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from simulator.models import Session, Turn, TurnStatus
from simulator.models.turn import WAITING

from .engine import engines_alive
from .worker import oldest_queued, workers_alive

WINDOW = timedelta(hours=1)
QUANTILES = (0.5, 0.95, 0.99)
MOST_TURNS = 5_000  # the newest of the hour: a scrape must stay cheap


@dataclass(frozen=True)
class Monitoring:
    """Counts since the beginning; durations in seconds by quantile over the last hour."""

    turns_by_status: dict[str, int]
    turns_by_route: dict[str, int]
    turns_by_answerer: dict[str, int]
    jobs_by_status: dict[str, int]
    job_oldest_s: float
    workers: int
    engines_by_version: dict[str, int]
    open_rooms: int
    queue_length: int
    queue_oldest_s: float
    engine_s: dict[float, float]
    decision_s: dict[float, float]


def monitoring() -> Monitoring:
    now = timezone.now()
    waiting = Turn.objects.filter(status__in=WAITING).order_by("opened_at")
    oldest = waiting.values_list("opened_at", flat=True).first()
    recent = Turn.objects.filter(opened_at__gt=now - WINDOW).exclude(decided_at=None).order_by("-opened_at")
    rows = list(recent.values_list("prediction__engine_ms", "opened_at", "decided_at")[:MOST_TURNS])
    return Monitoring(
        turns_by_status=_counts(Turn.objects.all(), "status"),
        turns_by_route=_counts(Turn.objects.exclude(route=""), "route"),
        turns_by_answerer=_counts(_answered(), "answerer"),
        jobs_by_status=_counts(DBTaskResult.objects.all(), "status"),
        job_oldest_s=_seconds_since(oldest_queued(), now),
        workers=workers_alive().count(),
        engines_by_version=dict(Counter(engines_alive().values_list("model_version", flat=True))),
        open_rooms=Session.objects.filter(ended_at=None).count(),
        queue_length=waiting.count(),
        queue_oldest_s=_seconds_since(oldest, now),
        engine_s=_quantiles([engine_ms / 1000 for engine_ms, _, _ in rows if engine_ms is not None]),
        decision_s=_quantiles([(decided - opened).total_seconds() for _, opened, decided in rows if decided]),
    )


def _answered() -> QuerySet[Turn]:
    kind = Case(
        When(answered_by__startswith="machine:", then=Value("machine")),
        When(answered_by__startswith="user:", then=Value("person")),
        default=Value("fallback"),
        output_field=CharField(),
    )
    return Turn.objects.filter(status=TurnStatus.REPLIED).annotate(answerer=kind)


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return (now - moment).total_seconds() if moment else 0.0


def _counts(rows: "QuerySet[Any]", field: str) -> dict[str, int]:
    return {
        str(row[field]).lower(): row["count"]
        for row in rows.order_by().values(field).annotate(count=Count("pk"))
    }


def _quantiles(seconds: Sequence[float]) -> dict[float, float]:
    if not seconds:
        return {}
    return dict(zip(QUANTILES, np.quantile(np.asarray(seconds), QUANTILES).tolist(), strict=True))
