"""Against a real Label Studio: connect, send, fetch, conflicts, and everything that goes wrong on the way."""

import base64
import json
import logging
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from annotation.exporting.rows import exported_rows
from annotation.exporting.writers import task_of
from annotation.label_studio.client import Client
from annotation.label_studio.connection import server_now, server_save
from annotation.label_studio.projects import config_decide, project_renew, pull_request, push_request
from annotation.label_studio.results import Judgement, result_of
from annotation.label_studio.takeover import conflict_decide
from annotation.models import (
    Annotation,
    Arm,
    Dataset,
    Item,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioTask,
    RunStatus,
    Source,
    Suggestion,
    TrainingRun,
)  # fmt: skip
from annotation.services.codebook import codebook_current, codebook_publish
from annotation.services.item import is_held_out
from annotation.services.run import run_cancel, run_execute
from tests.cast import Cast
from tests.integration.label_studio_server import EMAIL, LEGACY_TOKEN, LabelStudioProcess, migrated_template

pytestmark = [pytest.mark.integration, pytest.mark.slow]

OTHER, PROBING, PROCEDURAL = "Other", "Probing and Exploring", "Procedural and Factual"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudioProcess]:
    data = tmp_path_factory.mktemp("label-studio") / "data"
    shutil.copytree(migrated_template(), data)
    with LabelStudioProcess(data) as running:
        yield running


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


@pytest.fixture
def connected(cast: Cast, studio: LabelStudioProcess) -> Cast:
    save(cast, studio.url, LEGACY_TOKEN)
    return cast


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


def test_both_kinds_of_token_connect_and_neither_is_shown_or_logged(
    cast: Cast, studio: LabelStudioProcess, caplog: pytest.LogCaptureFixture
):
    personal = studio.personal_token()
    browser = Browser()
    browser.force_login(cast.rosa)
    with caplog.at_level(logging.DEBUG):
        for token in (LEGACY_TOKEN, personal):
            run = save(cast, studio.url, token)
            assert (run.status, run.message) == (
                RunStatus.DONE, f"Connected to {studio.url} as {EMAIL}",
            )  # fmt: skip
            page = browser.get(reverse("annotation:label-studio")).content.decode()
            assert token not in page
            assert "One is stored" in page
            assert token.encode() not in bytes(server_now().secret)  # type: ignore[union-attr]
            assert token not in caplog.text
    assert server_now().url == studio.url  # type: ignore[union-attr]


def expired_token() -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"token_type": "refresh", "exp": int(time.time()) - 60})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


@pytest.mark.parametrize("token", ["f" * 40, expired_token()])
def test_a_token_that_is_refused_says_what_to_do(
    cast: Cast, studio: LabelStudioProcess, token: str, capfd: pytest.CaptureFixture[str]
):
    run = save(cast, studio.url, token)
    assert run.status == RunStatus.FAILED
    assert "refuses the token" in run.message
    said = capfd.readouterr()
    assert token not in run.message + run.log + said.out + said.err


