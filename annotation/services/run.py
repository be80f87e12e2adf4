"""The life of a long job, apart from what it does: ask for it, watch over it, stop it, give up on it."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import AnnotationError, NotFound, RunActive, RunEnded
from annotation.models import RunKind, RunStatus, TrainingRun
from annotation.selectors.visible import runs_for
from annotation.services.heartbeat import beating

SILENT_FOR = timedelta(seconds=90)  # six beats: a worker that lives is never silent for so long
REPORT_EVERY_S = 0.5
LOG_CHARACTERS = 20_000
WITH_MODELS = (RunKind.RETRAIN, RunKind.PREFILL, RunKind.RULES, RunKind.COMPRESS, RunKind.MEASURE)

Work = Callable[..., tuple[str, dict[str, Any]]]

logger = logging.getLogger(__name__)


class RunStopped(Exception):
    """Somebody cancelled the run, or it was given up for dead. Its text, if any, says what stays."""


def run_request(*, viewer: Viewer, kind: RunKind, deploy: bool = False) -> TrainingRun:
    """Queue a run for the worker.

    Raises:
        RunActive: one of this kind is queued or under way.
    """
    require_researcher(viewer)
    return run_queue(kind=kind, deploy=deploy, requested_by=viewer)


def run_queue(
    *,
    kind: RunKind,
    deploy: bool = False,
    requested_by: Viewer | None = None,
    options: dict[str, Any] | None = None,
    study_id: int | None = None,
) -> TrainingRun:
    """As ``run_request``, for the product itself, which needs nobody's leave to prefill."""
    from annotation.tasks import execute_run

    with transaction.atomic():
        run = run_create(
            kind=kind, deploy=deploy, requested_by=requested_by, options=options, study_id=study_id
        )
        transaction.on_commit(lambda: execute_run.enqueue(run.pk))
    return run


def run_create(
    *,
    kind: RunKind,
    deploy: bool = False,
    requested_by: Viewer | None = None,
    options: dict[str, Any] | None = None,
    study_id: int | None = None,
) -> TrainingRun:
    """Add a run that nobody executes yet; the caller does.

    Args:
        study_id: whose data alone it works on. Only its members learn of the run.
    """
    runs_reap()
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(
                kind=kind,
                deploy=deploy,
                study_id=study_id,
                requested_by_id=requested_by.pk if requested_by else None,
                options=options or {},
                message=_("Waiting for the worker"),
            )
    except IntegrityError as error:
        raise RunActive from error


def run_cancel(*, viewer: Viewer, run_id: int) -> TrainingRun:
    """Stop a run. A queued one ends at once, one under way at its next step.

    Raises:
        RunEnded: it had ended already.
    """
    require_researcher(viewer)
    run = runs_for(viewer).filter(pk=run_id).first()
    if run is None:
        raise NotFound
    queued = TrainingRun.objects.filter(pk=run_id, status=RunStatus.QUEUED)
    if queued.update(
        status=RunStatus.CANCELLED, ended_at=timezone.now(), message=_("Cancelled before it began")
    ):
        run.refresh_from_db()
        return run
    running = TrainingRun.objects.filter(pk=run_id, status=RunStatus.RUNNING)
    if not running.update(cancel_requested=True, message=_("Stopping")):
        raise RunEnded
    run.refresh_from_db()
    return run


def runs_reap() -> int:
    """Mark runs whose worker fell silent as failed; returns how many."""
    silent = Q(heartbeat_at__lt=timezone.now() - SILENT_FOR)
    return TrainingRun.objects.filter(silent, status=RunStatus.RUNNING).update(
        status=RunStatus.FAILED,
        ended_at=timezone.now(),
        message=_("The worker stopped before the run had ended. Nothing was deployed; start it again."),
    )


