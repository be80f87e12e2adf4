"""How many requests ended in an error of the server; with Redis, of all web processes together."""

from django.core.cache import cache

KEY = "server-errors"


def server_error_count() -> None:
    """Count one more."""
    if not cache.add(KEY, 1, None):
        try:
            cache.incr(KEY)
        except ValueError:  # the cache was emptied between the two
            cache.add(KEY, 1, None)


def server_errors() -> int:
    """Since the cache was last emptied."""
    return int(cache.get(KEY, 0))
