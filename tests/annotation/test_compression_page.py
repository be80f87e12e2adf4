"""The compression page: what it shows, what it asks for, what it says when there is nothing."""

import json
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import RunKind, TrainingRun
from annotation.selectors.compression import version_costs
from annotation.version_chart import COLUMN_WIDTH, MOST_ROWS, TEXT_ROOM, cost_chart
from models_zoo.measurements import Latency, latency_record
from models_zoo.store import ModelStore
from tests.cast import Cast

PAGE = "annotation:compression"


@pytest.fixture
def rosa(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.rosa)
    return client


def measured(version: str, ms: float) -> Latency:
    return Latency(version, ms, 1.1, 30, 1, 20, "2026-11-21T09:00:00Z")


def asked(store: ModelStore, **changes: object) -> dict[str, object]:
    given = {"version": store.current(), "decomposition": "cp", "rank": "2", "targets": ["q_lin", "v_lin"]}
    return given | changes


def test_without_a_version_it_says_how_to_get_one(rosa: Client) -> None:
    page = rosa.get(reverse(PAGE)).content.decode()
    assert "No version yet" in page
    assert "Compress and compare" not in page
    assert "Tensor ring" in page  # what there is to choose from is explained all the same


def test_a_latency_is_shown_only_when_it_was_measured(rosa: Client, store: ModelStore) -> None:
    assert "not measured" in rosa.get(reverse(PAGE)).content.decode()
    latency_record(store.root, measured(str(store.current()), 321.0))
    page = rosa.get(reverse(PAGE)).content.decode()
    assert "not measured" not in page
    assert "321 ms" in page
    assert "1.10 ×" in page


def test_asking_queues_a_run_with_its_settings(rosa: Client, cast: Cast, store: ModelStore) -> None:
    answer = rosa.post(reverse("annotation:compress"), asked(store, rank="4"))
    run = TrainingRun.objects.get(kind=RunKind.COMPRESS)
    assert answer.url == reverse("annotation:run", args=[run.pk])
    assert run.requested_by_id == cast.rosa.pk
    assert json.dumps(run.options, sort_keys=True) == json.dumps(
        asked(store) | {"rank": 4, "targets": ["q_lin", "v_lin"]}, sort_keys=True
    )
    assert "A run is under way" in rosa.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"rank": "0"}, {"rank": "99"}, {"decomposition": "svd"}, {"targets": []}, {"version": "none"}],
)
def test_settings_that_cannot_be_are_refused(
    rosa: Client, store: ModelStore, wrong: dict[str, object]
) -> None:
    answer = rosa.post(reverse("annotation:compress"), asked(store, **wrong))
    assert answer.status_code == 400
    assert "field__error" in answer.content.decode()
    assert not TrainingRun.objects.exists()


def test_measuring_is_a_run(rosa: Client, store: ModelStore) -> None:
    answer = rosa.post(reverse("annotation:measure"))
    assert answer.url == reverse("annotation:run", args=[TrainingRun.objects.get(kind=RunKind.MEASURE).pk])


def test_bars_stand_in_proportion_and_the_largest_fills_its_room(cast: Cast, store: ModelStore) -> None:
    (row,) = version_costs(cast.rosa)
    fast = replace(row, latency=measured(row.version.name, 100.0))
    slow = replace(row, latency=measured(row.version.name, 400.0))
    first, second, third = cost_chart([fast, slow, row]).rows
    assert second.latency.width == pytest.approx(COLUMN_WIDTH - TEXT_ROOM)
    assert first.latency.width == pytest.approx(second.latency.width / 4)
    assert (third.latency.width, third.latency.text) == (None, "–")
    assert first.quality.low <= first.quality.value <= first.quality.high <= first.quality.end


def test_the_chart_shows_the_newest_versions_only(cast: Cast, store: ModelStore) -> None:
    rows = version_costs(cast.rosa) * 20
    assert len(cost_chart(rows).rows) == MOST_ROWS
    assert cost_chart([]).rows == ()
