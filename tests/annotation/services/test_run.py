from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.errors import NotAllowed, NotFound, RunActive, RunEnded
from annotation.models import RunKind, RunStatus, TrainingRun
from annotation.services import run as runs
from annotation.services.run import (
    RunReporter,
    RunStopped,
    run_cancel,
    run_create,
    run_execute,
    run_request,
    runs_reap,
)
from annotation.tasks import execute_run
from tests.cast import Cast


def begun(**values: object) -> TrainingRun:
    run = run_create(kind=RunKind.RETRAIN)
    assert RunReporter(run.pk).begin()
    TrainingRun.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db()
    return run


def test_a_request_is_handed_to_the_worker(cast: Cast, django_capture_on_commit_callbacks):
    from django_tasks_db.models import DBTaskResult

    with django_capture_on_commit_callbacks(execute=True):
        run = run_request(viewer=cast.rosa, kind=RunKind.RULES)
    task = DBTaskResult.objects.get()
    assert task.task_path == "annotation.tasks.execute_run"
    assert task.args_kwargs["args"] == [run.pk]
    assert execute_run.call(run.pk) == RunStatus.DONE


def test_only_researchers_ask_for_runs(cast: Cast):
    with pytest.raises(NotAllowed):
        run_request(viewer=cast.ana, kind=RunKind.RETRAIN)
    with pytest.raises(NotFound):
        run_request(viewer=cast.tess, kind=RunKind.RETRAIN)


def test_two_runs_of_a_kind_do_not_overlap(cast: Cast):
    run_create(kind=RunKind.RETRAIN)
    with pytest.raises(RunActive):
        run_create(kind=RunKind.RETRAIN)
    run_create(kind=RunKind.PREFILL)


def test_a_queued_run_is_cancelled_at_once_and_the_worker_leaves_it(cast: Cast):
    run = run_create(kind=RunKind.RETRAIN)
    assert run_cancel(viewer=cast.rosa, run_id=run.pk).status == RunStatus.CANCELLED
    assert run_execute(run_id=run.pk).status == RunStatus.CANCELLED


def test_a_run_under_way_ends_at_its_next_step_when_cancelled(cast: Cast, monkeypatch):
    run = run_create(kind=RunKind.RULES)

    def work(*, run: TrainingRun, reporter: RunReporter) -> None:
        reporter.step(0.1, "began", force=True)
        run_cancel(viewer=cast.rosa, run_id=run.pk)
        reporter.step(0.2, "goes on", force=True)

    monkeypatch.setattr("annotation.services.weak_labels.rules_apply", work)
    ended = run_execute(run_id=run.pk)
    assert ended.status == RunStatus.CANCELLED
    assert ended.progress < 1


def test_an_ended_run_cannot_be_cancelled(cast: Cast):
    run = begun()
    RunReporter(run.pk).end(RunStatus.DONE, "done")
    with pytest.raises(RunEnded):
        run_cancel(viewer=cast.rosa, run_id=run.pk)


def test_a_failure_is_written_down_with_its_reason(cast: Cast, monkeypatch):
    def work(**_: object) -> None:
        raise ValueError("the disk is full")

    monkeypatch.setattr("annotation.services.weak_labels.rules_apply", work)
    run = run_execute(run_id=run_create(kind=RunKind.RULES).pk)
    assert (run.status, run.message) == (RunStatus.FAILED, "the disk is full")
    assert run.ended_at is not None


def test_a_worker_that_is_told_to_stop_says_so(cast: Cast, monkeypatch):
    def work(**_: object) -> None:
        raise SystemExit(1)

    monkeypatch.setattr("annotation.services.weak_labels.rules_apply", work)
    run = run_create(kind=RunKind.RULES)
    with pytest.raises(SystemExit):
        run_execute(run_id=run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "stopped" in run.message


def test_a_run_whose_worker_fell_silent_is_marked_as_failed_and_another_may_begin(db: None):
    run = begun(heartbeat_at=timezone.now() - runs.SILENT_FOR - timedelta(seconds=1))
    assert runs_reap() == 1
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run_create(kind=RunKind.RETRAIN).status == RunStatus.QUEUED


def test_a_run_that_reports_is_not_given_up(db: None):
    begun()
    assert runs_reap() == 0


def test_a_worker_that_was_given_up_for_dead_changes_nothing_any_more(db: None):
    run = begun(heartbeat_at=timezone.now() - runs.SILENT_FOR - timedelta(seconds=1))
    late = RunReporter(run.pk)
    runs_reap()
    with pytest.raises(RunStopped):
        late.step(0.9, "late", force=True)
    assert not late.end(RunStatus.DONE, "late", version="never")
    run.refresh_from_db()
    assert (run.status, run.version) == (RunStatus.FAILED, "")


def test_two_workers_do_not_take_the_same_run(db: None):
    run = run_create(kind=RunKind.RETRAIN)
    assert RunReporter(run.pk).begin()
    assert not RunReporter(run.pk).begin()


def test_progress_is_written_for_the_page_to_read(db: None):
    run = begun()
    reporter = RunReporter(run.pk)
    reporter.part(0.5, 0.7)(0.5, "half of it")
    run.refresh_from_db()
    assert run.percent == 60
    assert run.message == "half of it"
