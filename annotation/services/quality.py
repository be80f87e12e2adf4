"""Measuring the quality of the labels: a job, since the libraries take seconds to load."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Dataset, QualityReport, RunKind, RunStatus, TrainingRun
from annotation.selectors.label_rows import LabelRows, name_of, newest_annotation
from models_zoo.labels import QUESTION_TYPES

from .run import RunReporter

KEPT_REPORTS = 20
PAUSE = timedelta(minutes=1)
PAUSE_AFTER_FAILURE = timedelta(minutes=10)


def quality_measure(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Measure every data set that has new labels since its last report."""
    datasets = [each for each in Dataset.objects.all() if quality_is_old(each)]
    for done, dataset in enumerate(datasets):
        said = _("%(done)d of %(all)d data sets") % {"done": done, "all": len(datasets)}  # whosever they are
        reporter.step(done / len(datasets), said)
        newest = newest_annotation(dataset)
        figures = figures_of(LabelRows(dataset))
        QualityReport.objects.create(dataset=dataset, figures=figures, last_annotation=newest)
        old = dataset.quality_reports.values_list("pk", flat=True)[KEPT_REPORTS:]
        QualityReport.objects.filter(pk__in=list(old)).delete()
    return _("%(count)d data sets measured") % {"count": len(datasets)}, {}


def quality_is_old(dataset: Dataset) -> bool:
    """Whether something was labelled or decided since the newest report."""
    report = dataset.quality_reports.first()
    if newest_annotation(dataset) > (report.last_annotation if report else 0):
        return True
    changed = dataset.items.filter(adjudications__created_at__gt=report.created_at) if report else None
    return changed is not None and changed.exists()


def quality_refresh() -> None:
    """What looking at the page sets off: a measurement, where there is something new to measure."""
    from .run import run_queue

    if not any(quality_is_old(dataset) for dataset in Dataset.objects.all()):
        return
    now = timezone.now()
    runs = TrainingRun.objects.filter(kind=RunKind.QUALITY)
    failed = runs.filter(status=RunStatus.FAILED, created_at__gt=now - PAUSE_AFTER_FAILURE)
    if failed.exists() or runs.filter(created_at__gt=now - PAUSE).exists():
        return
    run_queue(kind=RunKind.QUALITY)


def figures_of(rows: LabelRows) -> dict[str, Any]:
    """Everything that the page shows about one data set."""
    from annotation.quality.agreement import fleiss_kappa, krippendorff_alpha, one_against_rest
    from annotation.quality.people import share
    from annotation.quality.trend import agreement_over_time
    from annotation.quality.votes import counts_of

    labels = rows.labels()
    _items, counts = counts_of(labels, QUESTION_TYPES)
    right = [row.labels[0] == truth for row, truth in rows.judged_by_truth()]
    trusted = [row.labels[0] == row.planted_label for row in rows.planted]
    return {
        "labels": len(rows.all),
        "items": len(counts),
        "shared": int((counts.sum(axis=1) >= 2).sum()),
        "alpha": krippendorff_alpha(counts).to_json(),
        "fleiss": fleiss_kappa(counts).to_json(),
        "classes": [
            {"label": label, "alpha": krippendorff_alpha(one_against_rest(counts, column)).to_json()}
            for column, label in enumerate(QUESTION_TYPES)
        ],
        "trend": agreement_over_time(labels, QUESTION_TYPES),
        "pairs": _pairs(rows),
        "gold": share(sum(right), len(right)),
        "over_trust": share(sum(trusted), len(trusted)),
        "over_trust_by_class": _over_trust_by_class(rows),
        "people": _people(rows),
        "suspicious": _suspicious(rows),
    }


def _pairs(rows: LabelRows) -> list[dict[str, Any]]:
    """Every two people who met, those who met most first: kappa, and who says what where."""
    from annotation.quality.agreement import cohen_kappa
    from annotation.quality.votes import by_person, confusion

    said, found = by_person(rows.labels()), []
    place = {label: number for number, label in enumerate(QUESTION_TYPES)}
    for first, second in combinations(sorted(said), 2):
        shared = [
            item
            for item in sorted(said[first].keys() & said[second].keys())
            if said[first][item] in place and said[second][item] in place
        ]
        if not shared:
            continue
        theirs, others = ([place[said[person][item]] for item in shared] for person in (first, second))
        found.append(
            {
                "people": [first, second],
                "kappa": cohen_kappa(theirs, others, len(QUESTION_TYPES)).to_json(),
                "matrix": confusion(said[first], said[second], QUESTION_TYPES).astype(int).tolist(),
            }
        )
    return sorted(found, key=lambda pair: -pair["kappa"]["n"])


def _people(rows: LabelRows) -> list[dict[str, Any]]:
    from annotation.quality.people import haste, share
    from annotation.quality.skill import skills

    known = skills(rows.labels(), QUESTION_TYPES)
    found = []
    for person in rows.people():
        right = [row.labels[0] == truth for row, truth in rows.judged_by_truth(person)]
        trusted = [row.labels[0] == row.planted_label for row, _truth in rows.of_planted(person)]
        found.append(
            {
                "name": person,
                "labels": sum(name_of(row) == person for row in rows.all),
                "gold": share(sum(right), len(right)),
                "over_trust": share(sum(trusted), len(trusted)),
                "haste": haste(rows.accepted(person)),
                "skill": known[person].to_json() if person in known else None,
            }
        )
    return found


def _over_trust_by_class(rows: LabelRows) -> list[dict[str, Any]]:
    from annotation.quality.people import share

    found = []
    for label in QUESTION_TYPES:
        trusted = [row.labels[0] == row.planted_label for row, truth in rows.of_planted() if truth == label]
        found.append({"label": label, "share": share(sum(trusted), len(trusted))})
    return found


def _suspicious(rows: LabelRows) -> list[dict[str, Any]]:
    from annotation.quality.suspicion import suspicious

    by_pk = rows.by_pk()
    return [_suspect(by_pk[pk], quality) for pk, quality in suspicious(rows.judged_by_model())]


def _suspect(row: Any, quality: float) -> dict[str, Any]:
    probabilities: Sequence[float] = row.ticket.suggestion.probabilities
    return {
        "annotation": row.pk,
        "item": row.item_id,
        "text": row.item.text,
        "label": row.labels[0],
        "person": name_of(row),
        "model": QUESTION_TYPES[probabilities.index(max(probabilities))],
        "quality": quality,
    }
