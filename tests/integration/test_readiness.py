"""What /readyz/ and /metrics/ say when parts really stop."""

import subprocess
import sys
from contextlib import ExitStack
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


def engines(one: Web) -> float:
    answer = httpx.get(f"{one.url}/metrics/", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    families = text_string_to_metric_families(answer.text)
    return sum(sample.value for one in families if one.name == "acts_engines" for sample in one.samples)


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
        eventually(
            lambda: ready(one) == (200, dict.fromkeys(("database", "channels", "disk", "engine"), "ok"))
        )
        assert engines(one) == 1

        engine.close()
        eventually(lambda: ready(one) == (200, {**ready(one)[1], "engine": "none alive"}))
        assert engines(one) == 0

        channels.close()
        status, said = eventually(lambda: ready(one))
        assert (status, said["channels"], said["database"]) == (503, "unreachable", "ok")

        database.close()
        status, said = ready(one)
        assert (status, said["database"], said["engine"]) == (503, "unreachable", "unknown")
        assert httpx.get(f"{one.url}/healthz/").json() == {"process": "ok"}
