"""The task workers, and whether they take what is queued. Names of processes, nothing about people."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from simulator.models import WorkerBeat

SILENT_AFTER = timedelta(seconds=20)  # some beats missed, with all processors busy
LEFT_AFTER = timedelta(seconds=30)  # an idle worker looks at the queue every second
BETWEEN_JOBS = timedelta(seconds=5)


def workers_alive() -> QuerySet[WorkerBeat]:
    """The workers that gave a sign of life in the last twenty seconds."""
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - SILENT_AFTER)


def oldest_queued() -> datetime | None:
    """When the job was queued that has waited longest."""
    queued = DBTaskResult.objects.ready().order_by("enqueued_at")
    return queued.values_list("enqueued_at", flat=True).first()


def job_is_left() -> bool:
    """Whether a job has waited for half a minute while a living worker had nothing to do.

    A job that waits because every worker does another one is in good hands. What a killed worker was at
    stays marked as running, and keeps nobody busy.
    """
    now = timezone.now()
    oldest = oldest_queued()
    if oldest is None or oldest > now - LEFT_AFTER:
        return False
    just_done = DBTaskResult.objects.filter(finished_at__gt=now - BETWEEN_JOBS)
    at_work = DBTaskResult.objects.running() | just_done
    busy = {names[-1] for names in at_work.values_list("worker_ids", flat=True) if names}
    return not busy.issuperset(workers_alive().values_list("name", flat=True))
