"""Nothing that an annotator can reach tells what another one said, before or after.

A world in which Ben has labelled is compared, page by page and answer by answer, with one in which he said
something else. Whatever differs would be a leak, foreseen or not.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Dataset, Item
from annotation.services.adjudication import adjudicator_entitle
from annotation.services.dataset import demo_load
from simulator.models import User
from tests.annotation.people import EXPOSITORY, OTHER, annotator, say, suggest, without_gold
from tests.cast import Cast
from tests.contracts.test_role_matrix import MATRIX, NAMES

NOTE = "a note of Ben that nobody else may read"
# What changes from one answer to the next by itself.
VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[A-Za-z0-9]{64}|\d{4}-\d\d-\d\dT[\d:.+Z]+")


@pytest.fixture
def items(db: None) -> list[Item]:
    dataset: Dataset = demo_load()
    Dataset.objects.update(annotators_per_item=3)
    Item.objects.update(wanted=3)
    found = without_gold(dataset)
    for item in found:
        suggest(item)
    return found


def readable(client: Client, items: list[Item]) -> dict[str, str]:
    """Every page, fragment and API answer that an annotator gets, and what labelling answers."""
    addresses = [
        name
        for name in NAMES
        if name.startswith(("annotation:", "api-")) and MATRIX[name].expected("ana") in (200, 204)
    ]
    found = {name: client.get(reverse(name)) for name in addresses if MATRIX[name].method == "get"}
    for item in items[:3]:
        found[f"item {item.pk}"] = client.get(reverse("annotation:label"), {"item": item.pk})
        found[f"api item {item.pk}"] = client.get(reverse("api-item", args=[item.pk]))
        found[f"api labels of {item.pk}"] = client.get(reverse("api-labels"), {"item": item.pk})
    found["recheck"] = client.get(reverse("annotation:label"), {"recheck": 1})
    assert {"annotation:home", "annotation:label", "api-labels", "api-items"} <= found.keys()
    return {name: VOLATILE.sub("", answer.content.decode()) for name, answer in found.items()}


def seen_by_ana(cast: Cast, items: list[Item]) -> dict[str, str]:
    client = Client()
    client.force_login(cast.ana)
    return readable(client, items)


def world(cast: Cast, items: list[Item], label: str, note: str, *, also: bool) -> dict[str, str]:
    """What Ana reads when Ben said this about the first items; ``also``: she has labelled them herself."""
    ben: User = User.objects.filter(username="ben").first() or annotator("ben")
    for item in items[:3]:
        say(ben, item, label, comment=note)
        if also:
            say(cast.ana, item, OTHER)
    return seen_by_ana(cast, items)


@pytest.mark.parametrize("also", [False, True])
def test_what_another_said_changes_nothing_that_an_annotator_reads(cast: Cast, items: list[Item], also: bool):
    from django.db import transaction

    answers = []
    for label, note in ((OTHER, ""), (EXPOSITORY, NOTE)):
        with transaction.atomic():
            answers.append(world(cast, items, label, note, also=also))
            transaction.set_rollback(True)
    first, second = answers
    assert first.keys() == second.keys()
    numbers = re.compile(r'"id":\d+|/\d+/')
    for name, text in first.items():
        assert numbers.sub("", text) == numbers.sub("", second[name]), name
    assert all(NOTE not in text for text in second.values())


def test_only_who_is_entitled_reads_votes_and_only_when_all_are_in(cast: Cast, items: list[Item]):
    ben, cem = annotator("ben"), annotator("cem")
    say(ben, items[0], EXPOSITORY, comment=NOTE)
    client = Client()
    client.force_login(cem)
    address = reverse("annotation:adjudicate")
    assert client.get(address).status_code == 403
    adjudicator_entitle(viewer=cast.rosa, person_id=cem.pk, entitled=True)
    assert NOTE not in client.get(address).content.decode()  # others are still to label it
    say(cast.ana, items[0], OTHER)
    say(annotator("dora"), items[0], OTHER)
    assert NOTE in client.get(address).content.decode()
    client.force_login(cast.ana)
    assert client.get(address).status_code == 403
    adjudicator_entitle(viewer=cast.rosa, person_id=cast.ana.pk, entitled=True)
    assert NOTE not in client.get(address).content.decode()  # her own label is in it
