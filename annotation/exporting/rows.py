"""One stream of rows that every format is written from: a question with all that people said about it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import QuerySet

from annotation.models import Action, Annotation, Item, OutsideAnnotator, Suggestion

CHUNK = 1000


@dataclass(slots=True)
class ExportedLabel:
    """What one person says; a label under a suggestion that was planted to test them never goes out.

    ``annotator`` is ``user:<id>``, or what an outside annotator is called there.
    """

    annotator: str
    labels: list[str]
    data_issue: bool
    comment: str
    active_ms: int
    idle_ms: int
    outcome: str
    suggestion_shown: bool
    suggested_label: str
    suggested_by: str
    codebook: int
    created_at: str


@dataclass(slots=True)
class ExportedRow:
    """A question. ``suggestion`` is the newest model's answer: label, probabilities, model_version."""

    dataset: str
    key: str
    group: str
    text: str
    context: list[dict[str, str]]
    gold: str
    holdout: bool
    source_event: str | None
    labels: list[ExportedLabel] = field(default_factory=list)
    suggestion: dict[str, Any] | None = None


LABEL_FIELDS = tuple(each.name for each in fields(ExportedLabel))
ROW_FIELDS = tuple(each.name for each in fields(ExportedRow))


def label_json(label: ExportedLabel) -> dict[str, Any]:
    return {name: getattr(label, name) for name in LABEL_FIELDS}


def row_json(row: ExportedRow) -> dict[str, Any]:
    """The row as plain objects; unlike ``asdict`` it copies nothing that is one already."""
    return {name: getattr(row, name) for name in ROW_FIELDS} | {
        "labels": [label_json(label) for label in row.labels]
    }


FIELDS = ("pk", "dataset__name", "key", "group", "text", "context", "gold", "holdout", "source_event")
SAID_ALIKE = (
    "labels", "data_issue", "comment", "active_ms", "idle_ms", "outcome", "suggestion_shown",
    "suggested_label", "suggested_by",
)  # fmt: skip
SAID = ("item_id", "annotator_id", "codebook__version", "created_at", *SAID_ALIKE)


def exported_rows(items: QuerySet[Item]) -> Iterator[ExportedRow]:
    """The rows of ``items`` in the order of their making, a thousand in memory at a time.

    The caller leaves out what may not go out; withdrawn questions are left out here as well.
    """
    items = items.filter(withdrawn_at=None).order_by("pk")
    outside = _outside_names()
    last = 0
    while chunk := list(items.filter(pk__gt=last).values_list(*FIELDS)[:CHUNK]):
        last = chunk[-1][0]
        keys = [row[0] for row in chunk]
        labels, suggestions = _labels(keys, outside), _suggestions(keys)
        for pk, dataset, key, group, text, context, gold, holdout, event in chunk:
            event_id = str(event) if event else None
            yield ExportedRow(
                dataset, key, group, text, context, gold, holdout, event_id, labels[pk], suggestions.get(pk)
            )


def _outside_names() -> dict[int, str]:
    """Account -> what an outside annotator is called; an e-mail address is not passed on."""
    rows = OutsideAnnotator.objects.values_list("user_id", "name", "user__username")
    return {user: name if "@" not in name else account for user, name, account in rows}


def _labels(items: list[int], outside: dict[int, str]) -> dict[int, list[ExportedLabel]]:
    found: dict[int, list[ExportedLabel]] = defaultdict(list)
    standing = Annotation.objects.filter(
        item__in=items, is_standing=True, action=Action.LABEL, planted_label=""
    )
    for row in standing.order_by("pk").values(*SAID):
        person = row["annotator_id"]
        found[row["item_id"]].append(
            ExportedLabel(
                annotator=outside.get(person) or f"user:{person}",
                codebook=row["codebook__version"],
                created_at=row["created_at"].isoformat(),
                **{name: row[name] for name in SAID_ALIKE},
            )
        )
    return found


def _suggestions(items: list[int]) -> dict[int, dict[str, Any]]:
    rows = Suggestion.objects.filter(item__in=items).order_by(
        "made_at", "pk"
    )  # the newest comes last and stays
    return {
        item: {"label": label, "probabilities": probabilities, "model_version": version}
        for item, label, probabilities, version in rows.values_list(
            "item_id", "label", "probabilities", "model_version"
        )
    }
