"""The two addresses say the truth."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from simulator.selectors.worker import LEFT_AFTER, SILENT_AFTER
from simulator.services.engine import engine_beat, engine_gone
from simulator.services.worker import EVERY_S, worker_beat, worker_gone
from simulator.tasks import settle_erasures

pytestmark = pytest.mark.django_db


def test_lives_without_asking_anybody(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz/").json() == {"process": "ok"}


def test_is_ready_when_every_part_is(client: Client):
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["database"], answer.json()["channels"]) == (200, "ok", "ok")


def test_is_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch):
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "ensure_connection", away)
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_is_not_ready_when_the_channel_layer_is_away(client: Client, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    assert client.get("/readyz/").json()["channels"] == "unreachable"


def test_is_not_ready_when_it_cannot_write(client: Client, settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path / "gone"
    assert client.get("/readyz/").json()["disk"] == "not writable"


def test_is_not_ready_when_the_disk_is_nearly_full(client: Client, settings):
    settings.ACTS_LEAST_DISK_BYTES = 1 << 60
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["disk"]) == (503, "nearly full")


def test_says_whether_an_engine_lives_and_is_ready_without_one(client: Client):
    assert client.get("/readyz/").json()["engine"] == "none alive"
    engine_beat(name="engine:one", model_version="m", started_at=timezone.now())
    assert client.get("/readyz/").json()["engine"] == "ok"
    engine_gone(name="engine:one")
    assert client.get("/readyz/").status_code == 200


def said_of_the_worker(client: Client) -> str:
    answer = client.get("/readyz/")
    assert answer.status_code == 200  # pages do without it
    return answer.json()["worker"]


def queued(*, ago: timedelta) -> DBTaskResult:
    job = DBTaskResult.objects.get(pk=settle_erasures.enqueue().id)
    DBTaskResult.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - ago)
    return job


def test_says_whether_a_worker_lives(client: Client):
    assert said_of_the_worker(client) == "none alive"
    worker_beat(name="one", started_at=timezone.now())
    assert said_of_the_worker(client) == "ok"
    worker_gone(name="one")
    assert said_of_the_worker(client) == "none alive"


def test_a_job_that_waits_while_a_worker_idles_is_left(client: Client):
    worker_beat(name="one", started_at=timezone.now())
    queued(ago=LEFT_AFTER / 2)
    assert said_of_the_worker(client) == "ok"
    queued(ago=LEFT_AFTER * 2)
    assert said_of_the_worker(client) == "leaves a job"


def test_a_job_that_waits_for_a_worker_at_another_one_is_not_left(client: Client):
    worker_beat(name="one", started_at=timezone.now())
    first = queued(ago=LEFT_AFTER * 3)
    queued(ago=LEFT_AFTER * 2)
    first.claim("one")
    assert said_of_the_worker(client) == "ok"
    first.set_successful(0)
    assert said_of_the_worker(client) == "ok"  # it takes the next in a moment
    DBTaskResult.objects.filter(pk=first.pk).update(finished_at=timezone.now() - LEFT_AFTER)
    assert said_of_the_worker(client) == "leaves a job"


def test_what_a_killed_worker_was_at_keeps_nobody_busy(client: Client):
    worker_beat(name="two", started_at=timezone.now())
    queued(ago=LEFT_AFTER * 3).claim("one, killed since")
    queued(ago=LEFT_AFTER * 2)
    assert said_of_the_worker(client) == "leaves a job"


def test_several_beats_of_a_worker_fit_into_the_silence_that_is_allowed():
    assert 3 * timedelta(seconds=EVERY_S) < SILENT_AFTER
