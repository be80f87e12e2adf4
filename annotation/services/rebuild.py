"""Training anew without what was erased.

Asked for wherever it may have become due (an erasure, the end of a run, a look at the models), and worked out
from what is stored. So a killed process costs a moment and never the rebuild.
"""

from datetime import datetime

from annotation.errors import RunActive
from annotation.models import RunKind, RunStatus, TrainingRun
from annotation.selectors.marks import marked_versions
from annotation.store import model_store
from simulator.selectors import latest_erasure

from .run import run_queue

ATTEMPTS = 3  # one that fails again and again is left to people, who see it on the models page
STANDS = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.DONE, RunStatus.CANCELLED)


def rebuild_if_due() -> TrainingRun | None:
    """Queue a training when the version in service learned from erased rows and none was queued since.

    It waits for a training that is under way, whose end asks again. The new version waits to be deployed,
    like any other.
    """
    since = latest_erasure()
    if since is None or model_store().current() not in marked_versions() or not _is_due(since):
        return None
    try:
        return run_queue(kind=RunKind.RETRAIN, options={"rebuild": True})
    except RunActive:
        return None


def _is_due(since: datetime) -> bool:
    rebuilds = TrainingRun.objects.filter(kind=RunKind.RETRAIN, options__rebuild=True, created_at__gte=since)
    return not rebuilds.filter(status__in=STANDS).exists() and rebuilds.count() < ATTEMPTS


def trainings_stop() -> None:
    """Let a training that may hold erased rows end at its next step."""
    running = TrainingRun.objects.filter(kind=RunKind.RETRAIN, status=RunStatus.RUNNING)
    running.update(cancel_requested=True)
