"""How many requests ended in an error of the server; with Redis, of all web processes together."""

from simulator.counting import count_up, counted

KEY, FOR_EVER = "server-errors", None


def server_error_count() -> None:
    """Count one more."""
    count_up(KEY, FOR_EVER)


def server_errors() -> int:
    """Since the cache was last emptied."""
    return counted(KEY)
