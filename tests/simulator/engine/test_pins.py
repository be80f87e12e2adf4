"""Scenarios that are read by a model version of their own, in one engine at the same time."""

import pytest

from models_zoo.store import ModelStore
from models_zoo.version_folder import copy_files
from simulator.engine.loop import Engine
from simulator.models import Turn
from simulator.services.message import message_post
from simulator.services.scenario import SCENARIO_DIR, scenario_install
from simulator.services.session import session_start
from tests.cast import Cast

SAID = "How long is the blue one?"


@pytest.fixture
def store(settings, tmp_path) -> ModelStore:
    settings.MODEL_STORE = tmp_path / "models"
    store = ModelStore(settings.MODEL_STORE)
    store.ensure_demo()
    return store


def another_version(store: ModelStore, seed: int) -> str:
    """The shipped model under another name; not active."""
    manifest = store.manifest(store.current())
    source = store.path(manifest.version)
    return store.publish(
        lambda folder: copy_files(source, folder, manifest), manifest.model_copy(update={"seed": seed})
    )


def ask(cast: Cast, pin: str | None) -> Turn:
    source = (SCENARIO_DIR / "scale-factor.yaml").read_text()
    if pin is not None:
        source = with_pin(source, pin)
    session = session_start(
        teacher=cast.tess, study=cast.study, scenario=scenario_install(source=source), pacing_scale=0.0
    )
    message_post(session=session, teacher=cast.tess, client="tab", txn="t", text=SAID)
    return session.turns.get()


def with_pin(source: str, pin: str) -> str:
    slug = f"pinned-{pin[-12:]}"
    return source.replace("slug: scale-factor\n", f"slug: {slug}\n") + f"\nrouting:\n  model_version: {pin}\n"


@pytest.fixture
def engine(store) -> Engine:
    engine = Engine()
    engine.model.start()
    engine.batch.took(1, 0.001)  # all turns in one batch
    return engine


def test_each_scenario_is_read_by_the_version_it_pins(cast: Cast, store, engine: Engine):
    first, second = another_version(store, 101), another_version(store, 102)
    engine.pinned.prepare()
    turns = {pin: ask(cast, pin) for pin in (None, first, second, store.current())}
    assert engine.step()
    for pin, turn in turns.items():
        stored = Turn.objects.get(pk=turn.pk).prediction
        assert stored["model_version"] == (pin or store.current())
        assert stored["understanding"]["dialogue_act"]["labels"]
    read = [Turn.objects.get(pk=turn.pk).prediction["understanding"] for turn in turns.values()]
    kinds = [[(entity["kind"], entity["text"]) for entity in one["entities"]] for one in read]
    assert kinds[0]
    assert kinds == [kinds[0]] * 4  # the weights are the same


def test_a_pinned_version_that_cannot_be_loaded_goes_to_a_person_and_the_others_are_answered(
    cast: Cast, store, engine: Engine
):
    damaged = another_version(store, 101)
    file = store.path(damaged) / "heads.safetensors"
    file.write_bytes(file.read_bytes()[:-4])
    bad, unknown, good = ask(cast, damaged), ask(cast, "no-such-version"), ask(cast, None)
    engine.pinned.prepare()
    assert engine.step()
    for turn, version in ((bad, damaged), (unknown, "no-such-version")):
        turn.refresh_from_db()
        assert turn.route == "failed"
        assert turn.prediction is None or "model_version" not in turn.prediction
        details = [event.payload.get("detail", "") for event in turn.session.events.all()]
        assert any(f"model version {version} is pinned" in detail for detail in details)
    assert Turn.objects.get(pk=good.pk).prediction["model_version"] == store.current()
