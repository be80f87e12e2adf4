import shutil
from pathlib import Path

import pytest

from annotation.models import Dataset, Item
from annotation.services.dataset import demo_load
from models_zoo.store import ModelStore
from tests.models_zoo.conftest import (  # noqa: F401 (fixtures)
    _one_thread,
    eight,
    tiny_backbone,
    tiny_config,
    tiny_store,
)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    """No test sees versions of another."""
    settings.MODEL_STORE = tmp_path / "models"


@pytest.fixture
def store(settings, tiny_store: tuple[ModelStore, str]) -> ModelStore:  # noqa: F811
    """The installation's store, with one tiny version in service."""
    shutil.copytree(tiny_store[0].root, settings.MODEL_STORE)
    return ModelStore(settings.MODEL_STORE)


@pytest.fixture
def demo(db: None) -> Dataset:
    return demo_load()


def an_item(dataset: Dataset, *, holdout: bool = False) -> Item:
    """The first item of this kind in the queue's order."""
    item = dataset.items.filter(holdout=holdout).order_by("shuffle_key", "pk").first()
    assert item is not None
    return item
