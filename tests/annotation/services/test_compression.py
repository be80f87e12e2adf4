"""A version in another form: asked for, made, compared, measured, deployed like any other."""

import pytest

from annotation.compression_methods import METHODS, RANKS, TARGETS
from annotation.errors import NotAllowed, RunActive, VersionRefused
from annotation.models import Dataset, RunKind, RunStatus, TrainingRun
from annotation.selectors.compression import version_costs
from annotation.selectors.versions import comparisons_of
from annotation.services.compression import compression_request
from annotation.services.run import run_cancel, run_create, run_execute
from annotation.services.training import version_deploy
from compression import DECOMPOSITIONS
from models_zoo.compression_commands import TARGETS as COMMAND_TARGETS
from models_zoo.measurements import latencies
from models_zoo.store import ModelStore
from models_zoo.training import TrainingConfig
from tests.cast import Cast

SETTINGS = {"decomposition": "tensor_train", "rank": 2, "targets": ("q_lin", "v_lin")}


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> None:
    """A few lines of the corpus and one epoch: everything real but the amount."""
    from models_zoo import training

    corpus = training.load_corpus()[::60]
    monkeypatch.setattr(training, "load_corpus", lambda: corpus)
    monkeypatch.setattr("annotation.services.compression.MEASURED_TEXTS", 1)
    monkeypatch.setattr(
        TrainingConfig,
        "compressed",
        classmethod(
            lambda cls, **changes: cls(epochs=1, evaluation_passes=2, distillation_texts=0, **changes)
        ),
    )


def compress(person, store: ModelStore) -> TrainingRun:
    run = compression_request(viewer=person, version=str(store.current()), **SETTINGS)
    return run_execute(run_id=run.pk)


def test_the_pages_words_cover_every_form_and_map_of_the_code() -> None:
    assert {method.name for method in METHODS} == set(DECOMPOSITIONS)
    assert tuple(name for name, _ in TARGETS) == COMMAND_TARGETS
    assert RANKS[0] == 1


def test_a_compressed_version_waits_beside_its_parent(cast: Cast, demo: Dataset, store: ModelStore) -> None:
    before = store.current()
    run = compress(cast.rosa, store)
    assert (run.status, run.parent_version, run.progress) == (RunStatus.DONE, before, 1.0), run.log
    assert store.current() == before
    manifest = store.verify(run.version)
    assert manifest.parent == before
    assert manifest.compression["decomposition"] == "tensor_train"
    assert manifest.lineage["compression_run"] == run.pk
    assert {each.name for each in comparisons_of(run)} <= {"questions", "corpus"}
    assert comparisons_of(run)


def test_both_versions_are_measured(cast: Cast, demo: Dataset, store: ModelStore) -> None:
    run = compress(cast.rosa, store)
    assert set(latencies(store.root)) == {run.version, run.parent_version}
    rows = {row.version.name: row for row in version_costs(cast.rosa)}
    assert rows[run.version].latency.p50_ms > 0
    assert rows[run.version].form == "Tensor train, rank 2"
    assert rows[run.version].version.run == run
    assert 0 < rows[run.version].parameters < rows[run.parent_version].parameters
    assert rows[run.version].size_bytes > 0


def test_it_is_deployed_like_any_other(cast: Cast, demo: Dataset, store: ModelStore) -> None:
    run = compress(cast.rosa, store)
    version_deploy(viewer=cast.rosa, version=run.version)
    run.refresh_from_db()
    assert store.current() == run.version
    assert run.deployed_at is not None


def test_a_cancelled_compression_leaves_no_version(
    cast: Cast, demo: Dataset, store: ModelStore, monkeypatch
) -> None:
    monkeypatch.setattr("annotation.services.run.REPORT_EVERY_S", 0.0)
    before = [manifest.version for manifest in store.versions()]
    run = compression_request(viewer=cast.rosa, version=str(store.current()), **SETTINGS)

    def cancel(share: float, message: str) -> None:
        if message.startswith("step"):
            TrainingRun.objects.filter(pk=run.pk).update(cancel_requested=True)

    assert run_execute(run_id=run.pk, watch=cancel).status == RunStatus.CANCELLED
    assert [manifest.version for manifest in store.versions()] == before


def test_one_compression_at_a_time_and_a_queued_one_can_be_cancelled(cast: Cast, store: ModelStore) -> None:
    run = compression_request(viewer=cast.rosa, version=str(store.current()), **SETTINGS)
    with pytest.raises(RunActive):
        compression_request(viewer=cast.rosa, version=str(store.current()), **SETTINGS)
    assert run_cancel(viewer=cast.rosa, run_id=run.pk).status == RunStatus.CANCELLED


def test_only_researchers_ask_for_it(cast: Cast, store: ModelStore) -> None:
    with pytest.raises(NotAllowed):
        compression_request(viewer=cast.ana, version=str(store.current()), **SETTINGS)


def test_an_unknown_version_is_refused(cast: Cast, store: ModelStore) -> None:
    with pytest.raises(VersionRefused, match="no model version"):
        compression_request(viewer=cast.rosa, version="understanding-none", **SETTINGS)


def test_measuring_goes_through_all_versions(cast: Cast, store: ModelStore) -> None:
    assert version_costs(cast.rosa)[0].latency is None
    run = run_execute(run_id=run_create(kind=RunKind.MEASURE).pk)
    assert run.status == RunStatus.DONE, run.message
    assert version_costs(cast.rosa)[0].latency.texts == 1
    assert "times the plain encoder" in run.log


def test_a_damaged_version_is_named_and_the_others_are_measured(cast: Cast, store: ModelStore) -> None:
    weights = next(store.path(str(store.current())).glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    run = run_execute(run_id=run_create(kind=RunKind.MEASURE).pk)
    assert (run.status, latencies(store.root)) == (RunStatus.DONE, {})
    assert "checksum" in run.log
