"""The shipped codebook is published once, however many people are the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotation.models import Codebook
from annotation.services.codebook import codebook_current

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_comes_at_the_same_moment_gets_the_same_first_version():
    together = 4
    start = Barrier(together)

    def ask(_number: int) -> int:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return codebook_current().pk
        finally:
            connection.close()

    for _ in range(5):
        Codebook.objects.all().delete()
        with ThreadPoolExecutor(together) as people:
            found = set(people.map(ask, range(together)))
        assert found == set(Codebook.objects.values_list("pk", flat=True))
        assert Codebook.objects.count() == 1
