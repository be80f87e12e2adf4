"""Model versions as the store and the runs know them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import RunKind, RunStatus, TrainingRun
from annotation.models.training import ACTIVE, MAKES_VERSIONS
from annotation.store import model_store
from models_zoo.manifest import Manifest, Metric
from models_zoo.store import ModelStoreError

from .marks import Mark, marked_versions
from .version_rows import readable_lineages
from .visible import runs_for

SHOWN_METRICS = ("question_type_accuracy", "dialogue_act_accuracy", "entities_f1")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A stored version and where it came from; ``lineage`` names those rows only that the viewer may read."""

    manifest: Manifest
    is_current: bool
    run: TrainingRun | None
    lineage: dict[str, Any]
    mark: Mark | None = None

    @property
    def name(self) -> str:
        return self.manifest.version

    @property
    def short(self) -> str:
        return short_version(self.name)

    @property
    def created_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.created)

    @property
    def metrics(self) -> list[tuple[str, Metric | None]]:
        return [(name, self.manifest.metrics.get(name)) for name in SHOWN_METRICS]

    @property
    def annotations(self) -> int:
        return len(self.manifest.lineage.get("annotation_ids", []))

    @property
    def weak(self) -> int:
        return len(self.manifest.lineage.get("weak_item_ids", []))


def short_version(version: str) -> str:
    """The digest at the end: enough to tell versions apart on a page."""
    return version.rpartition("-")[2][:6]


def versions_for(viewer: Viewer) -> list[VersionRow]:
    """Every readable version, newest first."""
    require_researcher(viewer)
    store = model_store()
    current = store.current()
    runs = {
        run.version: run
        for run in TrainingRun.objects.filter(kind__in=MAKES_VERSIONS, status=RunStatus.DONE).order_by("pk")
    }
    marks = marked_versions()
    manifests = store.versions()
    lineages = readable_lineages(viewer, manifests)
    return [
        VersionRow(each, each.version == current, runs.get(each.version), lineage, marks.get(each.version))
        for each, lineage in zip(manifests, lineages, strict=True)
    ]


def version_for(viewer: Viewer, version: str) -> VersionRow:
    """One version. Raises NotFound."""
    require_researcher(viewer)
    store = model_store()
    try:
        manifest = store.manifest(version)
    except ModelStoreError as error:
        raise NotFound(str(error)) from error
    run = TrainingRun.objects.filter(version=version, kind__in=MAKES_VERSIONS, status=RunStatus.DONE).last()
    (lineage,) = readable_lineages(viewer, [manifest])
    return VersionRow(manifest, version == store.current(), run, lineage, marked_versions().get(version))


def active_run(viewer: Viewer, kind: RunKind) -> TrainingRun | None:
    require_researcher(viewer)
    return runs_for(viewer).filter(kind=kind, status__in=ACTIVE).first()


def run_for(viewer: Viewer, run_id: int) -> TrainingRun:
    """Raises NotFound."""
    require_researcher(viewer)
    run = runs_for(viewer).select_related("requested_by").filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


def latest_runs(viewer: Viewer, *, count: int = 8) -> list[TrainingRun]:
    require_researcher(viewer)
    return list(runs_for(viewer).select_related("requested_by")[:count])


@dataclass(frozen=True, slots=True)
class ComparedMetric:
    """One score of two versions on the same examples."""

    name: str
    old: dict[str, Any]
    new: dict[str, Any]
    difference: dict[str, Any]

    @property
    def verdict(self) -> str:
        """Whether the interval of the difference leaves zero on one side; lower is better for calibration."""
        if self.difference["low"] <= 0 <= self.difference["high"]:
            return "same"
        better = (self.difference["value"] > 0) != self.name.endswith(("calibration_error", "_brier"))
        return "better" if better else "worse"


@dataclass(frozen=True, slots=True)
class ComparedOn:
    """Two versions compared on one set of examples."""

    name: str
    versions: list[str]
    metrics: list[ComparedMetric]


def comparisons_of(run: TrainingRun) -> list[ComparedOn]:
    """What a run stored of new against running."""
    return [
        ComparedOn(
            name,
            found["versions"],
            [
                ComparedMetric(metric, found["old"][metric], found["new"][metric], difference)
                for metric, difference in found["difference"].items()
            ],
        )
        for name, found in run.comparison.items()
    ]
