import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from annotation.errors import NotAllowed, VersionRefused
from annotation.models import Dataset, RunKind, RunStatus, Suggestion, TrainingRun
from annotation.selectors.training_data import training_data
from annotation.services.annotation import Judgement, annotation_save
from annotation.services.prefill import queue_refresh
from annotation.services.run import run_create, run_execute
from annotation.services.ticket import ticket_issue
from annotation.services.training import version_deploy, version_roll_back
from annotation.services.weak_labels import weak_labels_run
from models_zoo.labels import QUESTION_TYPES
from models_zoo.store import ModelStore
from models_zoo.training import TrainingConfig
from simulator.models import User
from tests.annotation.conftest import an_item
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> None:
    """A few lines of the corpus and one epoch: everything real but the amount."""
    from models_zoo import training

    corpus = training.load_corpus()[::60]
    monkeypatch.setattr(training, "load_corpus", lambda: corpus)
    monkeypatch.setattr("models_zoo.training.run.load_corpus", lambda: corpus)
    monkeypatch.setattr(
        TrainingConfig,
        "warm",
        classmethod(lambda cls: cls(epochs=1, evaluation_passes=2, distillation_texts=0)),
    )
    monkeypatch.setattr("annotation.services.prefill.PASSES", 2)


@pytest.fixture
def demo(demo: Dataset) -> Dataset:
    """Sixteen of its questions, three of them held out."""
    kept = [*demo.items.filter(holdout=True)[:3], *demo.items.filter(holdout=False)[:13]]
    demo.items.exclude(pk__in=[item.pk for item in kept]).delete()
    return demo


def label(person: User, item, *labels: str, **options: object):
    ticket = ticket_issue(viewer=person, item=item)
    judgement = Judgement(labels=labels, **options)
    return annotation_save(viewer=person, ticket_id=str(ticket.pk), txn=uuid4().hex, judgement=judgement)


def retrain(*, deploy: bool = False) -> TrainingRun:
    return run_execute(run_id=run_create(kind=RunKind.RETRAIN, deploy=deploy).pk)


def test_a_new_version_waits_beside_the_running_one_with_their_difference(demo: Dataset, store: ModelStore):
    before = store.current()
    run = retrain()
    assert (run.status, run.parent_version, run.progress) == (RunStatus.DONE, before, 1.0), run.log
    assert store.current() == before
    manifest = store.verify(run.version)
    assert manifest.parent == before
    held_out = demo.items.filter(holdout=True).count()
    difference = run.comparison["questions"]["difference"]["question_type_accuracy"]
    assert difference["n"] == held_out
    assert difference["low"] <= difference["value"] <= difference["high"]
    assert "dialogue_act_accuracy" in run.comparison["corpus"]["difference"]


def test_lineage_names_labels_and_never_a_held_out_item(cast: Cast, demo: Dataset, store: ModelStore):
    given = label(cast.ana, an_item(demo), QUESTION_TYPES[0])
    hidden = label(cast.ana, an_item(demo, holdout=True), QUESTION_TYPES[1])
    lineage = store.manifest(retrain().version).lineage
    assert lineage["annotation_ids"] == [given.pk]
    assert hidden.pk not in lineage["annotation_ids"]
    held_out = set(demo.items.filter(holdout=True).values_list("pk", flat=True))
    assert held_out == set(lineage["held_out_item_ids"])
    assert not held_out & set(lineage["weak_item_ids"])


def test_a_run_that_was_asked_to_deploys(demo: Dataset, store: ModelStore):
    run = retrain(deploy=True)
    assert store.current() == run.version
    assert run.deployed_at is not None


def test_a_cancelled_training_leaves_no_version(cast: Cast, demo: Dataset, store: ModelStore):
    run = run_create(kind=RunKind.RETRAIN)
    before = [manifest.version for manifest in store.versions()]

    def cancel_while_training(share: float, message: str) -> None:
        if message.startswith("step"):
            TrainingRun.objects.filter(pk=run.pk).update(cancel_requested=True)

    monkey = pytest.MonkeyPatch()
    monkey.setattr("annotation.services.run.REPORT_EVERY_S", 0.0)
    ended = run_execute(run_id=run.pk, watch=cancel_while_training)
    monkey.undo()
    assert ended.status == RunStatus.CANCELLED
    assert [manifest.version for manifest in store.versions()] == before


