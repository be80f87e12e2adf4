"""Replicas answer as the model in this process does, and outlive their own deaths."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

pytest.importorskip("ray", reason="`make test-cluster` installs it")

from models_zoo.serving.predictor import load_predictor
from models_zoo.serving.remote import RemoteError, RemotePredictor
from models_zoo.store import ModelStore
from tests.cluster.ray_serve import Replicas, replicas

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
TEXTS = ["How long is the blue rectangle?", "Why did you add 3?", "Well done!", "", "x" * 4000]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    found = ModelStore(tmp_path_factory.mktemp("var") / "models")
    found.ensure_demo()
    return found


@pytest.fixture(scope="module")
def running(store: ModelStore) -> Iterator[Replicas]:
    with replicas(Path(store.root).parent) as one:
        yield one


@pytest.fixture(scope="module")
def remote(running: Replicas, store: ModelStore) -> RemotePredictor:
    return RemotePredictor(running.url, store.current() or "").load()


def test_answers_bit_for_bit_as_in_this_process(remote: RemotePredictor, store: ModelStore):
    torch.set_num_threads(1)  # as in a replica: the number of threads decides the order of sums
    local = load_predictor(store)
    assert remote.understand(TEXTS, passes=5, seed=7) == local.understand(TEXTS, passes=5, seed=7)
    assert (remote.embed(TEXTS) == local.embed(TEXTS)).all()


def test_a_dying_replica_loses_no_question(remote: RemotePredictor, running: Replicas):
    expected = remote.understand(TEXTS[:1], passes=3, seed=1)
    answers = []

    def ask() -> None:
        answers.extend(remote.understand(TEXTS[:1], passes=3, seed=1) == expected for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    running.kill_one()
    for thread in threads:
        thread.join()
    assert answers == [True] * 40


def test_an_unknown_version_is_refused_at_once(running: Replicas):
    with pytest.raises(RemoteError, match="nobody-made-this"):
        RemotePredictor(running.url, "nobody-made-this").load()


def test_a_dead_address_is_named():
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:1"):
        RemotePredictor("http://127.0.0.1:1", "v").understand(["Hello"])
