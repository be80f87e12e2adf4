"""Counting that cannot be got round: one more in one step, over all processes that share the cache.

With Redis that is every web process; without it there is one. While Redis is away each process counts for
itself: a limit that is a little too generous for a while, instead of nobody who can sign in or write.
"""

import structlog
from django.core.cache import BaseCache, caches

log = structlog.get_logger(__name__)
SHARED, OWN = "default", "own"


def count_up(key: str, lasts_s: float | None) -> int:
    """Count one more; returns how many there are since the first, which is forgotten after ``lasts_s``,
    or never.
    """
    try:
        return _count_up(caches[SHARED], key, lasts_s)
    except _redis_error() as error:
        log.warning("counting_alone", error=str(error))
        return _count_up(caches[OWN], key, lasts_s)


def counted(key: str) -> int:
    """How many there are, without counting."""
    try:
        return int(caches[SHARED].get(key, 0))
    except _redis_error():
        return int(caches[OWN].get(key, 0))


def _redis_error() -> type[Exception]:
    """Asked only when something went wrong: loading the client takes a third of a second."""
    from redis.exceptions import RedisError

    return RedisError


def _count_up(cache: BaseCache, key: str, lasts_s: float | None) -> int:
    try:
        count = cache.incr(key)
    except ValueError:  # the first
        if cache.add(key, 1, lasts_s):
            return 1
        count = cache.incr(key)  # somebody else was the first just now
    if count == 1:  # it was forgotten between Redis' look and its counting, and this one would stay for ever
        cache.touch(key, lasts_s)
    return int(count)