def test_a_damaged_parent_fails_the_run_and_says_why(demo: Dataset, store: ModelStore):
    weights = next(store.path(store.current()).glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    run = retrain()
    assert run.status == RunStatus.FAILED
    assert "checksum" in run.message


def test_deploying_and_rolling_back_renew_the_suggestions(cast: Cast, demo: Dataset, store: ModelStore):
    first = store.current()
    run_execute(run_id=run_create(kind=RunKind.PREFILL).pk)
    item = an_item(demo)
    assert item.suggestions.first().model_version == first
    second = retrain().version
    assert version_deploy(viewer=cast.rosa, version=second) == second
    run_execute(run_id=TrainingRun.objects.get(kind=RunKind.PREFILL, status=RunStatus.QUEUED).pk)
    assert item.suggestions.first().model_version == second
    assert version_roll_back(viewer=cast.rosa) == first
    run_execute(run_id=TrainingRun.objects.get(kind=RunKind.PREFILL, status=RunStatus.QUEUED).pk)
    assert item.suggestions.first().model_version == first
    assert Suggestion.objects.filter(item=item).count() == 2


def test_only_researchers_deploy_and_roll_back(cast: Cast, store: ModelStore):
    with pytest.raises(NotAllowed):
        version_deploy(viewer=cast.ana, version=str(store.current()))
    with pytest.raises(NotAllowed):
        version_roll_back(viewer=cast.ana)


def test_an_unknown_version_is_not_deployed(cast: Cast, store: ModelStore):
    before = store.current()
    with pytest.raises(VersionRefused, match="no model version"):
        version_deploy(viewer=cast.rosa, version="understanding-none")
    assert store.current() == before


def test_there_is_nothing_before_the_first_version(cast: Cast, store: ModelStore):
    with pytest.raises(VersionRefused, match="No earlier"):
        version_roll_back(viewer=cast.rosa)


def test_held_out_items_get_a_suggestion_too_for_later_comparison(demo: Dataset, store: ModelStore):
    run_execute(run_id=run_create(kind=RunKind.PREFILL).pk)
    assert demo.items.filter(suggestions=None).count() == 0
    assert sum(an_item(demo, holdout=True).suggestions.get().probabilities) == pytest.approx(1, abs=1e-5)


def test_looking_at_the_queue_asks_for_suggestions_once(demo: Dataset, store: ModelStore):
    queue_refresh()
    queue_refresh()
    assert TrainingRun.objects.filter(kind=RunKind.PREFILL).count() == 1


def test_a_failed_prefill_is_not_asked_for_again_at_every_look(demo: Dataset, store: ModelStore):
    queue_refresh()
    TrainingRun.objects.update(status=RunStatus.FAILED)
    queue_refresh()
    assert TrainingRun.objects.count() == 1


def test_people_outweigh_rules_and_share_the_weight_where_they_disagree(cast: Cast, demo: Dataset):
    item = an_item(demo)
    label(cast.ana, item, QUESTION_TYPES[0])
    label(cast.rosa, item, QUESTION_TYPES[2], QUESTION_TYPES[0])
    examples = [each for each in training_data(weak_labels_run()).train if each.text == item.text]
    assert {(each.question_type, each.weight) for each in examples} == {
        (QUESTION_TYPES[0], 0.5),
        (QUESTION_TYPES[2], 0.5),
    }


def test_flagged_items_are_not_trained_on(cast: Cast, demo: Dataset):
    item = an_item(demo)
    label(cast.ana, item, QUESTION_TYPES[0], data_issue=True)
    label(cast.rosa, item, QUESTION_TYPES[0])
    assert item.text not in {each.text for each in training_data(None).train}


def test_a_text_that_is_also_held_out_is_not_trained_on(cast: Cast, demo: Dataset):
    hidden, shown = an_item(demo, holdout=True), an_item(demo)
    shown.text = f"  {hidden.text.upper()} "
    shown.save()
    label(cast.ana, shown, QUESTION_TYPES[0])
    texts = {each.text.strip().lower() for each in training_data(weak_labels_run()).train}
    assert hidden.text.lower() not in texts


def test_weak_labels_are_weighted_by_their_probability(demo: Dataset):
    run = weak_labels_run()
    weights = {each.text: each.weight for each in training_data(run).train}
    weak = run.labels.filter(item__text__in=weights).select_related("item")
    assert weak.exists()
    assert all(weights[one.item.text] == max(one.probabilities) for one in weak)


def test_the_command_trains_deploys_and_writes_the_figures(
    demo: Dataset, store: ModelStore, tmp_path, capsys
):
    path = tmp_path / "figures.json"
    call_command("retrain", "--deploy", "--json", str(path))
    figures = json.loads(path.read_text())
    assert store.current() == figures["version"] != figures["parent"]
    assert "question_type_accuracy" in capsys.readouterr().out
    assert Suggestion.objects.filter(model_version=figures["version"]).exists()


def test_the_command_fails_where_there_is_nothing_to_train_on(db: None, store: ModelStore):
    with pytest.raises(CommandError, match="nothing to train on"):
        call_command("retrain")
