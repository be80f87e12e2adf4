import pytest
from django.db import connection

from annotation.models import Dataset, Item
from annotation.selectors.queue import queue_for
from annotation.services.statistics import statistics_renew
from tests.cast import Cast

MANY = 3000


@pytest.fixture
def many(demo: Dataset) -> None:
    Item.objects.bulk_create(
        Item(
            dataset=demo,
            key=f"many-{place}",
            text="Why?",
            context=[],
            shuffle_key=place,
            place=place,
            wanted=1,
        )
        for place in range(MANY)
    )


def test_postgresql_plans_for_the_rows_that_came(cast: Cast, demo: Dataset, many: None):
    statistics_renew()
    if connection.vendor != "postgresql":
        assert "item_by_place" in queue_for(cast.ana)[:1].explain()
        return
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where relname = %s", [Item._meta.db_table])
        ((counted,),) = cursor.fetchall()
    assert counted >= MANY
    plan = queue_for(cast.ana)[:1].explain()
    assert "item_by_place" in plan
    assert "Sort" not in plan
