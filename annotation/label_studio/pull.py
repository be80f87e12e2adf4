"""Annotations in: each known by its id there, so that a repeat changes nothing."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.importing.dialogues import ReadError
from annotation.importing.json_array import json_array
from annotation.importing.source import Source
from annotation.models import (
    Annotation,
    Dataset,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioTask,
    TrainingRun,
)  # fmt: skip
from annotation.services.outside import outside_annotator
from annotation.services.run import RunReporter
from models_zoo.labels import QUESTION_TYPES

from .client import Client
from .connection import server_now
from .errors import Answered, ProjectGone
from .projects import noted
from .results import Judgement, judgement_of
from .takeover import same_as, take_over

LABELLERS = ("annotator", "researcher")


@dataclass
class Tally:
    taken: int = 0
    known: int = 0
    conflicts: int = 0
    refused: int = 0

    def say(self) -> str:
        said = _("%(taken)d labels taken over, %(known)d known already") % vars(self)
        if self.conflicts:
            said += _(", %(conflicts)d wait for a decision") % vars(self)
        if self.refused:
            said += _(", %(refused)d not usable") % vars(self)
        return said


def pull_execute(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Fetch what people labelled in the projects of this run. Raises LabelStudioError."""
    projects = list(LabelStudioProject.objects.filter(run=run).select_related("dataset"))
    tally = Tally()
    with noted(projects), closing(Client(server_now())) as client:
        for number, project in enumerate(projects):
            part = reporter.part(number / len(projects), (number + 1) / len(projects))
            Fetch(client, project, tally).all(part)
            LabelStudioProject.objects.filter(pk=project.pk).update(pulled_at=timezone.now())
    return tally.say(), {}


@dataclass
class Fetch:
    """One project being fetched."""

    client: Client
    project: LabelStudioProject
    tally: Tally
    people: dict[int, int] = field(default_factory=dict)  # account there -> account here

    def all(self, part: Any) -> None:
        if self.project.remote_id is None:
            raise ProjectGone(self.project.title)
        part(0.0, _("Waiting for Label Studio"))
        emails = self.client.people()
        seen: set[int] = set()
        with TemporaryFile() as file:
            self.client.download(self.project.remote_id, self.project.title, file)
            size = max(1, file.tell())
            file.seek(0)
            try:
                for line in json_array(Source(file)):
                    if not isinstance(line, ReadError):
                        self._task(line.row, emails, seen)
                        part(file.tell() / size, self.tally.say())
            except ReadError as error:
                raise Answered(200, str(error)) from None
        self._deleted(seen)

    @transaction.atomic
    def _task(self, row: Mapping[str, Any], emails: Mapping[int, str], seen: set[int]) -> None:
        task = self.project.tasks.select_related("item").filter(remote_id=row.get("id")).first()
        if (
            task is None or task.item.withdrawn_at is not None
        ):  # somebody else's task, or one that was withdrawn
            return
        for annotation in row.get("annotations") or []:
            if annotation.get("was_cancelled"):
                continue
            seen.add(int(annotation["id"]))
            self._annotation(task, annotation, emails)

    def _annotation(
        self, task: LabelStudioTask, remote: Mapping[str, Any], emails: Mapping[int, str]
    ) -> None:
        judged = judgement_of(remote.get("result"))
        author = _author(remote.get("completed_by"))
        digest = _digest(judged, author)
        row = LabelStudioLabel.objects.filter(task=task, remote_id=remote["id"]).first()
        if row is not None and row.digest == digest and not row.deleted_there:
            self.tally.known += 1
            return
        row = row or LabelStudioLabel(task=task, remote_id=int(remote["id"]))
        row.annotator_id = self._person(author, emails)
        row.digest, row.deleted_there = digest, False
        row.labels, row.data_issue, row.comment = list(judged.labels), judged.data_issue, judged.comment
        row.lead_time_s = float(remote.get("lead_time") or 0.0)
        row.from_prediction = remote.get("parent_prediction") is not None
        self._judge(task, row)
        row.save()

    def _judge(self, task: LabelStudioTask, row: LabelStudioLabel) -> None:
        """Take the label over where that overwrites nothing; else say why not."""
        row.reason = _fault(row)
        if row.reason:
            row.state = LabelState.REFUSED
            self.tally.refused += 1
            return
        standing = Annotation.objects.filter(
            item=task.item, annotator_id=row.annotator_id, is_standing=True
        ).first()
        first_time = row.annotation_id is None
        ours_untouched = standing is not None and standing.pk == row.annotation_id
        if (standing is None and first_time) or ours_untouched:
            row.annotation = take_over(task, row, standing)
        elif standing is not None and same_as(standing, row):
            row.annotation = standing
        else:
            row.state = LabelState.CONFLICT
            row.reason = _("There is a label by the same person here that says otherwise, or was taken back.")
            self.tally.conflicts += 1
            return
        row.state = LabelState.TAKEN
        self.tally.taken += 1

    def _person(self, author: int, emails: Mapping[int, str]) -> int:
        """Our account with the same e-mail address that sees the questions, else one for the person there."""
        if author not in self.people:
            mine = account_of(emails.get(author, ""), self.project.dataset)
            if mine is None:
                mine = outside_annotator(origin=self.client.url, name=f"label-studio:{author}")
            self.people[author] = mine
        return self.people[author]

    @transaction.atomic
    def _deleted(self, seen: set[int]) -> None:
        """Labels that were taken over and are no longer there: ours stay until somebody decides."""
        taken = LabelStudioLabel.objects.filter(task__project=self.project, state=LabelState.TAKEN)
        for row in taken.exclude(task__remote_id=None).exclude(deleted_there=True):
            if row.remote_id not in seen:
                row.state, row.deleted_there = LabelState.CONFLICT, True
                row.reason = _("This label was deleted in Label Studio.")
                row.save()
                self.tally.conflicts += 1


def account_of(email: str, dataset: Dataset) -> int | None:
    """Who may label the data set here and has this e-mail address."""
    people = get_user_model().objects.filter(role__in=LABELLERS, is_active=True)
    if dataset.study_id is not None:
        people = people.filter(studies=dataset.study_id)
    mine = people.filter(email__iexact=email).first() if email else None
    return mine.pk if mine else None


def _author(completed_by: Any) -> int:
    value = completed_by.get("id") if isinstance(completed_by, dict) else completed_by
    return int(value or 0)


def _digest(judged: Judgement, author: int) -> str:
    said = json.dumps([judged.labels, judged.data_issue, judged.comment, author])
    return hashlib.sha256(said.encode()).hexdigest()


def _fault(row: LabelStudioLabel) -> str:
    unknown = next((label for label in row.labels if label not in QUESTION_TYPES), None)
    if unknown is not None:
        return _("%(label)r is no question type of the codebook; put it right in Label Studio.") % {
            "label": unknown
        }
    if not row.labels and not row.data_issue:
        return _("It chooses no question type; choose one in Label Studio.")
    return ""
