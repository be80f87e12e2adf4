"""Projects there: made once, found again, kept in step with the codebook."""

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4
from xml.etree import ElementTree

from django.db import transaction

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound, RunActive
from annotation.models import (
    Arm,
    Codebook,
    Dataset,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioTask,
    RunKind,
    TrainingRun,
)
from annotation.selectors.visible import datasets_for
from annotation.services.codebook import codebook_current
from annotation.services.run import run_create

from .client import Client
from .config import labelling_config
from .connection import enqueue, server_now
from .errors import LabelStudioError, NotConnected, ProjectGone
from .selectors import projects_for


@transaction.atomic
def push_request(*, viewer: Viewer, dataset_id: int, two_arms: bool = False) -> TrainingRun:
    """Queue sending a dataset; sets up its projects when it has none. Later ``two_arms`` changes nothing.

    Raises:
        NotConnected: there is no server.
        RunActive: something is being sent already.
    """
    dataset = _dataset(viewer, dataset_id)
    if not LabelStudioProject.objects.filter(dataset=dataset).exists():
        arms = (Arm.CLASSICAL, Arm.ASSISTED) if two_arms else (Arm.ALL,)
        LabelStudioProject.objects.bulk_create(
            LabelStudioProject(dataset=dataset, arm=arm, mark=uuid4()) for arm in arms
        )
    return _queue(viewer, dataset, RunKind.LS_PUSH)


@transaction.atomic
def pull_request(*, viewer: Viewer, dataset_id: int) -> TrainingRun:
    """Queue fetching what was labelled. Raises as ``push_request``."""
    return _queue(viewer, _dataset(viewer, dataset_id), RunKind.LS_PULL)


def _dataset(viewer: Viewer, dataset_id: int) -> Dataset:
    require_researcher(viewer)
    dataset = datasets_for(viewer).filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound
    if server_now() is None:
        raise NotConnected
    return dataset


def _queue(viewer: Viewer, dataset: Dataset, kind: RunKind) -> TrainingRun:
    projects = LabelStudioProject.objects.filter(dataset=dataset).select_related("run")
    if any(project.run and project.run.is_active for project in projects):
        raise RunActive  # sending and fetching the same project would get in each other's way
    run = run_create(kind=kind, requested_by=viewer, study_id=dataset.study_id)
    projects.update(run=run, fault="")
    enqueue(run)
    return run


@transaction.atomic
def project_renew(*, viewer: Viewer, project_id: int) -> LabelStudioProject:
    """Forget where a project lies there, so that the next sending makes a new one. Labels of ours stay."""
    project = _project(viewer, project_id)
    project.remote_id, project.config, project.their_config, project.fault = None, "", "", ""
    project.mark = uuid4()
    project.save()
    LabelStudioTask.objects.filter(project=project).update(remote_id=None)
    settled = LabelStudioLabel.objects.filter(task__project=project).exclude(state=LabelState.CONFLICT)
    settled.delete()  # ids of the old project mean nothing in the new one; our labels do not hang on them
    return project


@transaction.atomic
def config_decide(*, viewer: Viewer, project_id: int, keep_theirs: bool) -> LabelStudioProject:
    """Settle a labelling page that was changed there: leave it so, or let the next sending replace it."""
    project = _project(viewer, project_id)
    if project.their_config:
        project.config = project.their_config
        if keep_theirs:
            project.codebook = codebook_current()  # only a newer codebook asks to replace it again
        else:
            project.codebook = None
        project.their_config = ""
        project.save(update_fields=["config", "codebook", "their_config"])
    return project


def _project(viewer: Viewer, project_id: int) -> LabelStudioProject:
    require_researcher(viewer)
    project = projects_for(viewer).filter(pk=project_id).select_related("run", "dataset").first()
    if project is None:
        raise NotFound
    if project.run and project.run.is_active:
        raise RunActive
    return project


def project_ensure(client: Client, project: LabelStudioProject) -> int:
    """The project's id there. Makes it, or finds the one whose making was not noted; renews its page.

    Raises:
        ProjectGone: it was deleted there.
    """
    codebook = codebook_current()
    ours = labelling_config(codebook.types)
    if project.remote_id is None:
        found = client.find_project(str(project.mark))
        remote_id = found or client.create_project(**_values(project, codebook, ours))
        _note(project, remote_id=remote_id, config=ours, codebook=codebook)
    theirs = client.label_config(_remote_id(project), project.title)
    if not same_config(theirs, project.config):
        _note(project, their_config=theirs)  # shown on the page; nothing there is overwritten
        return _remote_id(project)
    if project.their_config:
        _note(project, their_config="")  # they have taken their change back
    if project.codebook != codebook:
        client.update_project(_remote_id(project), project.title, label_config=ours)
        _note(project, config=ours, codebook=codebook)
    return _remote_id(project)


@contextmanager
def noted(projects: Sequence[LabelStudioProject]) -> Iterator[None]:
    """Note at the projects why a run over them did not get through."""
    try:
        yield
    except LabelStudioError as error:
        keys = [project.pk for project in projects]
        LabelStudioProject.objects.filter(pk__in=keys).update(fault=str(error))
        raise


def _remote_id(project: LabelStudioProject) -> int:
    if project.remote_id is None:
        raise ProjectGone(project.title)
    return project.remote_id


def _note(project: LabelStudioProject, **values: object) -> None:
    for name, value in values.items():
        setattr(project, name, value)
    project.save(update_fields=list(values))


def _values(project: LabelStudioProject, codebook: Codebook, config: str) -> dict[str, object]:
    paragraphs = codebook.guidelines.split("\n\n")
    return {
        "title": project.title,
        "description": f"{codebook.title}. Made by ACTS; do not change this mark: {project.mark}",
        "label_config": config,
        "expert_instruction": "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs),
        "show_instruction": False,
        "show_collab_predictions": project.arm != Arm.CLASSICAL,
        "maximum_annotations": project.dataset.annotators_per_item,
    }


def same_config(one: str, other: str) -> bool:
    """Whether two labelling pages are the same, whatever their white space."""
    try:
        return _canonical(one) == _canonical(other)
    except ElementTree.ParseError:
        return one.strip() == other.strip()


def _canonical(config: str) -> str:
    return ElementTree.canonicalize(config, strip_text=True)