class RunReporter:
    """Writes a run's progress down, at most twice a second, and learns on the way whether to stop.

    Every write asks that the run is still under way. So a worker that was given up for dead and comes back
    finds out at its next step and changes nothing.
    """

    def __init__(self, run_id: int, watch: Callable[[float, str], None] | None = None) -> None:
        self.run_id = run_id
        self._watch = watch
        self._written_at = 0.0
        self._stop = False
        self._lines: list[str] = []

    def begin(self) -> bool:
        """Take the run; False if somebody else has it or it was cancelled."""
        now = timezone.now()
        queued = TrainingRun.objects.filter(pk=self.run_id, status=RunStatus.QUEUED)
        return bool(queued.update(status=RunStatus.RUNNING, started_at=now, heartbeat_at=now))

    def log(self, line: str) -> None:
        self._lines.append(f"{timezone.now():%H:%M:%S} {line}")

    def step(self, share: float, message: str, *, force: bool = False) -> None:
        """Report that ``share`` (0 to 1) is done, and what is being done.

        Args:
            force: write and ask now, before something that cannot be taken back.

        Raises:
            RunStopped: the run is to end.
        """
        if self._watch:
            self._watch(share, message)
        if time.monotonic() - self._written_at >= REPORT_EVERY_S or force:
            self._write(share, message)
        if self._stop:
            raise RunStopped

    def cancelled(self) -> bool:
        return self._stop

    def part(self, start: float, end: float) -> Callable[[float, str], None]:
        """A reporter for the stage that runs from ``start`` to ``end`` of the whole."""
        return lambda share, message: self.step(start + (end - start) * share, message)

    def _write(self, share: float, message: str) -> None:
        self._written_at = time.monotonic()
        mine = TrainingRun.objects.filter(pk=self.run_id, status=RunStatus.RUNNING)
        alive = mine.filter(cancel_requested=False).update(
            progress=min(1.0, share), message=message[:200], heartbeat_at=timezone.now(), log=self._text()
        )
        self._stop = not alive

    def end(self, status: RunStatus, message: str, **fields: object) -> bool:
        """Settle the run, if it is still under way."""
        self.log(message)
        mine = TrainingRun.objects.filter(pk=self.run_id, status=RunStatus.RUNNING)
        values = {"status": status, "message": message[:200], "ended_at": timezone.now(), "log": self._text()}
        if status == RunStatus.DONE:
            values["progress"] = 1.0
        return bool(mine.update(**values, **fields))

    def _text(self) -> str:
        return "\n".join(self._lines)[-LOG_CHARACTERS:]


@contextmanager
def _half_the_cores() -> Iterator[None]:
    """Leave the others to the chat: its engine must not wait because something is being trained."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _work_of(kind: str) -> Work:
    """What a run of this kind does. Each brings libraries of its own, so it is imported when it is wanted."""
    from annotation.label_studio.connection import check_execute
    from annotation.label_studio.pull import pull_execute
    from annotation.label_studio.push import push_execute
    from annotation.services.compression import version_compress, versions_measure
    from annotation.services.file_import import file_import_execute
    from annotation.services.prefill import suggestions_compute
    from annotation.services.quality import quality_measure
    from annotation.services.study_report import study_measure
    from annotation.services.training import version_train
    from annotation.services.weak_labels import rules_apply

    work: dict[str, Work] = {
        RunKind.RETRAIN: version_train,
        RunKind.PREFILL: suggestions_compute,
        RunKind.RULES: rules_apply,
        RunKind.COMPRESS: version_compress,
        RunKind.MEASURE: versions_measure,
        RunKind.QUALITY: quality_measure,
        RunKind.STUDY: study_measure,
        RunKind.IMPORT: file_import_execute,
        RunKind.LS_CHECK: check_execute,
        RunKind.LS_PUSH: push_execute,
        RunKind.LS_PULL: pull_execute,
    }
    return work[kind]


def run_execute(*, run_id: int, watch: Callable[[float, str], None] | None = None) -> TrainingRun:
    """Do the work of a run to its end, whatever that is, and write the end down.

    Args:
        watch: is told of the progress too; for a bar on a terminal.
    """
    reporter = RunReporter(run_id, watch)
    run = TrainingRun.objects.get(pk=run_id)
    if not reporter.begin():
        return run
    try:
        with beating(run_id), _half_the_cores() if run.kind in WITH_MODELS else nullcontext():
            message, fields = _work_of(run.kind)(run=run, reporter=reporter)
        reporter.end(RunStatus.DONE, message, **fields)
    except RunStopped as stopped:
        reporter.end(RunStatus.CANCELLED, str(stopped) or _("Cancelled; nothing was changed"))
    except AnnotationError as error:  # said in full; whoever asked can mend it
        logger.warning("run %s was refused: %s", run_id, error.code)
        reporter.end(RunStatus.FAILED, str(error))
    except Exception as error:
        logger.exception("run %s failed", run_id)
        reporter.end(RunStatus.FAILED, str(error) or type(error).__name__)
    except BaseException:  # the worker is being stopped
        reporter.end(RunStatus.FAILED, _("The worker was stopped before the run had ended; start it again."))
        raise
    if run.makes_version:
        from annotation.services.rebuild import rebuild_if_due

        rebuild_if_due()
    run.refresh_from_db()
    return run
