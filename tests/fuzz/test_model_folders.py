"""Model folders that were cut, changed or made by somebody else: refused by name, and never run as code."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from models_zoo.manifest import Manifest, StoredFile
from models_zoo.serving.predictor import load_predictor
from models_zoo.serving.shared.errors import SharedBackboneError
from models_zoo.serving.shared.versions import SharedVersions
from models_zoo.store import DEMO, ModelStore, ModelStoreError
from models_zoo.version_folder import MANIFEST, read_manifest, seal
from tests.fuzz import nasty
from tests.fuzz.amount import no_hang, tries

pytestmark = pytest.mark.slow
FILES = sorted(path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    store = ModelStore(tmp_path_factory.mktemp("store"))
    store.ensure_demo()
    return store


@tries(25)
@given(name=st.sampled_from(FILES), harms=nasty.harm)
def test_a_damaged_folder_is_refused_by_name(shipped: ModelStore, name: str, harms):
    version = shipped.versions()[0].version
    path = shipped.path(version) / name
    before = path.read_bytes()
    after = nasty.harmed(before, harms)
    path.write_bytes(after)
    try:
        with no_hang():
            if after == before:
                shipped.verify(version)
            else:
                with pytest.raises(ModelStoreError):
                    shipped.verify(version)
    finally:
        path.write_bytes(before)


class Evil:
    """Leaves a trace where it is unpickled."""

    trace = ""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, ...]]:
        return os.mkdir, (self.trace,)


def _other_shapes(folder: Path) -> None:
    heads = {name: torch.zeros(3, 3) for name in load_file(folder / "heads.safetensors")}
    save_file(heads, folder / "heads.safetensors")


def _other_names(folder: Path) -> None:
    save_file({"../../x": torch.zeros(2)}, folder / "adapter.safetensors")


def _cut(folder: Path) -> None:
    path = folder / "familiar.safetensors"
    path.write_bytes(path.read_bytes()[:100])


def _huge_header(folder: Path) -> None:
    (folder / "heads.safetensors").write_bytes(b"\xff" * 7 + b"\x7f" + b"{}")


def _long_header(folder: Path) -> None:
    header = b'{"a":' * 200_000
    (folder / "heads.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)


def _no_json(folder: Path) -> None:
    (folder / "adapter" / "adapter_config.json").write_text("[" * 10_000)


def _other_method(folder: Path) -> None:
    path = folder / "adapter" / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"peft_type": "os.system"}))


def _pickles(folder: Path) -> None:
    """Files that would act if anything loaded them as pickles; torch's own name is there as well."""
    for path in (folder / "adapter.safetensors", folder / "adapter" / "adapter_model.bin"):
        path.write_bytes(pickle.dumps(Evil()))


@pytest.mark.parametrize(
    "forge",
    [_other_shapes, _other_names, _cut, _huge_header, _long_header, _no_json, _other_method, _pickles],
)
def test_a_forged_version_with_right_checksums_is_refused_and_runs_nothing(
    forge: Callable[[Path], None], tmp_path: Path, shipped: ModelStore, monkeypatch
):
    """Somebody who can write the store can seal anything; whoever serves must survive it."""
    monkeypatch.setattr(Evil, "trace", str(tmp_path / "ran"))
    staged = tmp_path / "staged"
    shutil.copytree(DEMO, staged)
    (staged / MANIFEST).unlink()
    forge(staged)
    manifest = seal(staged, read_manifest(DEMO))
    store = ModelStore(tmp_path / "store")
    shutil.copytree(staged, store.path(manifest.version))
    store.verify(manifest.version)
    with no_hang():
        for load in (
            lambda: load_predictor(store, manifest.version),
            lambda: SharedVersions(store).load(manifest.version),
        ):
            with pytest.raises((ModelStoreError, SharedBackboneError)):
                load()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["../../outside", "/etc/hostname", "adapter/../../../x", "a\0b", ""])
def test_a_manifest_that_names_files_elsewhere_is_refused(name: str, tmp_path: Path, shipped: ModelStore):
    store = ModelStore(tmp_path / "store")
    (tmp_path / "store").mkdir()
    (tmp_path / "outside").write_text("x")
    manifest: Manifest = shipped.versions()[0]
    files = manifest.files | {name: StoredFile(sha256="0" * 64, size_bytes=1)}
    forged = manifest.model_copy(update={"files": files})
    forged = forged.model_copy(update={"version": forged.derived_version()})
    shutil.copytree(shipped.path(manifest.version), store.path(forged.version))
    (store.path(forged.version) / MANIFEST).write_text(json.dumps(forged.model_dump(mode="json")))
    with pytest.raises(ModelStoreError) as refused:
        store.activate(forged.version)
    assert refused.value.code == "missing_file"


@pytest.mark.parametrize("version", ["../../etc", "/etc", "..", ".", "", "a/b", "\0", "x" * 5000])
def test_a_version_is_a_name_and_no_path(version: str, shipped: ModelStore):
    for ask in (shipped.manifest, shipped.verify, shipped.activate):
        with pytest.raises(ModelStoreError) as refused:
            ask(version)
        assert refused.value.code == "unknown_version"
