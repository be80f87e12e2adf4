import uuid

import pytest

from annotation.errors import (
    AlreadyDecided,
    DecisionInvalid,
    NotAllowed,
    NotFound,
    NothingToUndo,
    TicketUnknown,
)
from annotation.models import Adjudication, Dataset, Item
from annotation.selectors.adjudication import disputes, disputes_for, votes_on
from annotation.selectors.queue import queue_for
from annotation.selectors.training_data import training_data
from annotation.selectors.truth import first_choices, labels_of_people
from annotation.services.adjudication import (
    Verdict,
    adjudication_save,
    adjudication_undo,
    adjudicator_entitle,
    dispute_next,
)
from annotation.services.annotation import annotation_undo
from simulator.models import User
from tests.annotation.people import EXPOSITORY, OTHER, PROBING, PROCEDURAL, annotator, say, without_gold
from tests.cast import Cast


@pytest.fixture
def ben(db: None) -> User:
    return annotator("ben")


@pytest.fixture
def disputed(cast: Cast, demo: Dataset, ben: User) -> Item:
    item = without_gold(demo)[0]
    say(cast.ana, item, PROBING, comment="asks why")
    say(ben, item, PROCEDURAL)
    return item


def decide(person: User, label: str = "", **more: object) -> Adjudication:
    ticket = dispute_next(viewer=person)
    assert ticket is not None
    return adjudication_save(
        viewer=person, ticket_id=str(ticket.pk), txn=uuid.uuid4().hex, verdict=Verdict(label, **more)
    )


def test_a_dispute_is_complete_and_differs(cast: Cast, demo: Dataset, ben: User):
    same, first_only, flagged, half, differs, expert = without_gold(demo)[:6]
    for item, hers, his in (
        (same, [PROBING], [PROBING]),
        (first_only, [PROBING, OTHER], [PROBING]),
        (differs, [PROBING], [OTHER]),
        (expert, [PROBING], [OTHER]),
    ):
        say(cast.ana, item, *hers)
        say(ben, item, *his)
    say(cast.ana, flagged, PROBING, data_issue=True)
    say(ben, flagged, PROBING)
    say(cast.ana, half, PROBING)
    Item.objects.filter(pk=expert.pk).update(gold=OTHER)
    assert set(disputes()) == {flagged, differs}


def test_a_flag_without_a_type_differs_from_a_type(cast: Cast, demo: Dataset, ben: User):
    item = without_gold(demo)[0]
    say(cast.ana, item, data_issue=True)
    say(ben, item, PROBING)
    assert list(disputes()) == [item]


def test_the_decision_is_the_truth(cast: Cast, disputed: Item):
    assert disputed.pk not in labels_of_people(holdout=disputed.holdout)
    decision = decide(cast.rosa, PROBING, reason="A reason is asked for.")
    assert labels_of_people(holdout=disputed.holdout)[disputed.pk] == PROBING
    assert first_choices(holdout=disputed.holdout)[disputed.pk] == {PROBING: 1}
    assert {vote.labels[0] for vote in decision.votes.all()} == {PROBING, PROCEDURAL}
    assert not disputes().exists()
    data = training_data(None)
    example = next(each for each in data.train + data.held_out if each.text == disputed.text)
    assert (example.question_type, example.weight) == (PROBING, 1.0)


def test_what_is_put_aside_trains_nothing(cast: Cast, disputed: Item):
    decide(cast.rosa, data_issue=True)
    assert disputed.pk not in first_choices(holdout=disputed.holdout)
    data = training_data(None)
    assert disputed.text not in {each.text for each in data.train + data.held_out}


def test_a_decision_can_be_taken_back_and_stays_on_record(cast: Cast, disputed: Item):
    first = decide(cast.rosa, PROBING)
    adjudication_undo(viewer=cast.rosa, txn="u")
    adjudication_undo(viewer=cast.rosa, txn="u")
    assert list(disputes()) == [disputed]
    decide(cast.rosa, OTHER)
    first.refresh_from_db()
    assert (first.is_standing, first.label) == (False, PROBING)
    assert Adjudication.objects.filter(item=disputed).count() == 3
    adjudication_undo(viewer=cast.rosa, txn="v")
    with pytest.raises(NothingToUndo):
        adjudication_undo(viewer=cast.rosa, txn="w")


