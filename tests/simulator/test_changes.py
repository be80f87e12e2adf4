"""Waiting for what others write."""

import threading

import pytest
from django.db import connection

from simulator.changes import Watch
from simulator.models import Study

LONG_S = 60.0


def _write_elsewhere(slug: str) -> None:
    def write() -> None:
        Study.objects.create(slug=slug, title=slug)
        connection.close()  # this thread's own

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()


def _returns(watch: Watch) -> bool:
    """Whether a wait ends by itself; otherwise it is stopped."""
    stopping = threading.Event()
    timer = threading.Timer(0.3, stopping.set)
    timer.start()
    watch.wait(stopping)
    timer.cancel()
    return not stopping.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_commit_of_somebody_else_ends_the_wait():
    watch = Watch(anyway_s=LONG_S)
    _returns(watch)
    _write_elsewhere("between two looks")
    assert _returns(watch)


@pytest.mark.django_db(transaction=True)
def test_what_was_seen_or_written_here_is_no_news():
    if connection.vendor != "sqlite":
        return  # there every tick is worth a look
    watch = Watch(anyway_s=LONG_S)
    _returns(watch)
    Study.objects.create(slug="own", title="Own")
    assert not _returns(watch)


@pytest.mark.django_db(transaction=True)
def test_time_alone_ends_it_too():
    watch = Watch(anyway_s=0.05)
    _returns(watch)
    assert _returns(watch)
