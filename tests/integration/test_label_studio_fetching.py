"""Against a real Label Studio: labels come back once, and what differs on both sides waits for a person."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from annotation.label_studio.results import Judgement, result_of
from annotation.label_studio.takeover import conflict_decide
from annotation.models import (
    Annotation,
    LabelState,
    LabelStudioLabel,
    LabelStudioTask,
    RunStatus,
)  # fmt: skip
from tests.cast import Cast
from tests.integration.label_studio_server import EMAIL, LabelStudioProcess
from tests.integration.label_studio_world import (
    OTHER,
    PROBING,
    PROCEDURAL,
    annotate,
    pull,
    push,
    questions,
)  # fmt: skip

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_labels_come_back_once_with_time_author_and_outcome(connected: Cast, studio: LabelStudioProcess):
    dataset = questions("back", 12)
    dataset.items.update(holdout=False)
    dataset.items.filter(key="back-3").update(holdout=True)
    connected.ana.email = EMAIL.upper()
    connected.ana.save()
    push(connected, dataset)
    tasks = {task.item.key: task for task in LabelStudioTask.objects.select_related("item")}
    annotate(studio, tasks["back-0"], OTHER)
    annotate(studio, tasks["back-1"], PROBING, OTHER)
    annotate(studio, tasks["back-2"], "Nonsense")
    annotate(studio, tasks["back-3"], OTHER)
    run = pull(connected, dataset)
    assert (run.status, run.message) == (
        RunStatus.DONE, "3 labels taken over, 0 known already, 1 not usable",
    )  # fmt: skip
    found = {each.item.key: each for each in Annotation.objects.select_related("item")}
    assert found["back-1"].labels == [PROBING, OTHER]
    assert {key: each.outcome for key, each in found.items()} == {
        "back-0": "kept", "back-1": "changed", "back-3": "unassisted",
    }  # fmt: skip
    assert found["back-3"].suggested_label == OTHER
    assert {(each.annotator, each.active_ms) for each in found.values()} == {(connected.ana, 7250)}
    assert "'Nonsense' is no question type" in LabelStudioLabel.objects.get(state=LabelState.REFUSED).reason
    before = list(Annotation.objects.values())
    assert pull(connected, dataset).message == "0 labels taken over, 4 known already"
    assert list(Annotation.objects.values()) == before


def test_a_change_there_follows_and_one_on_both_sides_waits_for_a_decision(
    connected: Cast, studio: LabelStudioProcess
):
    dataset = questions("both", 3)
    push(connected, dataset)
    tasks = {task.item.key: task for task in LabelStudioTask.objects.select_related("item")}
    numbers = {key: annotate(studio, task, OTHER) for key, task in tasks.items()}
    pull(connected, dataset)

    def change(key: str, label: str) -> None:
        studio.api(
            "PATCH", f"/api/annotations/{numbers[key]}/", json={"result": result_of(Judgement((label,)))}
        )

    change("both-0", PROBING)
    assert pull(connected, dataset).message.startswith("1 labels taken over")
    stood = Annotation.objects.filter(item__key="both-0").order_by("pk")
    assert [(one.labels, one.is_standing) for one in stood] == [([OTHER], False), ([PROBING], True)]

    for key in ("both-1", "both-2"):  # labelled otherwise here since
        ours = Annotation.objects.get(item__key=key)
        Annotation.objects.filter(pk=ours.pk).update(is_standing=False)
        ours.pk, ours.txn, ours.labels = None, f"here-{key}", [PROCEDURAL]
        ours.save()
        change(key, PROBING)
    assert "2 wait for a decision" in pull(connected, dataset).message
    assert pull(connected, dataset).message == "0 labels taken over, 3 known already"
    assert standing("both-1") == standing("both-2") == [PROCEDURAL]
    browser = Browser()
    browser.force_login(connected.rosa)
    page = browser.get(reverse("annotation:label-studio-conflicts")).content.decode()
    assert PROCEDURAL in page
    assert PROBING in page
    rows = {row.task.item.key: row for row in LabelStudioLabel.objects.filter(state=LabelState.CONFLICT)}
    for key, keep in (("both-1", "ours"), ("both-2", "theirs")):
        browser.post(reverse("annotation:label-studio-decide", args=[rows[key].pk]), {"keep": keep})
    assert (standing("both-1"), standing("both-2")) == ([PROCEDURAL], [PROBING])
    assert "Nothing to decide" in browser.get(reverse("annotation:label-studio-conflicts")).content.decode()
    assert pull(connected, dataset).message == "0 labels taken over, 3 known already"

    studio.api("DELETE", f"/api/annotations/{numbers['both-2']}/")
    assert "1 wait for a decision" in pull(connected, dataset).message
    assert standing("both-2") == [PROBING]
    row = LabelStudioLabel.objects.get(state=LabelState.CONFLICT)
    conflict_decide(viewer=connected.rosa, label_id=row.pk, take_theirs=True)
    assert standing("both-2") is None


def standing(key: str) -> list[str] | None:
    found = Annotation.objects.filter(item__key=key, is_standing=True).first()
    return found.labels if found else None
