"""Turns whose scenario is read by a model version of its own, whichever version is active."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from models_zoo.backbones import BackboneError
from models_zoo.serving.shared import SharedBackboneError
from models_zoo.serving.shared.versions import SharedVersions
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.types import Understanding
from simulator.models import ScenarioVersion, Turn

log = structlog.get_logger(__name__)


def pin_of(turn: Turn) -> str | None:
    """The version that the turn's scenario asks for."""
    return turn.session.scenario.content.routing.model_version


class PinnedVersions:
    """Any number of versions over one encoder: a scenario more costs an adapter, not a model."""

    def __init__(self, root: Path) -> None:
        self._versions = SharedVersions(ModelStore(root))

    def prepare(self) -> None:
        """Load what the installed scenarios pin, before a turn must wait for it."""
        for scenario in ScenarioVersion.objects.all():
            version = scenario.content.routing.model_version
            if version is not None:
                self._refusal(version)

    def refusal(self, turn: Turn) -> str | None:
        """Why the turn cannot be read by its version; None when it can."""
        version = pin_of(turn)
        return None if version is None else self._refusal(version)

    def _refusal(self, version: str) -> str | None:
        try:
            self._versions.load(version)
        except (ModelStoreError, SharedBackboneError, BackboneError) as error:
            log.error("pinned_model_not_loaded", version=version, error=str(error))
            return f"model version {version} is pinned by the scenario: {error}"
        return None

    def understand(self, turns: Sequence[Turn], *, passes: int, seeds: Sequence[int]) -> list[Understanding]:
        """Each turn as its own version reads it, in one batch."""
        return self._versions.understand(
            [turn.text for turn in turns], [pin_of(turn) or "" for turn in turns], passes=passes, seeds=seeds
        )
