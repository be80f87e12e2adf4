import json
import multiprocessing
from itertools import pairwise
from pathlib import Path

import pytest

from models_zoo.manifest import Manifest, Metric
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.version_folder import MANIFEST


def manifest(**changes) -> Manifest:
    return Manifest(
        created="2026-01-02T03:04:05Z", labels={"a": ("x", "y")}, backbone="b", backbone_sha256="0" * 64
    ).model_copy(update=changes)


def write(folder: Path) -> None:
    (folder / "adapter").mkdir()
    (folder / "adapter" / "config.json").write_text("{}")
    (folder / "heads.safetensors").write_bytes(b"weights")


def publish(store: ModelStore, seed: int = 0) -> str:
    return store.publish(write, manifest(seed=seed))


def code_of(call) -> str:
    with pytest.raises(ModelStoreError) as caught:
        call()
    return caught.value.code


def test_a_published_version_is_whole_listed_and_not_yet_current(own_store):
    version = publish(own_store)
    assert version.startswith("understanding-20260102030405-")
    assert [found.version for found in own_store.versions()] == [version]
    assert set(own_store.verify(version).files) == {"adapter/config.json", "heads.safetensors"}
    assert own_store.current() is None


def test_a_manifest_comes_back_as_it_went_in(own_store):
    sent = manifest(
        metrics={"accuracy": Metric(value=0.5, low=0.4, high=0.6, n=10)},
        calibration={"question_type": 1.25},
        lineage={"corpus": "c", "annotation_ids": [1, 2], "event_ids": ["e"]},
        parent="understanding-0",
    )
    version = own_store.publish(write, sent)
    back = own_store.manifest(version)
    assert back.model_copy(update={"version": "", "files": {}}) == sent


def test_publishing_the_same_twice_gives_one_version(own_store):
    assert publish(own_store) == publish(own_store)
    assert len(own_store.versions()) == 1


def test_a_writer_that_fails_leaves_nothing_behind(own_store):
    def fail(folder: Path) -> None:
        write(folder)
        raise RuntimeError("disk on fire")

    with pytest.raises(RuntimeError, match="disk on fire"):
        own_store.publish(fail, manifest())
    assert own_store.versions() == []
    assert list((own_store.root / ".staging").iterdir()) == []


def test_an_unknown_version_is_refused(own_store):
    assert code_of(lambda: own_store.manifest("../../etc")) == "unknown_version"
    assert code_of(lambda: own_store.activate("nothing")) == "unknown_version"


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda folder: (folder / MANIFEST).unlink(), "half_written"),
        (lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text()[:40]), "half_written"),
        (lambda folder: (folder / "heads.safetensors").write_bytes(b"weig"), "truncated_file"),
        (lambda folder: (folder / "heads.safetensors").write_bytes(b"Weights"), "tampered_file"),
        (lambda folder: (folder / "heads.safetensors").unlink(), "missing_file"),
        (lambda folder: (folder / "extra.bin").write_bytes(b"?"), "unlisted_file"),
    ],
)
def test_a_damaged_version_is_refused_by_name_and_never_activated(own_store, damage, code):
    version = publish(own_store)
    damage(own_store.path(version))
    with pytest.raises(ModelStoreError, match=version) as caught:
        own_store.verify(version)
    assert caught.value.code == code
    assert code_of(lambda: own_store.activate(version)) == code
    assert own_store.current() is None


def test_a_changed_manifest_is_refused(own_store):
    version = publish(own_store)
    path = own_store.path(version) / MANIFEST
    content = json.loads(path.read_text())
    content["seed"] = 99
    path.write_text(json.dumps(content))
    assert code_of(lambda: own_store.verify(version)) == "tampered_manifest"


def test_rolling_back_walks_the_history(own_store):
    first, second, third = (publish(own_store, seed) for seed in range(3))
    for version in (first, second, third):
        own_store.activate(version)
    assert own_store.roll_back() == second
    assert own_store.roll_back() == first
    assert own_store.current() == first
    assert code_of(own_store.roll_back) == "nothing_to_roll_back"
    own_store.activate(third)
    assert own_store.roll_back() == first


def test_activating_the_current_version_again_is_no_step_to_roll_back(own_store):
    first, second = publish(own_store, 1), publish(own_store, 2)
    for version in (first, second, second):
        own_store.activate(version)
    assert own_store.roll_back() == first


def test_a_torn_last_line_never_took_effect(own_store):
    first, second, third = (publish(own_store, seed) for seed in range(3))
    own_store.activate(first)
    history = own_store.root / "activations.jsonl"
    with history.open("a") as file:
        file.write('{"action": "activate", "version": "' + second[:9])
    assert own_store.current() == first
    own_store.activate(third)
    assert own_store.current() == third
    assert own_store.roll_back() == first


def _activate_often(root: Path, version: str) -> None:
    store = ModelStore(root)
    for _ in range(20):
        store.activate(version)


def test_processes_that_activate_at_once_leave_a_readable_history(own_store):
    versions = [publish(own_store, seed) for seed in range(3)]
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_activate_often, args=(own_store.root, name)) for name in versions]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        assert own_store.current() in {None, *versions}
        for worker in workers:
            worker.join(0.01)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    lines = (own_store.root / "activations.jsonl").read_text().splitlines()
    steps = [json.loads(line)["version"] for line in lines]
    assert set(steps) == set(versions)
    assert all(before != after for before, after in pairwise(steps))
    assert own_store.current() == steps[-1]
