"""What Prometheus reads."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from simulator.models import TurnStatus
from simulator.services.message import message_post
from simulator.services.worker import worker_beat
from simulator.tasks import settle_erasures
from tests.cast import Cast

DASHBOARD = Path(__file__).resolve().parents[2] / "scripts" / "grafana.json"
TOKEN = {"headers": {"authorization": "Bearer open-sesame"}}


@pytest.fixture(autouse=True)
def token(settings) -> None:
    settings.ACTS_METRICS_TOKEN = "open-sesame"


def figures(client: Client) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics/", **TOKEN).content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counts_turns_and_the_queue(cast: Cast, client: Client):
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="1", text="How long is it?")
    assert figures(client)["acts_turns", "open"] == 1
    session.turns.update(status=TurnStatus.BACKUP_WAIT, route="uncertain")
    found = figures(client)
    assert found["acts_queue_length",] == 1
    assert found["acts_queue_oldest_seconds",] > 0
    assert found["acts_open_rooms",] == 1


def test_counts_workers_and_how_long_a_job_waits(client: Client, db: None):
    assert (figures(client)["acts_workers",], figures(client)["acts_job_oldest_seconds",]) == (0, 0)
    worker_beat(name="one", started_at=timezone.now())
    settle_erasures.enqueue()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=2))
    found = figures(client)
    assert found["acts_workers",] == 1
    assert 120 <= found["acts_job_oldest_seconds",] < 180


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "open-sesame?"])
def test_does_not_exist_without_the_token(client: Client, db: None, header: str):
    assert client.get("/metrics/", headers={"authorization": header}).status_code == 404


def test_does_not_exist_when_no_token_is_set(client: Client, db: None, settings):
    settings.ACTS_METRICS_TOKEN = ""
    assert client.get("/metrics/", headers={"authorization": "Bearer "}).status_code == 404


def test_names_nobody(cast: Cast, client: Client):
    cast.session()
    text = client.get("/metrics/", **TOKEN).content.decode().lower()
    assert not any(name in text for name in ("tess", "will", "rosa"))


def test_the_dashboard_asks_for_figures_that_there_are(cast: Cast, client: Client):
    names = {
        family.name
        for family in text_string_to_metric_families(client.get("/metrics/", **TOKEN).content.decode())
    }
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"acts_\w+", target["expr"])
    }
    assert asked == names
