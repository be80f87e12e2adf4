import copy

import pytest

from annotation.errors import AlreadyLabelled, CodebookInvalid, LabelInvalid, NotAllowed
from annotation.models import Annotation, Codebook, Dataset, Purpose
from annotation.selectors.codebooks import changed_labels, stale_labels
from annotation.selectors.queue import queue_for, recheck_for, recheck_progress
from annotation.services.annotation import annotation_undo
from annotation.services.codebook import codebook_current, codebook_revise
from annotation.services.ticket import ticket_issue, ticket_next
from tests.annotation.people import EXPOSITORY, OTHER, PROBING, annotator, say
from tests.cast import Cast


def revise(cast: Cast, *labels: str) -> Codebook:
    """A new version in which these types mean something else."""
    now = codebook_current()
    types = copy.deepcopy(now.types)
    for kind in types:
        if kind["label"] in labels:
            kind["definition"] += " And more."
    return codebook_revise(viewer=cast.rosa, title=now.title, guidelines=now.guidelines + ".", types=types)


def test_only_labels_that_name_a_changed_type_are_stale(cast: Cast, demo: Dataset):
    first, second, third = demo.items.all()[:3]
    hit = say(cast.ana, first, PROBING)
    behind = say(cast.ana, second, OTHER, PROBING)  # second in the order of preference
    say(cast.ana, third, OTHER)
    assert not stale_labels().exists()
    new = revise(cast, PROBING)
    assert changed_labels(hit.codebook, new) == [PROBING]
    assert set(stale_labels()) == {hit, behind}
    assert set(recheck_for(cast.ana)) == {first, second}
    assert not recheck_for(annotator("ben")).exists()


def test_a_change_of_the_guidelines_alone_makes_nothing_stale(cast: Cast, demo: Dataset):
    say(cast.ana, demo.items.first(), PROBING)
    assert revise(cast).version == 2
    assert not stale_labels().exists()


def test_two_changes_add_up(cast: Cast, demo: Dataset):
    first, second = demo.items.all()[:2]
    say(cast.ana, first, PROBING)
    revise(cast, PROBING)
    say(cast.ana, second, PROBING)
    revise(cast, OTHER)
    assert list(recheck_for(cast.ana)) == [first]


def test_looking_again_adds_a_row_under_the_new_version(cast: Cast, demo: Dataset):
    item = demo.items.first()
    old = say(cast.ana, item, PROBING)
    new = revise(cast, PROBING)
    again = say(cast.ana, item, EXPOSITORY, purpose=Purpose.RECHECK)
    old.refresh_from_db()
    assert (old.is_standing, old.superseded_by, old.labels) == (False, again, [PROBING])
    assert (again.codebook, again.suggestion_shown) == (new, False)
    assert not recheck_for(cast.ana).exists()
    assert recheck_progress(cast.ana).labelled == 1
    assert item not in queue_for(cast.ana)


def test_taking_it_back_brings_the_old_label_back(cast: Cast, demo: Dataset):
    item = demo.items.first()
    old = say(cast.ana, item, PROBING)
    revise(cast, PROBING)
    say(cast.ana, item, EXPOSITORY, purpose=Purpose.RECHECK)
    _undone, ticket = annotation_undo(viewer=cast.ana, txn="u1")
    assert ticket.purpose == Purpose.RECHECK
    assert Annotation.objects.get(item=item, is_standing=True) == old
    assert annotation_undo(viewer=cast.ana, txn="u1")[1] == ticket  # the same again takes nothing more back
    assert list(recheck_for(cast.ana)) == [item]


def test_it_can_be_looked_at_again_once_and_not_skipped(cast: Cast, demo: Dataset):
    item = demo.items.first()
    say(cast.ana, item, PROBING)
    revise(cast, PROBING)
    with pytest.raises(AlreadyLabelled):
        say(cast.ana, item, PROBING)  # an ordinary ticket replaces no label
    with pytest.raises(AlreadyLabelled):
        say(cast.ana, item, purpose=Purpose.RECHECK, skipped=True)
    say(cast.ana, item, PROBING, purpose=Purpose.RECHECK)
    with pytest.raises(AlreadyLabelled):
        say(cast.ana, item, PROBING, purpose=Purpose.RECHECK)
    with pytest.raises(LabelInvalid):
        say(cast.ana, item, purpose=Purpose.RECHECK)


def test_the_ticket_shows_the_own_label_and_no_suggestion(cast: Cast, demo: Dataset, client):
    item = demo.items.filter(holdout=False).first()
    say(cast.ana, item, PROBING)
    revise(cast, PROBING)
    ticket = ticket_next(viewer=cast.ana, recheck=True)
    assert (ticket.item, ticket.shown_label) == (item, "")
    client.force_login(cast.ana)
    page = client.get("/annotation/label/?recheck=1").content.decode()
    assert "Your label, version 1" in page
    assert f'data-suggested="{PROBING}"' in page
    assert "data-skip>" not in page
    assert "1 of your labels was given" in client.get("/annotation/").content.decode()


def test_a_codebook_is_revised_by_researchers_and_whole(cast: Cast, demo: Dataset):
    now = codebook_current()
    same = {"title": now.title, "guidelines": now.guidelines, "types": now.types}
    assert codebook_revise(viewer=cast.rosa, **same) == now
    with pytest.raises(NotAllowed):
        codebook_revise(viewer=cast.ana, **same)
    for broken in ({"types": now.types[:3]}, {"guidelines": " "}):
        with pytest.raises(CodebookInvalid):
            codebook_revise(viewer=cast.rosa, **{**same, **broken})


def test_a_held_ticket_of_the_old_version_still_saves(cast: Cast, demo: Dataset):
    item = demo.items.first()
    ticket_issue(viewer=cast.ana, item=item)
    revise(cast, PROBING)
    assert say(cast.ana, item, PROBING).codebook.version == 2
