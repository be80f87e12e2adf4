import uuid

import pytest
from django.db import IntegrityError, transaction

from annotation.errors import AlreadyLabelled, LabelInvalid, NotFound, NothingToUndo, TicketUnknown
from annotation.models import Action, Annotation, Codebook, Dataset, Item, ItemTicket, Outcome, Suggestion
from annotation.selectors.queue import progress_of, queue_for
from annotation.services.annotation import (
    Judgement,
    annotation_save,
    annotation_undo,
)
from annotation.services.codebook import codebook_publish
from annotation.services.ticket import ticket_issue, ticket_next
from simulator.models import User
from tests.annotation.conftest import an_item
from tests.cast import Cast

PROBING, PROCEDURAL, EXPOSITORY = "Probing and Exploring", "Procedural and Factual", "Expository and Cueing"


def suggest(item: Item, label: str = PROBING, version: str = "v1") -> Suggestion:
    return Suggestion.objects.create(
        item=item,
        model_version=version,
        label=label,
        probabilities=[0.7, 0.1, 0.1, 0.1],
        predictive_entropy=0.9,
    )


def save(person: User, ticket: ItemTicket, *labels: str, txn: str = "", **options: object) -> Annotation:
    return annotation_save(
        viewer=person,
        ticket_id=str(ticket.pk),
        txn=txn or uuid.uuid4().hex,
        judgement=Judgement(labels=labels, **options),
    )


def test_a_kept_and_a_changed_suggestion_are_told_apart(cast: Cast, demo: Dataset):
    for label, outcome in ((PROBING, Outcome.KEPT), (PROCEDURAL, Outcome.CHANGED)):
        item = an_item(demo)
        item.annotations.all().delete()
        suggest(item, version=label)
        saved = save(cast.ana, ticket_issue(viewer=cast.ana, item=item), label)
        assert (saved.outcome, saved.suggestion_shown, saved.suggested_label) == (outcome, True, PROBING)


def test_a_held_out_item_hides_its_suggestion_but_stores_it(cast: Cast, demo: Dataset):
    item = an_item(demo, holdout=True)
    suggest(item)
    ticket = ticket_issue(viewer=cast.ana, item=item)
    saved = save(cast.ana, ticket, PROBING)
    assert not ticket.suggestion_shown
    assert (saved.outcome, saved.suggestion_shown) == (Outcome.UNASSISTED, False)
    assert (saved.suggested_label, saved.suggested_by) == (PROBING, "v1")


def test_what_was_shown_is_what_was_sent_even_when_a_newer_suggestion_came_meanwhile(
    cast: Cast, demo: Dataset
):
    item = an_item(demo)
    suggest(item, PROBING, "old")
    ticket = ticket_issue(viewer=cast.ana, item=item)
    suggest(item, PROCEDURAL, "new")
    saved = save(cast.ana, ticket, PROCEDURAL)
    assert (saved.suggested_by, saved.outcome) == ("old", Outcome.CHANGED)


def test_the_newest_suggestion_is_shown(cast: Cast, demo: Dataset):
    item = an_item(demo)
    suggest(item, PROBING, "old")
    newest = suggest(item, PROCEDURAL, "new")
    assert ticket_issue(viewer=cast.ana, item=item).suggestion == newest


def test_several_types_keep_their_order_of_preference(cast: Cast, demo: Dataset):
    saved = save(cast.ana, ticket_issue(viewer=cast.ana, item=an_item(demo)), EXPOSITORY, PROBING)
    assert Annotation.objects.get(pk=saved.pk).labels == [EXPOSITORY, PROBING]


def test_sending_the_same_twice_stores_it_once(cast: Cast, demo: Dataset):
    ticket = ticket_issue(viewer=cast.ana, item=an_item(demo))
    first = save(cast.ana, ticket, PROBING, txn="t")
    assert save(cast.ana, ticket, PROBING, txn="t") == first
    assert Annotation.objects.count() == 1


def test_a_second_label_is_refused_and_the_first_one_stands(cast: Cast, demo: Dataset):
    ticket = ticket_issue(viewer=cast.ana, item=an_item(demo))
    save(cast.ana, ticket, PROBING)
    with pytest.raises(AlreadyLabelled):
        save(cast.ana, ticket, PROCEDURAL)
    assert [row.labels for row in Annotation.objects.filter(is_standing=True)] == [[PROBING]]


def test_the_database_holds_one_standing_label_a_person(cast: Cast, demo: Dataset):
    saved = save(cast.ana, ticket_issue(viewer=cast.ana, item=an_item(demo)), PROBING)
    saved.pk, saved.txn = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        saved.save(force_insert=True)


def test_a_skipped_item_may_be_labelled_later(cast: Cast, demo: Dataset):
    item = an_item(demo)
    skip = save(cast.ana, ticket_issue(viewer=cast.ana, item=item), skipped=True)
    assert item not in queue_for(cast.ana)
    assert item in queue_for(cast.ana, skipped=True)
    label = save(cast.ana, ticket_issue(viewer=cast.ana, item=item), PROBING)
    skip.refresh_from_db()
    assert (skip.is_standing, skip.superseded_by) == (False, label)
    assert item not in queue_for(cast.ana, skipped=True)


