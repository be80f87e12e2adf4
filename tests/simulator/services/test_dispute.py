"""A teacher disputes a question; somebody labels it blindly; the report is reissued and the old one kept."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Item, Outcome
from annotation.services.adjudication import Verdict, adjudication_save, dispute_next
from annotation.services.annotation import annotation_undo, ticket_next
from annotation.services.item import items_collect
from models_zoo.labels import QUESTION_TYPES
from simulator import errors
from simulator.models import Dispute, Session
from simulator.selectors import report_for
from simulator.services.dispute import MOST_PER_HOUR, dispute_raise
from simulator.services.session import session_end
from tests.annotation.people import annotator, say, suggest
from tests.cast import Cast
from tests.contracts.test_leaks import BETRAYING, _by_machine, hold

PROBING, PROCEDURAL, EXPOSITORY, OTHER = QUESTION_TYPES  # the test's model says PROBING


@pytest.fixture
def session(cast: Cast) -> Session:
    session = hold(cast, _by_machine)
    return session_end(session=session, reason="finished", actor=cast.tess.actor)


def raised(cast: Cast, session: Session, claimed: str = OTHER, number: int = 1) -> Item:
    dispute = dispute_raise(session=session, teacher=cast.tess, number=number, claimed=claimed)
    return Item.objects.get(source_event=dispute.turn.asked_id)


def types(cast: Cast, session: Session, version: int | None = None) -> list[str]:
    report = report_for(cast.tess, str(session.public_id), version=version)
    return [question.told for question in report.feedback.questions]


def test_the_outcome_reissues_the_report_and_the_old_version_stays_readable(cast: Cast, session: Session):
    assert types(cast, session) == [PROBING, PROBING]
    item = raised(cast, session)
    assert types(cast, session) == [PROBING, PROBING]  # nothing is decided yet
    say(cast.ana, item, EXPOSITORY)
    assert types(cast, session) == [EXPOSITORY, PROBING]
    assert types(cast, session, version=1) == [PROBING, PROBING]
    report = report_for(cast.tess, str(session.public_id))
    assert (report.version.number, report.version.turn, report.is_newest) == (2, 1, True)
    assert [one.number for one in report.versions] == [2, 1]
    assert report.feedback.mix[EXPOSITORY] == 1
    with pytest.raises(errors.NotFound):
        report_for(cast.tess, str(session.public_id), version=3)


def test_whoever_labels_it_sees_an_item_like_any_held_out_one(cast: Cast, session: Session):
    items_collect()
    items = list(Item.objects.filter(group=str(session.public_id)))
    for item in items:
        Item.objects.filter(pk=item.pk).update(holdout=False)
        suggest(item, PROBING)
    raised_item = raised(cast, session, number=2)
    raised_item.refresh_from_db()
    ticket = ticket_next(viewer=cast.ana)
    assert ticket is not None
    assert ticket.item == raised_item  # it comes first
    assert not ticket.suggestion_shown
    client = Client()
    client.force_login(cast.ana)
    page = client.get(reverse("annotation:label")).content.decode()
    Item.objects.filter(pk=raised_item.pk).update(holdout=True)
    as_held_out = client.get(reverse("annotation:label")).content.decode()
    assert page.count("dispute") == as_held_out.count("dispute") == 0
    assert len(page) == len(as_held_out)
    assert say(cast.ana, raised_item, OTHER).outcome == Outcome.UNASSISTED


def test_who_has_labelled_it_before_is_not_asked_and_a_difference_goes_to_adjudication(
    cast: Cast, session: Session
):
    items_collect()
    item = Item.objects.filter(group=str(session.public_id)).order_by("pk").first()
    assert item is not None
    Item.objects.filter(pk=item.pk).update(wanted=1)
    say(cast.ana, item, PROBING)
    turn = session.turns.get(asked_id=item.source_event)
    dispute_raise(session=session, teacher=cast.tess, number=turn.number, claimed=OTHER)
    upcoming = ticket_next(viewer=cast.ana)
    assert upcoming is None or upcoming.item_id != item.pk
    say(annotator("ben", cast.study), item, OTHER)
    assert Dispute.objects.get().is_open  # the two differ
    ticket = dispute_next(viewer=cast.rosa)
    assert ticket is not None
    adjudication_save(viewer=cast.rosa, ticket_id=str(ticket.pk), txn="d", verdict=Verdict(label=OTHER))
    assert Dispute.objects.get().decided == OTHER


def test_a_corrected_label_makes_another_version_and_the_same_one_none(cast: Cast, session: Session):
    item = raised(cast, session)
    say(cast.ana, item, EXPOSITORY)
    annotation_undo(viewer=cast.ana, txn=uuid.uuid4().hex)
    assert types(cast, session) == [EXPOSITORY, PROBING]  # it is open again, and the report stands
    say(cast.ana, item, EXPOSITORY)
    assert len(report_for(cast.tess, str(session.public_id)).versions) == 2
    annotation_undo(viewer=cast.ana, txn=uuid.uuid4().hex)
    say(cast.ana, item, OTHER)
    assert types(cast, session) == [OTHER, PROBING]
    assert types(cast, session, version=2) == [EXPOSITORY, PROBING]


def test_put_aside_leaves_the_model_s_word_and_says_so(cast: Cast, session: Session):
    item = raised(cast, session)
    say(cast.ana, item, data_issue=True)
    dispute = Dispute.objects.get()
    assert (dispute.is_open, dispute.decided) == (False, "")
    assert types(cast, session) == [PROBING, PROBING]


def test_raising_twice_is_one_dispute_and_haste_is_stopped(cast: Cast, session: Session, monkeypatch):
    raised(cast, session)
    raised(cast, session)
    assert session.events.filter(type="feedback.disputed").count() == Dispute.objects.count() == 1
    with pytest.raises(errors.DisputeExists):
        raised(cast, session, claimed=EXPOSITORY)
    monkeypatch.setattr("simulator.services.dispute.MOST_PER_HOUR", 1)
    with pytest.raises(errors.DisputesTooMany):
        raised(cast, session, number=2)
    assert MOST_PER_HOUR > 1


@pytest.mark.parametrize("claimed", ["Nonsense", PROBING, ""])
def test_a_claim_is_another_question_type(cast: Cast, session: Session, claimed: str):
    with pytest.raises(errors.DisputeInvalid):
        raised(cast, session, claimed=claimed)
    assert not Dispute.objects.exists()


def test_only_the_session_s_teacher_disputes_and_only_when_it_is_over(cast: Cast, session: Session):
    for person in (cast.theo, cast.rosa, cast.will):
        with pytest.raises(errors.NotFound):
            dispute_raise(session=session, teacher=person, number=1, claimed=OTHER)
    going_on = hold(cast, _by_machine)
    with pytest.raises(errors.DisputeInvalid):
        dispute_raise(session=going_on, teacher=cast.tess, number=1, claimed=OTHER)


def test_the_page_takes_a_dispute_and_tells_what_came_of_it(cast: Cast, session: Session):
    client = Client()
    client.force_login(cast.tess)
    page = reverse("feedback", args=[session.public_id])
    assert "I would call this something else" in client.get(page).content.decode()
    sent = client.post(reverse("dispute", args=[session.public_id, 1]), {"question_type": OTHER}, follow=True)
    assert "being looked at again" in sent.content.decode()
    say(cast.ana, Item.objects.get(), OTHER)
    newest = client.get(page).content.decode()
    assert "as you said" in newest
    assert "Version 2" in newest
    assert "as it first was" in client.get(page, {"version": 1}).content.decode()
    assert not BETRAYING.search(newest)
    refused = client.post(reverse("dispute", args=[session.public_id, 1]), {"question_type": PROCEDURAL})
    assert refused.status_code == 409