def test_the_same_txn_decides_once_and_the_second_to_decide_is_told(cast: Cast, disputed: Item):
    olga = User.objects.create_user("olga", role="researcher")
    mine, hers = dispute_next(viewer=cast.rosa), dispute_next(viewer=olga)
    for _ in range(2):
        adjudication_save(viewer=cast.rosa, ticket_id=str(mine.pk), txn="t", verdict=Verdict(PROBING))
    assert Adjudication.objects.count() == 1
    with pytest.raises(AlreadyDecided):
        adjudication_save(viewer=olga, ticket_id=str(hers.pk), txn="t", verdict=Verdict(OTHER))


def test_nonsense_is_refused(cast: Cast, disputed: Item):
    with pytest.raises(DecisionInvalid):
        decide(cast.rosa, "Nonsense")
    for ticket in ("x", str(uuid.uuid4())):
        with pytest.raises(TicketUnknown):
            adjudication_save(viewer=cast.rosa, ticket_id=ticket, txn="t", verdict=Verdict(PROBING))


def test_an_annotator_decides_only_when_entitled_and_never_about_an_own_label(
    cast: Cast, disputed: Item, ben
):
    cem = annotator("cem")
    for person in (cast.ana, ben, cem):
        with pytest.raises(NotAllowed):
            dispute_next(viewer=person)
        adjudicator_entitle(viewer=cast.rosa, person_id=person.pk, entitled=True)
    assert not disputes_for(cast.ana).exists()
    assert not disputes_for(ben).exists()
    assert decide(cem, EXPOSITORY).adjudicator == cem
    adjudicator_entitle(viewer=cast.rosa, person_id=cem.pk, entitled=False)
    with pytest.raises(NotAllowed):
        dispute_next(viewer=cem)


def test_only_annotators_are_entitled_and_only_by_researchers(cast: Cast):
    with pytest.raises(NotFound):
        adjudicator_entitle(viewer=cast.rosa, person_id=cast.tess.pk, entitled=True)
    with pytest.raises(NotAllowed):
        adjudicator_entitle(viewer=cast.ana, person_id=cast.ana.pk, entitled=True)


def test_who_saw_the_labels_no_longer_labels_the_item(cast: Cast, disputed: Item, ben: User, client):
    cem = annotator("cem")
    adjudicator_entitle(viewer=cast.rosa, person_id=cem.pk, entitled=True)
    dispute_next(viewer=cem)
    annotation_undo(viewer=ben, txn="u")  # the item is open again
    assert disputed in queue_for(ben)
    assert disputed not in queue_for(cem)
    client.force_login(cem)
    assert client.get(f"/annotation/label/?item={disputed.pk}").status_code == 404


def test_votes_come_without_names_in_an_order_of_their_own(cast: Cast, demo: Dataset, ben: User):
    orders = set()
    for item in without_gold(demo)[:12]:
        say(cast.ana, item, PROBING)
        say(ben, item, OTHER)
        votes = votes_on(item)
        assert [vote.letter for vote in votes] == ["A", "B"]
        orders.add(votes[0].annotation.annotator.username)
    assert orders == {"ana", "ben"}


def test_the_page_shows_both_votes_and_notes_and_decides(cast: Cast, disputed: Item, client):
    client.force_login(cast.rosa)
    page = client.get("/annotation/adjudicate/").content.decode()
    for shown in ("Annotator A", "Annotator B", "asks why", "1 dispute"):
        assert shown in page
    for hidden in ("Ana", "Ben"):
        assert f">{hidden}<" not in page
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    answer = client.post("/annotation/adjudicate/save/", {"ticket": ticket, "txn": "t", "label": PROBING})
    assert answer.status_code == 302
    assert "Nobody disagrees" in client.get("/annotation/adjudicate/").content.decode()
    client.post("/annotation/adjudicate/undo/", {"txn": "u"})
    later = client.get(f"/annotation/adjudicate/?later={disputed.pk}").content.decode()
    assert "Only those are left" in later
