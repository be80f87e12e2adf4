"""A stored version in another form; and how long each version takes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import VersionRefused
from annotation.models import RunKind, TrainingRun
from annotation.selectors.training_data import training_data
from annotation.store import model_store
from models_zoo.store import ModelStore, ModelStoreError

from .run import RunReporter, RunStopped, run_queue
from .training import versions_compare

if TYPE_CHECKING:
    from models_zoo.training import TrainingConfig

MEASURED_TEXTS = 20


def compression_request(
    *, viewer: Viewer, version: str, decomposition: str, rank: int, targets: Sequence[str]
) -> TrainingRun:
    """Queue the making of ``version`` in another form.

    Raises:
        VersionRefused: the store does not have it.
        RunActive: another version is being compressed.
    """
    require_researcher(viewer)
    try:
        model_store().manifest(version)
    except ModelStoreError as error:
        raise VersionRefused(str(error)) from error
    options = {"version": version, "decomposition": decomposition, "rank": rank, "targets": list(targets)}
    return run_queue(kind=RunKind.COMPRESS, requested_by=viewer, options=options)


def version_compress(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Decompose, let the parent teach, compare with it, measure both. Returns what to say and to store.

    Raises:
        RunStopped, ModelStoreError, ValueError.
    """
    store = model_store()
    parent = str(run.options["version"])
    TrainingRun.objects.filter(pk=run.pk).update(parent_version=parent)
    data = training_data(None)
    version = _compress(run, store, reporter)
    comparison = versions_compare(store, parent, version, data, reporter, start=0.6)
    for each, start in ((parent, 0.8), (version, 0.9)):
        latency_measure(store, each, reporter, start=start, end=start + 0.09)
    reporter.step(0.99, _("Settling"), force=True)
    fields = {"version": version, "comparison": comparison, "parent_version": parent}
    return _("Made %(version)s; it waits to be deployed") % {"version": version}, fields


def _compress(run: TrainingRun, store: ModelStore, reporter: RunReporter) -> str:
    from models_zoo.training import TrainingCancelled, compress_understanding, load_corpus, split

    parts = split(load_corpus())
    reporter.step(0.0, _("Loading the model"))
    try:
        return compress_understanding(
            parts.train,
            held_out=parts.held_out,
            config=_config(run.options),
            progress=reporter.part(0.0, 0.6),
            cancelled=reporter.cancelled,
            parent=str(run.options["version"]),
            store=store,
            lineage={"compressed_from": run.options["version"], "compression_run": run.pk},
        )
    except TrainingCancelled as error:
        raise RunStopped from error


def _config(options: dict[str, Any]) -> "TrainingConfig":
    from models_zoo.training import TrainingConfig

    return TrainingConfig.compressed(
        adapter=options["decomposition"], rank=options["rank"], targets=tuple(options["targets"])
    )


def versions_measure(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Measure the latency of every stored version, one after the other; damaged ones are named in the log."""
    store = model_store()
    names = [manifest.version for manifest in store.versions()]
    measured = 0
    for place, name in enumerate(names):
        try:
            latency_measure(store, name, reporter, start=place / len(names), end=(place + 1) / len(names))
            measured += 1
        except ModelStoreError as error:
            reporter.log(str(error))
    return _("%(count)d versions measured") % {"count": measured}, {}


def latency_measure(
    store: ModelStore, version: str, reporter: RunReporter, *, start: float, end: float
) -> None:
    """Time the reading of corpus lines that trained no shipped model."""
    from models_zoo.serving.latency import measure_latency
    from models_zoo.training import load_corpus, split

    texts = [example.text for example in split(load_corpus()).held_out[:MEASURED_TEXTS]]
    step = reporter.part(start, end)
    found = measure_latency(
        store, version, texts, progress=lambda share: step(share, _("Measuring the latency"))
    )
    reporter.log(
        _("%(version)s: %(ms).0f ms an utterance, %(ratio).2f times the plain encoder")
        % {"version": version, "ms": found.p50_ms, "ratio": found.ratio}
    )
