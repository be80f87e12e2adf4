"""What the tests against Label Studio do again and again."""

from typing import Any

from annotation.label_studio.connection import server_save
from annotation.label_studio.projects import pull_request, push_request
from annotation.label_studio.results import Judgement, result_of
from annotation.models import (
    Arm,
    Dataset,
    Item,
    LabelStudioProject,
    LabelStudioTask,
    Source,
    Suggestion,
    TrainingRun,
)  # fmt: skip
from annotation.services.item import is_held_out
from annotation.services.run import run_execute
from tests.cast import Cast
from tests.integration.label_studio_server import LabelStudioProcess

OTHER, PROBING, PROCEDURAL = "Other", "Probing and Exploring", "Procedural and Factual"


def questions(name: str, count: int) -> Dataset:
    """Questions with turns before them, each with a suggestion."""
    dataset = Dataset.objects.create(name=name, source=Source.IMPORT)
    items = Item.objects.bulk_create(
        Item(
            dataset=dataset, key=f"{name}-{number}", text=f"Why is it {number}, <b>then</b>?",
            shuffle_key=number,
            context=[{"persona": "student", "text": f"It is {number}."}] if number % 2 else [],
            holdout=is_held_out(f"{name}-{number}"),
        )
        for number in range(count)
    )  # fmt: skip
    Suggestion.objects.bulk_create(
        Suggestion(
            item=item, model_version="v1", label=OTHER, probabilities=[0.1, 0.1, 0.1, 0.7],
            predictive_entropy=0.9,
        )
        for item in items
    )  # fmt: skip
    return dataset


def save(cast: Cast, url: str, token: str) -> TrainingRun:
    server = server_save(viewer=cast.rosa, url=url, token=token)
    assert server.run is not None
    return run_execute(run_id=server.run.pk)


def push(cast: Cast, dataset: Dataset, **more: Any) -> TrainingRun:
    return run_execute(run_id=push_request(viewer=cast.rosa, dataset_id=dataset.pk, **more).pk)


def pull(cast: Cast, dataset: Dataset) -> TrainingRun:
    return run_execute(run_id=pull_request(viewer=cast.rosa, dataset_id=dataset.pk).pk)


def the_project(dataset: Dataset, arm: Arm = Arm.ALL) -> LabelStudioProject:
    return LabelStudioProject.objects.get(dataset=dataset, arm=arm)


def tasks_there(studio: LabelStudioProcess, project: LabelStudioProject) -> list[dict[str, Any]]:
    path = f"/api/projects/{project.remote_id}/export?exportType=JSON&download_all_tasks=true"
    found: list[dict[str, Any]] = studio.api("GET", path)
    return found


def annotate(studio: LabelStudioProcess, task: LabelStudioTask, *labels: str, **more: Any) -> int:
    body = {"result": result_of(Judgement(labels)), "lead_time": 7.25, **more}
    made: int = studio.api("POST", f"/api/tasks/{task.remote_id}/annotations/", json=body)["id"]
    return made
