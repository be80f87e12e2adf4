"""`manage.py db_worker`: django-tasks' own worker, which also gives signs of life.

``INSTALLED_APPS`` names this app before the library's, so that its command stands for the library's.
"""

from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from annotation.services.heartbeat import repeating
from simulator.services.worker import EVERY_S, worker_beat, worker_gone


class Command(db_worker.Command):
    def handle(self, **options: Any) -> None:
        name = options["worker_id"]
        beat = partial(worker_beat, name=name, started_at=timezone.now())
        beat()
        try:
            # From a thread: a job may take an hour, and an idle worker only sleeps.
            with repeating(beat, every_s=EVERY_S, what=f"heartbeat of worker {name}"):
                super().handle(**options)
        finally:
            with suppress(DatabaseError):  # away: then the last sign grows old
                worker_gone(name=name)
