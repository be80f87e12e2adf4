"""Counting over all processes, and by oneself while Redis is away."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as in_force
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError
from rest_framework.test import APIClient

from simulator.counting import OWN, SHARED, count_up, counted
from tests.cast import PASSWORD, Cast
from tests.integration.servers import redis
from tests.live import eventually

REDIS = "django.core.cache.backends.redis.RedisCache"


def use(settings, url: str) -> None:
    settings.CACHES = {OWN: in_force.CACHES[OWN], SHARED: {"BACKEND": REDIS, "LOCATION": url}}


# A process of its own: fifty more; prints the largest number that it was told.
MANY = """
import django
django.setup()
from simulator.counting import count_up
print(max(count_up("visits", 60) for _ in range(50)))
"""


def _answers() -> bool:
    try:
        return caches[SHARED].get("visits") is None
    except RedisError:  # it is still starting
        return False


@pytest.mark.slow
def test_one_more_is_one_more_whoever_counts_at_the_same_moment(settings):
    with redis() as url:
        use(settings, url)
        eventually(_answers)
        environment = os.environ | {"REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        command = [sys.executable, "-c", MANY]
        many = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in "123"]
        told = [int(one.communicate(timeout=60)[0]) for one in many]
        assert max(told) == 150
        assert counted("visits") == 150
        assert count_up("visits", 60) == 151


@pytest.mark.parametrize("many", [1, 20])
def test_threads_count_together(many: int):
    with ThreadPoolExecutor(many) as threads:
        assert sorted(threads.map(lambda _: count_up("visits", 60), range(200))) == list(range(1, 201))


def test_is_forgotten_after_its_time(monkeypatch: pytest.MonkeyPatch):
    now = time.time()
    assert [count_up("visits", 5) for _ in range(3)] == [1, 2, 3]
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: now + 6)
    assert counted("visits") == 0
    assert count_up("visits", 5) == 1


def test_without_redis_people_still_sign_in_and_guessing_is_still_slow(cast: Cast, settings):
    caches[OWN].clear()
    use(settings, "redis://127.0.0.1:1/0")
    for _ in range(10):
        assert Client().post("/sign-in/", {"username": "tess", "password": "wrong"}).status_code == 200
    assert Client().post("/sign-in/", {"username": "tess", "password": PASSWORD}).status_code == 429
    assert Client().post("/sign-in/", {"username": "will", "password": PASSWORD}).status_code == 302
    client = APIClient()
    client.force_authenticate(cast.rosa)
    assert client.get(reverse("api-sessions")).status_code == 200
