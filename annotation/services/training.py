"""From labels to a version, and a version into service."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import NothingToTrainOn, RunActive, VersionRefused
from annotation.models import RunKind, TrainingRun
from annotation.selectors.marks import clean_ancestor
from annotation.selectors.training_data import TrainingData, training_data
from annotation.store import model_store
from models_zoo.store import ModelStore, ModelStoreError

from .item import items_collect, items_withdraw
from .run import RunReporter, RunStopped, run_queue
from .weak_labels import weak_labels_run

if TYPE_CHECKING:
    from models_zoo.training import TrainingConfig

LEAST_REHEARSED = 400  # corpus lines; with as few as there are new labels, dialogue acts get measurably worse


def version_train(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Collect, label by rules, train, compare. Returns what to say, and what to store on the run.

    The new version goes on from the one in service, or, where that learned from rows that were erased since,
    from its newest ancestor that did not. It serves only when somebody deploys it, or when the run was asked
    to.

    Raises:
        NothingToTrainOn, RunStopped, ModelStoreError.
    """
    store = model_store()
    serving = store.current()
    reporter.step(0.0, _("Collecting questions"))
    reporter.log(_("%(count)d new questions from rehearsals") % {"count": items_collect()})
    reporter.log(_("%(count)d questions withdrawn") % {"count": items_withdraw()})
    applied = reporter.part(0.02, 0.1)
    label_run = weak_labels_run(progress=lambda share: applied(share, _("Applying the labelling functions")))
    reporter.log(label_run.reason)
    TrainingRun.objects.filter(pk=run.pk).update(label_run=label_run, parent_version=serving or "")
    data = training_data(label_run)
    reporter.log(
        _("%(train)d examples to train on, %(held)d held out")
        % {"train": len(data.train), "held": len(data.held_out)}
    )
    parent = clean_ancestor(serving)
    if parent != serving:
        reporter.log(
            _("The version in service learned from erased rows; going on from %(parent)s")
            % {"parent": parent or _("the pretrained encoder")}
        )
    version = _train(run, store, parent, data, reporter)
    comparison = versions_compare(store, serving, version, data, reporter, start=0.8)
    reporter.step(0.99, _("Settling"), force=True)
    if run.deploy:
        store.activate(version)
    fields: dict[str, Any] = {"version": version, "comparison": comparison, "lineage": data.lineage}
    if run.deploy:
        fields["deployed_at"] = timezone.now()
        return _("Trained and deployed %(version)s") % {"version": version}, fields
    return _("Trained %(version)s; it waits to be deployed") % {"version": version}, fields


def _train(
    run: TrainingRun, store: ModelStore, parent: str | None, data: TrainingData, reporter: RunReporter
) -> str:
    from models_zoo.training import TrainingCancelled, TrainingConfig, load_corpus, train_understanding

    if not data.train:
        raise NothingToTrainOn
    examples = data.train if parent else data.train + load_corpus()
    reporter.step(0.1, _("Loading the model"))
    try:
        return train_understanding(
            examples,
            held_out=data.held_out,
            config=_warm(len(examples)) if parent else TrainingConfig(),
            progress=reporter.part(0.1, 0.8),
            cancelled=reporter.cancelled,
            parent=parent,
            store=store,
            lineage={**data.lineage, "run": run.pk},
        )
    except TrainingCancelled as error:
        raise RunStopped from error


def _warm(examples: int) -> "TrainingConfig":
    """Gentle steps from the parent, with enough of the corpus that few new labels do not displace it."""
    from models_zoo.training import TrainingConfig

    config = TrainingConfig.warm()
    return replace(config, rehearsal=max(config.rehearsal, LEAST_REHEARSED / examples))


def versions_compare(
    store: ModelStore,
    parent: str | None,
    version: str,
    data: TrainingData,
    reporter: RunReporter,
    *,
    start: float,
) -> dict[str, Any]:
    """Old against new on held-out questions; and on unseen corpus lines, to show what was forgotten.

    Args:
        start: share of the run that is done when it begins; it takes a fifth.
    """
    from models_zoo.training import compare, load_corpus, split

    if parent is None:
        return {}
    corpus = split(load_corpus()).held_out
    found = {}
    for name, examples, begin in (("questions", data.held_out, start), ("corpus", corpus, start + 0.1)):
        if examples:
            step = reporter.part(begin, begin + 0.1)
            progress = lambda share, step=step: step(share, _("Comparing the two versions"))  # noqa: E731
            found[name] = compare(store, (parent, version), examples, progress=progress).to_json()
    return found


def version_deploy(*, viewer: Viewer, version: str) -> str:
    """Put a version into service: the next turn and the next suggestions use it. Repeating changes nothing.

    Raises:
        VersionRefused: the store does not trust it, or does not have it.
    """
    require_researcher(viewer)
    try:
        model_store().activate(version)
    except ModelStoreError as error:
        raise VersionRefused(str(error)) from error
    TrainingRun.objects.filter(version=version).update(deployed_at=timezone.now())
    prefill_queue(requested_by=viewer)
    return version


def version_roll_back(*, viewer: Viewer) -> str:
    """Return to the version that served before; returns it.

    Raises:
        VersionRefused: there is none.
    """
    require_researcher(viewer)
    try:
        version = model_store().roll_back()
    except ModelStoreError as error:
        raise VersionRefused(str(error)) from error
    prefill_queue(requested_by=viewer)
    return version


def prefill_queue(*, requested_by: Viewer | None = None) -> None:
    """Ask for new suggestions; where that is under way, the run itself notices that the version changed."""
    try:
        run_queue(kind=RunKind.PREFILL, requested_by=requested_by)
    except RunActive:
        return