def test_two_arms_become_two_projects_and_suggestions_reach_one(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("arms", 230)
    run = push(connected, dataset, two_arms=True)
    assert (run.status, run.message) == (RunStatus.DONE, "230 questions sent")
    classical, assisted = the_project(dataset, Arm.CLASSICAL), the_project(dataset, Arm.ASSISTED)
    plain, helped = tasks_there(studio, classical), tasks_there(studio, assisted)
    assert len(plain) + len(helped) == 230
    assert min(len(plain), len(helped)) > 80
    assert not {task["data"]["key"] for task in plain} & {task["data"]["key"] for task in helped}
    assert not any(task["predictions"] for task in plain)
    for task in helped:
        assert bool(task["predictions"]) != is_held_out(task["data"]["key"])
        assert "gold" not in task["data"]
    assert LabelStudioTask.objects.exclude(suggested_label=OTHER).count() == 0  # kept here in both arms
    config = studio.api("GET", f"/api/projects/{assisted.remote_id}/")["label_config"]
    for part in ('hotkey="1"', PROBING, "$context", "Data Issues"):
        assert part in config


def test_sending_again_sends_only_what_is_new(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("again", 30)
    push(connected, dataset)
    assert push(connected, dataset).message == "0 questions sent"
    Item.objects.create(dataset=dataset, key="again-new", text="One more?", shuffle_key=99)
    assert push(connected, dataset).message == "1 questions sent"
    assert len(tasks_there(studio, the_project(dataset))) == 31


def test_a_lost_answer_and_a_cancelled_sending_double_nothing(
    connected: Cast, studio: LabelStudioProcess, monkeypatch: pytest.MonkeyPatch
):
    dataset = questions("lost", 250)
    send = Client.import_tasks

    def loses_the_answer(self: Client, *arguments: Any) -> list[int]:
        send(self, *arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "import_tasks", loses_the_answer)
    with pytest.raises(KeyboardInterrupt):
        push(connected, dataset)
    monkeypatch.setattr(Client, "import_tasks", send)
    project = the_project(dataset)
    assert project.tasks.filter(remote_id=None).count() == 100

    def cancels(self: Client, *arguments: Any) -> list[int]:
        (run,) = TrainingRun.objects.filter(status=RunStatus.RUNNING)
        run_cancel(viewer=connected.rosa, run_id=run.pk)
        return send(self, *arguments)

    monkeypatch.setattr(Client, "import_tasks", cancels)
    monkeypatch.setattr("annotation.services.run.REPORT_EVERY_S", 0.0)
    run = push(connected, dataset)
    assert run.status == RunStatus.CANCELLED
    assert "Cancelled after 100 questions" in run.message
    monkeypatch.setattr(Client, "import_tasks", send)
    assert push(connected, dataset).message == "50 questions sent"
    keys = [task["data"]["key"] for task in tasks_there(studio, project)]
    assert len(keys) == len(set(keys)) == 250
    assert project.tasks.exclude(remote_id=None).count() == 250


def test_labels_come_back_once_with_time_author_and_outcome(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("back", 12)
    dataset.items.update(holdout=False)
    dataset.items.filter(key="back-3").update(holdout=True)
    connected.ana.email = EMAIL.upper()
    connected.ana.save()
    push(connected, dataset)
    tasks = {task.item.key: task for task in LabelStudioTask.objects.select_related("item")}
    annotate(studio, tasks["back-0"], OTHER)
    annotate(studio, tasks["back-1"], PROBING, OTHER)
    annotate(studio, tasks["back-2"], "Nonsense")
    annotate(studio, tasks["back-3"], OTHER)
    run = pull(connected, dataset)
    assert (run.status, run.message) == (
        RunStatus.DONE, "3 labels taken over, 0 known already, 1 not usable",
    )  # fmt: skip
    found = {each.item.key: each for each in Annotation.objects.select_related("item")}
    assert found["back-1"].labels == [PROBING, OTHER]
    assert {key: each.outcome for key, each in found.items()} == {
        "back-0": "kept", "back-1": "changed", "back-3": "unassisted",
    }  # fmt: skip
    assert found["back-3"].suggested_label == OTHER
    assert {(each.annotator, each.active_ms) for each in found.values()} == {(connected.ana, 7250)}
    assert "'Nonsense' is no question type" in LabelStudioLabel.objects.get(state=LabelState.REFUSED).reason
    before = list(Annotation.objects.values())
    assert pull(connected, dataset).message == "0 labels taken over, 4 known already"
    assert list(Annotation.objects.values()) == before


def test_a_change_there_follows_and_one_on_both_sides_waits_for_a_decision(
    connected: Cast, studio: LabelStudioProcess
):
    dataset = questions("both", 3)
    push(connected, dataset)
    tasks = {task.item.key: task for task in LabelStudioTask.objects.select_related("item")}
    numbers = {key: annotate(studio, task, OTHER) for key, task in tasks.items()}
    pull(connected, dataset)

    def change(key: str, label: str) -> None:
        studio.api(
            "PATCH", f"/api/annotations/{numbers[key]}/", json={"result": result_of(Judgement((label,)))}
        )

    change("both-0", PROBING)
    assert pull(connected, dataset).message.startswith("1 labels taken over")
    stood = Annotation.objects.filter(item__key="both-0").order_by("pk")
    assert [(one.labels, one.is_standing) for one in stood] == [([OTHER], False), ([PROBING], True)]

    for key in ("both-1", "both-2"):  # labelled otherwise here since
        ours = Annotation.objects.get(item__key=key)
        Annotation.objects.filter(pk=ours.pk).update(is_standing=False)
        ours.pk, ours.txn, ours.labels = None, f"here-{key}", [PROCEDURAL]
        ours.save()
        change(key, PROBING)
    assert "2 wait for a decision" in pull(connected, dataset).message
    assert pull(connected, dataset).message == "0 labels taken over, 3 known already"
    assert standing("both-1") == standing("both-2") == [PROCEDURAL]
    browser = Browser()
    browser.force_login(connected.rosa)
    page = browser.get(reverse("annotation:label-studio-conflicts")).content.decode()
    assert PROCEDURAL in page
    assert PROBING in page
    rows = {row.task.item.key: row for row in LabelStudioLabel.objects.filter(state=LabelState.CONFLICT)}
    for key, keep in (("both-1", "ours"), ("both-2", "theirs")):
        browser.post(reverse("annotation:label-studio-decide", args=[rows[key].pk]), {"keep": keep})
    assert (standing("both-1"), standing("both-2")) == ([PROCEDURAL], [PROBING])
    assert "Nothing to decide" in browser.get(reverse("annotation:label-studio-conflicts")).content.decode()
    assert pull(connected, dataset).message == "0 labels taken over, 3 known already"

    studio.api("DELETE", f"/api/annotations/{numbers['both-2']}/")
    assert "1 wait for a decision" in pull(connected, dataset).message
    assert standing("both-2") == [PROBING]
    row = LabelStudioLabel.objects.get(state=LabelState.CONFLICT)
    conflict_decide(viewer=connected.rosa, label_id=row.pk, take_theirs=True)
    assert standing("both-2") is None


def standing(key: str) -> list[str] | None:
    found = Annotation.objects.filter(item__key=key, is_standing=True).first()
    return found.labels if found else None


def test_a_page_that_was_changed_there_is_not_overwritten_unasked(
    connected: Cast, studio: LabelStudioProcess
):
    dataset = questions("page", 2)
    push(connected, dataset)
    project = the_project(dataset)
    address = f"/api/projects/{project.remote_id}/"

    def config() -> str:
        found: str = studio.api("GET", address)["label_config"]
        return found

    ours = config()
    theirs = ours.replace("Note", "Remark")
    studio.api("PATCH", address, json={"label_config": theirs})
    assert push(connected, dataset).status == RunStatus.DONE
    assert "Remark" in config()
    assert "Remark" in the_project(dataset).their_config
    config_decide(viewer=connected.rosa, project_id=project.pk, keep_theirs=True)
    push(connected, dataset)
    assert "Remark" in config()
    assert not the_project(dataset).their_config
    book = codebook_current()
    codebook_publish(title=book.title, guidelines=book.guidelines, types=book.types)
    push(connected, dataset)
    assert "Remark" not in config()


def test_a_deleted_project_is_told_and_set_up_anew_without_losing_labels(
    connected: Cast, studio: LabelStudioProcess
):
    dataset = questions("gone", 3)
    push(connected, dataset)
    project = the_project(dataset)
    annotate(studio, project.tasks.first(), OTHER)  # type: ignore[arg-type]
    pull(connected, dataset)
    studio.api("DELETE", f"/api/projects/{project.remote_id}/")
    for run in (pull(connected, dataset), push(connected, dataset)):
        assert run.status == RunStatus.FAILED
        assert "no longer in Label Studio" in run.message
    assert "Set up anew" in the_project(dataset).fault
    assert Annotation.objects.filter(is_standing=True).count() == 1
    project_renew(viewer=connected.rosa, project_id=project.pk)
    assert push(connected, dataset).message == "3 questions sent"
    assert pull(connected, dataset).message == "0 labels taken over, 0 known already"
    assert Annotation.objects.filter(is_standing=True).count() == 1


def test_what_a_teacher_withdraws_is_deleted_there(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("leave", 3)
    push(connected, dataset)
    dataset.items.filter(key="leave-1").update(withdrawn_at="2026-01-01T00:00Z")
    assert push(connected, dataset).message == "0 questions sent; 1 withdrawn ones deleted there"
    keys = {task["data"]["key"] for task in tasks_there(studio, the_project(dataset))}
    assert keys == {"leave-0", "leave-2"}


def test_an_export_of_ours_is_taken_by_the_server(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("file", 4)
    item = dataset.items.first()
    Annotation.objects.create(
        item=item, annotator=connected.ana, codebook=codebook_current(), labels=[PROBING, OTHER], txn="x"
    )  # fmt: skip
    push(connected, dataset)
    project = the_project(dataset)
    tasks = [task_of(row) for row in exported_rows(dataset.items.all())]
    answer = studio.api("POST", f"/api/projects/{project.remote_id}/import", json=tasks)
    assert (answer["task_count"], answer["annotation_count"]) == (4, 1)


def test_a_dead_server_is_told_and_nothing_is_lost(connected: Cast, studio: LabelStudioProcess):
    """The last one: it stops the server and starts it again."""
    dataset = questions("dead", 120)
    studio.stop()
    run = push(connected, dataset)
    assert run.status == RunStatus.FAILED
    assert "does not answer. Nothing is lost" in run.message
    studio.start()
    assert push(connected, dataset).message == "120 questions sent"
    assert len(tasks_there(studio, the_project(dataset))) == 120
