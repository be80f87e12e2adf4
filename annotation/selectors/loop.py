"""The loop in figures: what goes in, what a person had to do, what was learned, what serves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotation.access import Viewer, require_researcher
from annotation.models import Action, Item, LabelRun, Outcome, RunKind, RunStatus, TrainingRun
from annotation.store import model_store
from simulator.selectors import loop_counts, takeover_series

from .visible import annotations_for, seen_by

DAYS = 28


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """One number for each station of the loop."""

    sessions: int
    open_sessions: int
    turns: int
    machine: int
    person: int
    fallback: int
    items: int
    holdout: int
    weak_covered: int
    labels: int
    kept: int
    changed: int
    retrainings: int
    versions: int
    current: str | None

    @property
    def takeover_rate(self) -> float | None:
        """Share of the answered turns that the machine did not answer."""
        return (self.turns - self.machine) / self.turns if self.turns else None

    @property
    def kept_rate(self) -> float | None:
        """Share of the shown suggestions that the annotator kept."""
        assisted = self.kept + self.changed
        return self.kept / assisted if assisted else None


@dataclass(frozen=True, slots=True)
class RatePoint:
    """One hour under one version."""

    hour: object
    turns: int
    takeovers: int

    @property
    def rate(self) -> float:
        return self.takeovers / self.turns


def loop_figures(viewer: Viewer) -> LoopFigures:
    require_researcher(viewer)
    counts = loop_counts(viewer)  # type: ignore[arg-type]  # the simulator's own class
    items = Item.objects.filter(seen_by(viewer.pk))
    labels = annotations_for(viewer).filter(is_standing=True, action=Action.LABEL)
    outcomes = dict(labels.values_list("outcome").annotate(count=Count("pk")))
    newest = LabelRun.objects.first()
    store = model_store()
    trained = TrainingRun.objects.filter(kind=RunKind.RETRAIN, status=RunStatus.DONE)
    return LoopFigures(
        sessions=counts["sessions"],
        open_sessions=counts["open_sessions"],
        turns=counts["turns"],
        machine=counts["machine"],
        person=counts["person"],
        fallback=counts["fallback"],
        items=items.count(),
        holdout=items.filter(holdout=True).count(),
        weak_covered=newest.labels.filter(item__in=items).count() if newest else 0,
        labels=labels.count(),
        kept=outcomes.get(Outcome.KEPT, 0),
        changed=outcomes.get(Outcome.CHANGED, 0),
        retrainings=trained.count(),
        versions=len(store.versions()),
        current=store.current(),
    )


def takeover_rates(viewer: Viewer) -> dict[str, list[RatePoint]]:
    """Model version -> its hours, in order; hours of one version in several studies are added up."""
    require_researcher(viewer)
    found: dict[str, list[RatePoint]] = defaultdict(list)
    for point in takeover_series(viewer):  # type: ignore[arg-type]  # the simulator's own class
        found[point.model_version].append(RatePoint(point.hour, point.turns, point.takeovers))
    return dict(found)


def labels_per_day(viewer: Viewer) -> list[tuple[date, int, int]]:
    """(day, labels with a suggestion shown, labels without) for the last four weeks, empty days included."""
    require_researcher(viewer)
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    rows = (
        annotations_for(viewer)
        .filter(is_standing=True, action=Action.LABEL, created_at__date__gte=first)
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "suggestion_shown")
        .annotate(count=Count("pk"))
    )
    counts = {(day, shown): count for day, shown, count in rows}
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    return [(day, counts.get((day, True), 0), counts.get((day, False), 0)) for day in days]
