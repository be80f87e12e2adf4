import pytest
from django.db import connection

from annotation.errors import NotAllowed, NotFound
from annotation.models import Dataset, Order, RunKind, TrainingRun
from annotation.selectors.queue import queue_for
from annotation.services.plan import Plan, order_settle, plan_change
from simulator.models import User
from tests.annotation.people import PROBING, annotator, say
from tests.cast import Cast


def change(person: User, dataset: Dataset, **values: object) -> Dataset:
    plan = {"annotators_per_item": 2, "overlap_share": 1.0, "plant_share": 0.0, "order": Order.RANDOM}
    return plan_change(viewer=person, dataset_id=dataset.pk, plan=Plan(**{**plan, **values}))


def test_the_overlapping_share_gets_several_people_and_the_rest_one(cast: Cast, demo: Dataset):
    change(cast.rosa, demo, annotators_per_item=3, overlap_share=0.4)
    wanted = list(demo.items.values_list("wanted", flat=True))
    assert set(wanted) == {1, 3}
    assert 0.2 < wanted.count(3) / len(wanted) < 0.6
    alone = demo.items.filter(wanted=1).first()
    say(cast.ana, alone, PROBING)
    assert alone not in queue_for(annotator("ben"))
    change(cast.rosa, demo, annotators_per_item=2)
    assert alone in queue_for(annotator("cem"))


def test_the_same_share_draws_the_same_items(cast: Cast, demo: Dataset):
    change(cast.rosa, demo, overlap_share=0.5)
    first = set(demo.items.filter(wanted=2))
    change(cast.rosa, demo, overlap_share=0.7)
    assert first < set(demo.items.filter(wanted=2))


def test_scores_order_the_queue_and_leave_the_held_out_share_random(cast: Cast, demo: Dataset):
    held = list(demo.items.filter(holdout=True).order_by("shuffle_key"))
    rest = list(demo.items.filter(holdout=False).order_by("pk"))
    order_settle(dataset=demo, scores={item.pk: float(item.pk) for item in rest})
    queue = list(queue_for(cast.ana, dataset_id=demo.pk))
    assert [item for item in queue if not item.holdout] == rest[::-1]
    assert [item for item in queue if item.holdout] == held
    share = len(held) / len(queue)
    for done in range(1, len(queue) + 1):
        assert abs(sum(item.holdout for item in queue[:done]) - share * done) <= 1


def test_back_to_random_is_the_order_that_was_drawn(cast: Cast, demo: Dataset):
    before = list(queue_for(cast.ana))
    Dataset.objects.update(order=Order.BALD)
    order_settle(dataset=demo, scores={item.pk: float(item.pk) for item in demo.items.filter(holdout=False)})
    assert list(queue_for(cast.ana)) != before
    change(cast.rosa, demo, order=Order.RANDOM)
    assert list(queue_for(cast.ana)) == before


def test_choosing_a_strategy_asks_for_scores(cast: Cast, demo: Dataset):
    change(cast.rosa, demo, order=Order.CONSEQUENCE)
    assert TrainingRun.objects.filter(kind=RunKind.PREFILL).exists()


def test_only_researchers_plan(cast: Cast, demo: Dataset):
    with pytest.raises(NotAllowed):
        change(cast.ana, demo)
    with pytest.raises(NotFound):
        plan_change(viewer=cast.rosa, dataset_id=0, plan=Plan(2, 1.0, 0.0, Order.RANDOM))


@pytest.mark.parametrize("field", ["plant_percent", "annotators_per_item", "order"])
def test_the_page_refuses_what_is_out_of_range_at_its_field(cast: Cast, demo: Dataset, client, field: str):
    client.force_login(cast.rosa)
    values = {"annotators_per_item": 2, "overlap_percent": 50, "plant_percent": 10, "order": "bald"}
    address = f"/annotation/plan/{demo.pk}/"
    assert client.post(address, {**values, field: 99}).status_code == 400
    assert client.post(address, values).status_code == 302
    demo.refresh_from_db()
    assert (demo.plant_share, demo.order) == (0.1, Order.BALD)
    page = client.get(address).content.decode()
    assert 'value="bald" checked' in page


def test_the_next_of_the_queue_can_be_found_through_the_index(cast: Cast, demo: Dataset):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # of a table this small it would rather read and sort all
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        plan = queue_for(cast.ana)[:1].explain()
    assert "item_by_place" in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan
