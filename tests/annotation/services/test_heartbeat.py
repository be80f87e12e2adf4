"""A worker that lives is not given up, however long a stage says nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotation.models import RunKind, TrainingRun
from annotation.services import run as runs
from annotation.services.heartbeat import EVERY_S, beating, repeating
from annotation.services.run import RunReporter, run_create, runs_reap
from tests.live import eventually

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_a_silent_stage_is_kept_alive_until_its_block_ends() -> None:
    run = run_create(kind=RunKind.RETRAIN)
    assert RunReporter(run.pk).begin()
    mine = TrainingRun.objects.filter(pk=run.pk)
    long_ago = timezone.now() - runs.SILENT_FOR - timedelta(seconds=1)
    mine.update(heartbeat_at=long_ago)
    with beating(run.pk, every_s=0.01):
        eventually(lambda: mine.get().heartbeat_at > long_ago)
        assert runs_reap() == 0
    mine.update(heartbeat_at=long_ago)
    assert runs_reap() == 1  # nobody beats any more


def test_a_beat_that_a_broken_connection_swallowed_is_followed_by_others_on_a_new_one() -> None:
    answered = []

    def beat() -> None:
        with connection.cursor() as cursor:
            answered.append(cursor.execute("select 1").fetchone())
        connection.connection.close()  # as when the server ended it: Django still takes it for open

    with repeating(beat, every_s=0.01, what="a test's heartbeat"):
        eventually(lambda: len(answered) >= 3)


def test_several_beats_fit_into_the_silence_that_is_allowed() -> None:
    assert 4 * timedelta(seconds=EVERY_S) <= runs.SILENT_FOR
