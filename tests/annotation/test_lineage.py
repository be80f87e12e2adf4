"""Label, row, version, replies: followed from either end, and what a corrected label touched."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from annotation.errors import NotAllowed, NotFound
from annotation.lineage_drawing import lineage_drawing
from annotation.models import Annotation, Dataset, Item, RunKind, RunStatus, TrainingRun
from annotation.selectors.lineage import corrections_for, item_lineage, replies_touched
from annotation.selectors.marks import clean_ancestor, marked_versions
from annotation.selectors.version_lineage import version_family, version_lineage
from annotation.services.annotation import annotation_undo
from annotation.services.item import items_collect
from annotation.services.rebuild import rebuild_if_due
from annotation.store import model_store
from models_zoo.manifest import Manifest
from simulator.models import Session, Turn
from simulator.services.session import session_end
from simulator.services.study import consent_withdraw
from tests.annotation.people import OTHER, PROBING, say
from tests.cast import Cast
from tests.contracts.test_leaks import _by_machine, hold


def publish(day: int, *, parent: str | None = None, **lineage: object) -> str:
    """A version that learned these rows. What its weights say does not matter here."""
    manifest = Manifest(
        created=f"2026-01-{day:02d}T00:00:00Z",
        labels={"question_type": ("a", "b")},
        backbone="none",
        backbone_sha256="0",
        lineage=lineage,
        parent=parent,
    )

    def write(folder) -> None:
        (folder / "weights").write_bytes(bytes([day]))

    return model_store().publish(write, manifest)


class World:
    """A rehearsal whose first question was labelled; one version learned it, one goes on from that one."""

    def __init__(self, cast: Cast) -> None:
        self.session: Session = hold(cast, _by_machine)
        session_end(session=self.session, reason="finished", actor=cast.tess.actor)
        items_collect()
        self.item = Item.objects.get(source_event=self.session.turns.get(number=1).asked_id)
        self.label: Annotation = say(cast.ana, self.item, PROBING)
        self.other = publish(1)
        self.learned = publish(
            2,
            parent=self.other,
            annotation_ids=[self.label.pk],
            item_ids=[self.item.pk],
            event_ids=[str(self.item.source_event)],
        )
        self.child = publish(3, parent=self.learned)
        model_store().activate(self.child)
        Turn.objects.filter(session=self.session, number=2).update(model_version=self.child)


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def test_a_label_leads_to_its_versions_and_the_replies_that_they_read(cast: Cast, world: World):
    lineage = item_lineage(cast.rosa, world.item.pk)
    assert [(use.version, use.how) for use in lineage.uses] == [
        (world.child, "parent"),
        (world.learned, "label"),
    ]
    assert lineage.uses[0].served.replies == lineage.uses[0].served.alone == 1
    assert lineage.turn == world.session.turns.get(number=1)
    assert lineage.stale == []
    touched = replies_touched(cast.rosa, lineage.learned)
    assert [turn.number for turn in touched] == [2]


def test_correcting_a_label_lists_the_replies_that_it_touched(cast: Cast, world: World):
    assert corrections_for(cast.rosa) == []
    annotation_undo(viewer=cast.ana, txn="u")
    say(cast.ana, world.item, OTHER)
    (correction,) = corrections_for(cast.rosa)
    assert (correction.label, correction.now) == (world.label, OTHER)
    assert correction.versions == [world.learned]
    lineage = item_lineage(cast.rosa, world.item.pk)
    assert {use.version for use in lineage.stale} == {world.learned, world.child}


def test_a_version_leads_back_to_its_rows_and_on_to_its_replies(cast: Cast, world: World):
    learned = version_lineage(cast.rosa, world.learned)
    assert list(learned.labelled) == [world.item]
    assert learned.parent == world.other
    assert [turn.number for turn in version_lineage(cast.rosa, world.child).replies] == [2]
    assert [node.version for node in version_family(cast.rosa)] == [world.other, world.learned, world.child]
    with pytest.raises(NotFound):
        version_lineage(cast.rosa, "none")


def test_lineage_is_for_researchers_and_replies_of_their_own_studies(cast: Cast, world: World):
    with pytest.raises(NotAllowed):
        item_lineage(cast.ana, world.item.pk)
    with pytest.raises(NotFound):
        item_lineage(cast.tess, world.item.pk)
    cast.study.members.remove(cast.rosa)
    assert list(version_lineage(cast.rosa, world.child).replies) == []
    assert list(version_lineage(cast.rosa, world.learned).labelled) == []
    with pytest.raises(NotFound):
        item_lineage(cast.rosa, world.item.pk)
    Dataset.objects.update(study=None)  # everybody's question is no leave to read the rehearsal
    assert item_lineage(cast.rosa, world.item.pk).turn is None


def test_the_pages_hold_together(cast: Cast, world: World, client):
    client.force_login(cast.rosa)
    for address in (
        reverse("annotation:lineage"),
        reverse("annotation:lineage-item", args=[world.item.pk]),
        reverse("annotation:lineage-version", args=[world.learned]),
        reverse("decision", args=[world.session.public_id, 2]),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "annotation/lineage" in answer.content.decode()
    page = client.get(reverse("annotation:lineage-item", args=[world.item.pk])).content.decode()
    drawing = page[page.index('<svg class="chart lineage__drawing') :]
    ElementTree.fromstring(drawing[: drawing.index("</svg>") + 6])  # noqa: S314 (our own page)


def test_a_withdrawal_marks_a_version_and_what_goes_on_from_it_and_queues_one_rebuild(
    cast: Cast, world: World
):
    consent_withdraw(person=cast.tess, study=cast.study)
    marks = marked_versions()
    assert marks[world.learned].rows == 1
    assert marks[world.child].ancestor == world.learned
    assert world.other not in marks
    assert clean_ancestor(world.child) == world.other
    first = rebuild_if_due()
    assert first is not None
    assert first.options == {"rebuild": True}
    assert rebuild_if_due() is None
    TrainingRun.objects.filter(pk=first.pk).update(status=RunStatus.DONE)
    assert rebuild_if_due() is None
    with pytest.raises(NotFound):
        item_lineage(cast.rosa, world.item.pk)


def test_a_rebuild_waits_for_the_training_under_way_and_is_tried_three_times(cast: Cast, world: World):
    under_way = TrainingRun.objects.create(kind=RunKind.RETRAIN, status=RunStatus.RUNNING)
    consent_withdraw(person=cast.tess, study=cast.study)
    under_way.refresh_from_db()
    assert under_way.cancel_requested  # it may hold the rows
    assert rebuild_if_due() is None
    TrainingRun.objects.filter(pk=under_way.pk).update(status=RunStatus.CANCELLED)
    for _ in range(3):
        run = rebuild_if_due()
        assert run is not None
        TrainingRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED)
    assert rebuild_if_due() is None


def test_a_drawing_keeps_within_its_box_and_draws_every_version_once(cast: Cast, world: World):
    uses = item_lineage(cast.rosa, world.item.pk).uses
    many = [replace(uses[1], version=f"v{n}", parent="") for n in range(20)]
    drawing = lineage_drawing(many, [world.label.pk], stale=["v1"])
    assert len(drawing.versions) == 8
    assert all(box.y + drawing.box <= drawing.height for box in [*drawing.versions, *drawing.labels])
    assert [box.css for box in drawing.versions].count("is-stale") == 1
    assert lineage_drawing([], [], stale=[]).height > 0
