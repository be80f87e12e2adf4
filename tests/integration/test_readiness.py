"""What /readyz/ and /metrics/ say when parts really stop."""

import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.servers import Web, postgres, redis, running, settings_for, web
from tests.live import ROOT, eventually

pytestmark = pytest.mark.slow
TOKEN = "only-for-this-test"


def ready(one: Web) -> tuple[int, dict[str, str]]:
    answer = httpx.get(f"{one.url}/readyz/", timeout=30)
    return answer.status_code, answer.json()


def figure(one: Web, name: str) -> float:
    answer = httpx.get(f"{one.url}/metrics/", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    families = text_string_to_metric_families(answer.text)
    return sum(sample.value for family in families if family.name == name for sample in family.samples)


def test_each_part_that_stops_is_named_and_the_process_lives_on(tmp_path: Path):
    with ExitStack() as stack, ExitStack() as database, ExitStack() as channels, ExitStack() as engine:
        database_url = database.enter_context(postgres())
        settings = settings_for(tmp_path, database_url, channels.enter_context(redis()))
        settings |= {"ACTS_METRICS_TOKEN": TOKEN}
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        one = stack.enter_context(web(database_url, settings))
        assert ready(one)[1]["engine"] == "none alive"
        out = stack.enter_context((tmp_path / "engine.log").open("wb"))
        command = [sys.executable, "manage.py", "engine"]
        engine.enter_context(running(command, cwd=ROOT, env=settings, stdout=out, stderr=out))
        fine = dict.fromkeys(("database", "channels", "disk", "engine"), "ok") | {"worker": "none alive"}
        eventually(lambda: ready(one) == (200, fine))
        assert figure(one, "acts_engines") == 1

        engine.close()
        eventually(lambda: ready(one) == (200, {**ready(one)[1], "engine": "none alive"}))
        assert figure(one, "acts_engines") == 0

        channels.close()
        status, said = eventually(lambda: ready(one))
        assert (status, said["channels"], said["database"]) == (503, "unreachable", "ok")

        database.close()
        status, said = ready(one)
        assert (status, said["database"]) == (503, "unreachable")
        assert said["engine"] == said["worker"] == "unknown"
        assert httpx.get(f"{one.url}/healthz/").json() == {"process": "ok"}


def worker(settings: dict[str, str], *options: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "db_worker", "--no-startup-delay", *options]
    return running(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def queue_a_job(one: Web, settings: dict[str, str]) -> None:
    """A job that has been queued for a minute."""
    code = "from simulator.tasks import settle_erasures; settle_erasures.enqueue()"
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], cwd=ROOT, env=settings, check=True)
    one.rows(
        "update django_tasks_database_dbtaskresult set enqueued_at = now() - interval '1 minute' returning id"
    )


def test_a_worker_that_is_killed_and_one_that_leaves_a_job_are_named(tmp_path: Path):
    with ExitStack() as stack:
        database_url = stack.enter_context(postgres())
        settings = settings_for(tmp_path, database_url, stack.enter_context(redis()))
        settings |= {"ACTS_METRICS_TOKEN": TOKEN}
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        one = stack.enter_context(web(database_url, settings))

        def said(words: str) -> bool:
            return ready(one) == (200, {**ready(one)[1], "worker": words})

        with worker(settings) as first:
            eventually(lambda: said("ok"))
            first.kill()
            eventually(lambda: said("none alive"))
            assert figure(one, "acts_workers") == 0

        queue_a_job(one, settings)
        with worker(settings, "--queue-name", "another"):
            eventually(lambda: said("leaves a job"))
            assert figure(one, "acts_job_oldest_seconds") > 60
            with worker(settings):
                eventually(lambda: said("ok"))
                assert figure(one, "acts_workers") == 2
        assert said("none alive")  # stopped in good order: missed at once
        assert one.rows("select status from django_tasks_database_dbtaskresult") == [("SUCCESSFUL",)]
