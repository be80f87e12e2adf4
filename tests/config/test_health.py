"""The two addresses say the truth."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from simulator.services.engine import engine_beat, engine_gone

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
