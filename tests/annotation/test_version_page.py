"""What a model version's own page says of it."""

from pathlib import Path

from django.test import Client

from models_zoo.manifest import Reliability, ReliabilityBin
from models_zoo.store import ModelStore
from tests.cast import Cast


def test_a_version_says_whether_it_is_as_right_as_it_is_sure(client: Client, cast: Cast, store: ModelStore):
    client.force_login(cast.rosa)
    bins = (ReliabilityBin(count=7, confidence=0.9, accuracy=0.6),)
    assert "90% sure, 60% right, n = 7" in version_page(client, store, before=bins, after=bins)
    assert "Not measured" in version_page(client, store)


def version_page(client: Client, store: ModelStore, **diagram: tuple[ReliabilityBin, ...]) -> str:
    measured = {"question_type": Reliability(**diagram)} if diagram else {}
    manifest = store.manifest(store.current() or "").model_copy(update={"reliability": measured, "files": {}})

    def write(folder: Path) -> None:
        (folder / "note.txt").write_text(str(diagram))

    version = store.publish(write, manifest)
    return client.get(f"/annotation/models/{version}/").content.decode()