def test_undo_goes_back_item_by_item_and_deletes_nothing(cast: Cast, demo: Dataset):
    items = []
    for _ in range(3):
        ticket = ticket_next(viewer=cast.ana)
        items.append(ticket.item)
        save(cast.ana, ticket, PROBING)
    for item in reversed(items):
        undone, ticket = annotation_undo(viewer=cast.ana, txn=uuid.uuid4().hex)
        assert (undone.item, ticket.item) == (item, item)
    with pytest.raises(NothingToUndo):
        annotation_undo(viewer=cast.ana, txn="more")
    assert Annotation.objects.filter(action=Action.LABEL, is_standing=False).count() == 3
    assert Annotation.objects.filter(action=Action.UNDO).count() == 3
    assert queue_for(cast.ana).first() == items[0]


def test_an_undo_that_is_sent_twice_takes_one_back(cast: Cast, demo: Dataset):
    for _ in range(2):
        save(cast.ana, ticket_next(viewer=cast.ana), PROBING)
    first, _ = annotation_undo(viewer=cast.ana, txn="u")
    again, _ = annotation_undo(viewer=cast.ana, txn="u")
    assert again == first
    assert progress_of(cast.ana).labelled == 1


def test_after_undo_another_label_may_be_given(cast: Cast, demo: Dataset):
    save(cast.ana, ticket_next(viewer=cast.ana), PROBING)
    _, ticket = annotation_undo(viewer=cast.ana, txn="u")
    save(cast.ana, ticket, PROCEDURAL)
    assert [row.labels for row in Annotation.objects.filter(is_standing=True)] == [[PROCEDURAL]]


def test_nobody_undoes_the_label_of_another(cast: Cast, demo: Dataset):
    save(cast.ana, ticket_next(viewer=cast.ana), PROBING)
    with pytest.raises(NothingToUndo):
        annotation_undo(viewer=cast.rosa, txn="u")


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(),
        Judgement(labels=("Philosophical",)),
        Judgement(labels=(PROBING, PROBING)),
    ],
)
def test_a_judgement_without_sense_is_refused(cast: Cast, demo: Dataset, judgement: Judgement):
    ticket = ticket_next(viewer=cast.ana)
    with pytest.raises(LabelInvalid):
        annotation_save(viewer=cast.ana, ticket_id=str(ticket.pk), txn="t", judgement=judgement)
    assert Annotation.objects.count() == 0


def test_a_data_issue_needs_no_type(cast: Cast, demo: Dataset):
    assert save(cast.ana, ticket_next(viewer=cast.ana), data_issue=True).data_issue


def test_times_beyond_reason_are_cut(cast: Cast, demo: Dataset):
    saved = save(cast.ana, ticket_next(viewer=cast.ana), PROBING, active_ms=-5, idle_ms=10**15)
    assert (saved.active_ms, saved.idle_ms) == (0, 12 * 60 * 60 * 1000)


@pytest.mark.parametrize("ticket_id", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_made_up_ticket_is_refused(cast: Cast, demo: Dataset, ticket_id: str):
    with pytest.raises(TicketUnknown):
        annotation_save(viewer=cast.ana, ticket_id=ticket_id, txn="t", judgement=Judgement(labels=(PROBING,)))


def test_the_ticket_of_another_is_refused(cast: Cast, demo: Dataset):
    with pytest.raises(TicketUnknown):
        save(cast.rosa, ticket_next(viewer=cast.ana), PROBING)


def test_asking_again_gives_the_same_ticket(cast: Cast, demo: Dataset):
    assert ticket_next(viewer=cast.ana) == ticket_next(viewer=cast.ana)
    assert ItemTicket.objects.count() == 1


def test_items_that_the_page_holds_are_not_sent_again(cast: Cast, demo: Dataset):
    first = ticket_next(viewer=cast.ana)
    assert ticket_next(viewer=cast.ana, without=[first.item_id]).item != first.item


def test_an_item_leaves_the_queue_when_enough_people_have_labelled_it(cast: Cast, demo: Dataset):
    third = User.objects.create_user("abe", role="annotator")
    item = an_item(demo)
    for person in (cast.ana, cast.rosa):
        assert item in queue_for(third)
        save(person, ticket_issue(viewer=person, item=item), PROBING)
    assert item not in queue_for(third)


def test_a_label_names_the_guidelines_it_was_given_under(cast: Cast, demo: Dataset):
    ticket = ticket_next(viewer=cast.ana)
    old = Codebook.objects.get()
    codebook_publish(title="Stricter", guidelines="Read twice.", types=old.types)
    assert save(cast.ana, ticket, PROBING).codebook == old
    assert ticket_next(viewer=cast.ana).codebook.version == 2


@pytest.mark.parametrize("name", ["tess", "will", "oscar"])
def test_teachers_and_supervisors_get_nothing(cast: Cast, demo: Dataset, name: str):
    with pytest.raises(NotFound):
        ticket_next(viewer=getattr(cast, name))
