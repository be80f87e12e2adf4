"""Erasing what annotation holds of a teacher's words: items, labels, suggestions, uploads, copies elsewhere.

An item stays as a blank row under its key, so that no file brings the words back.
"""

import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from annotation.models import (
    Adjudication,
    Annotation,
    FileImport,
    Item,
    ItemScore,
    ItemTicket,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioTask,
    OutsideAnnotator,
    QualityReport,
    SecondLook,
    StudyTask,
    Suggestion,
    WeakLabel,
)
from simulator.signals import ErasedSession

from .rebuild import trainings_stop

CHUNK = 1 << 20


def items_erase(*, sessions: Sequence[ErasedSession]) -> int:
    """Blank everything that came from these rehearsals; returns how many items. The caller's transaction."""
    events = [event for session in sessions for event in session.event_ids]
    groups = [session.public_id for session in sessions]
    keys = set(_items_of(events, groups))
    _labels_delete(keys)
    for model in (Suggestion, WeakLabel, ItemScore, SecondLook, StudyTask):
        model._default_manager.filter(item__in=keys).delete()
    _reports_clear(keys)
    Item.objects.filter(pk__in=keys).update(
        text="", context=[], gold="", wanted=0, withdrawn_at=timezone.now()
    )
    trainings_stop()
    uploads_delete(marks=[*groups, *map(str, events)])
    return len(keys)


def _items_of(events: list[uuid.UUID], groups: list[str]) -> list[int]:
    """Collected from the rehearsals themselves, or imported from a file that was exported before."""
    theirs = Q(source_event__in=events) | Q(key__in=[str(event) for event in events]) | Q(group__in=groups)
    return list(Item.objects.filter(theirs).values_list("pk", flat=True))


def _labels_delete(items: set[int]) -> None:
    """Rows that are only ever added, but for this. They point to each other, so they let go first."""
    LabelStudioLabel.objects.filter(task__item__in=items).delete()
    LabelStudioTask.objects.filter(item__in=items).update(suggested_label="", suggested_by="")
    for model in (Adjudication, Annotation):
        rows = model._default_manager.filter(item__in=items)
        rows.update(superseded_by=None)
        rows.delete()
    ItemTicket.objects.filter(item__in=items).delete()


def _reports_clear(items: set[int]) -> None:
    """Reports on quality quote suspicious labels with their question."""
    for report in QualityReport.objects.filter(dataset__items__in=items).distinct():
        quoted: list[dict[str, Any]] = report.figures.get("suspicious", [])
        kept = [one for one in quoted if one["item"] not in items]
        if len(kept) != len(quoted):
            report.figures["suspicious"] = kept
            report.save(update_fields=["figures"])


def person_forget(*, person_id: int) -> None:
    """Free text that a person wrote beside labels, and their name in reports. The labels stay, nameless."""
    Annotation.objects.filter(annotator_id=person_id).update(comment="")
    Adjudication.objects.filter(adjudicator_id=person_id).update(reason="")
    OutsideAnnotator.objects.filter(user_id=person_id).delete()
    QualityReport.objects.filter(dataset__items__annotations__annotator_id=person_id).delete()


def uploads_delete(*, marks: Sequence[str]) -> int:
    """Delete uploads in which one of the ids stands; returns how many. Their import ends with an error."""
    deleted = 0
    wanted = [mark.encode() for mark in marks]
    for one in FileImport.objects.exclude(path=""):
        path = Path(one.path)
        if not path.is_file() or _holds(path, wanted):  # gone: a try that was cut off deleted it
            path.unlink(missing_ok=True)
            FileImport.objects.filter(pk=one.pk).update(path="", finished_at=timezone.now())
            deleted += 1
    return deleted


def _holds(path: Path, marks: list[bytes]) -> bool:
    """Whether one of the ids stands in the file, across the borders of what is read at a time as well."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = tail + chunk
            if any(mark in text for mark in marks):
                return True
            tail = text[-max((len(mark) for mark in marks), default=1) :]
    return False


def elsewhere_delete() -> int:
    """Delete withdrawn questions from the Label Studio that they were sent to; returns how many.

    Raises:
        LabelStudioError: it cannot be reached, or refuses; what was deleted before stays deleted.
    """
    there = LabelStudioTask.objects.exclude(remote_id=None).exclude(item__withdrawn_at=None)
    projects = list(LabelStudioProject.objects.filter(tasks__in=there).distinct())
    if not projects:
        return 0
    from annotation.label_studio.client import Client
    from annotation.label_studio.connection import server_now
    from annotation.label_studio.push import remove_withdrawn

    with closing(Client(server_now())) as client:
        return sum(remove_withdrawn(client, project) for project in projects)
