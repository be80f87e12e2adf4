"""What the quality page shows."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from annotation.access import Viewer, require_researcher
from annotation.models import Adjudicator, Dataset, QualityReport
from models_zoo.labels import QUESTION_TYPES

from .adjudication import disputes
from .codebooks import recheck_counts
from .label_rows import newest_annotation
from .visible import datasets_for

HEAT_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """How often one person said this while the other said that; ``heat`` 0 to 5 is its share of the row."""

    count: int
    heat: int
    same: bool


@dataclass(frozen=True, slots=True)
class QualityView:
    """The newest report of one data set, and what waits to be done."""

    datasets: list[Dataset]
    dataset: Dataset | None
    report: QualityReport | None
    pair: dict[str, Any] | None
    matrix: list[tuple[str, list[Cell]]]
    newer_labels: bool
    disputes: int
    recheck: list[dict[str, Any]]

    @property
    def figures(self) -> dict[str, Any] | None:
        return self.report.figures if self.report else None


def quality_for(viewer: Viewer, *, dataset_id: int | None, pair: int = 0) -> QualityView:
    """The report on a data set; without one named, on the first that was labelled.

    Args:
        pair: number of the two people whose confusion is shown.
    """
    require_researcher(viewer)
    datasets = list(datasets_for(viewer).filter(items__annotations__isnull=False).distinct())
    dataset = next((each for each in datasets if each.pk == dataset_id), datasets[0] if datasets else None)
    report = dataset.quality_reports.first() if dataset else None
    pairs = report.figures["pairs"] if report else []
    chosen = pairs[min(pair, len(pairs) - 1)] if pairs else None
    waiting = disputes().filter(dataset=dataset).count() if dataset else 0
    return QualityView(
        datasets=datasets,
        dataset=dataset,
        report=report,
        pair=chosen,
        matrix=_matrix(chosen["matrix"]) if chosen else [],
        newer_labels=bool(dataset and report and newest_annotation(dataset) > report.last_annotation),
        disputes=waiting,
        recheck=recheck_counts(viewer),
    )


def _matrix(counts: list[list[int]]) -> list[tuple[str, list[Cell]]]:
    rows = []
    for place, (label, row) in enumerate(zip(QUESTION_TYPES, counts, strict=True)):
        total = max(sum(row), 1)
        cells = [
            Cell(count, -(-count * HEAT_LEVELS // total), column == place) for column, count in enumerate(row)
        ]
        rows.append((label, cells))
    return rows


def adjudicators_for(viewer: Viewer) -> list[dict[str, Any]]:
    """Every annotator, and whether they may decide disputes."""
    require_researcher(viewer)
    entitled = set(Adjudicator.objects.values_list("person_id", flat=True))
    people = get_user_model().objects.filter(role="annotator", is_active=True).order_by("username")
    return [{"person": person, "entitled": person.pk in entitled} for person in people]
