"""Against a real Label Studio: connecting, sending, and everything that goes wrong on the way."""

import base64
import json
import logging
import time
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from annotation.exporting.rows import exported_rows
from annotation.exporting.writers import task_of
from annotation.label_studio.client import Client
from annotation.label_studio.connection import server_now
from annotation.label_studio.projects import config_decide, project_renew
from annotation.models import (
    Annotation,
    Arm,
    Item,
    LabelStudioTask,
    RunStatus,
    TrainingRun,
)  # fmt: skip
from annotation.services.codebook import codebook_current, codebook_publish
from annotation.services.item import is_held_out
from annotation.services.run import run_cancel
from tests.cast import Cast
from tests.integration.label_studio_server import EMAIL, LEGACY_TOKEN, LabelStudioProcess
from tests.integration.label_studio_world import (
    OTHER,
    PROBING,
    annotate,
    pull,
    push,
    questions,
    save,
    tasks_there,
    the_project,
)  # fmt: skip

pytestmark = [pytest.mark.integration, pytest.mark.slow]


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
