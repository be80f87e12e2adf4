"""Whose questions are whose: by membership, from the upload on, and no longer than it lasts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.errors import NotFound, NothingToUndo, StudyRefused, TicketUnknown
from annotation.importing.mapping import Columns
from annotation.models import Dataset, FileImport, Item, LabellingStudy, RuleKind, RunKind, Source
from annotation.rules.source import RuleSource
from annotation.selectors.queue import datasets_with_progress, progress_of, queue_for
from annotation.selectors.visible import datasets_for, items_for, labelling_studies_for, runs_for
from annotation.services.annotation import Judgement, annotation_save_and_next, annotation_undo
from annotation.services.dataset import dialogues_import
from annotation.services.file_import import (
    Reading,
    file_import_configure,
    file_import_request,
    file_receive,
)
from annotation.services.item import items_collect
from annotation.services.rule import rule_create
from annotation.services.run import run_create, run_execute
from annotation.services.study import StudyPlan, study_create
from annotation.services.ticket import ticket_next
from annotation.services.weak_labels import weak_labels_run
from simulator.models import Role, Study, TurnStatus, User
from simulator.services.message import message_post
from simulator.services.session import session_end
from tests.annotation.people import PROBING, annotator, say
from tests.cast import Cast

LINES = b'{"text": "Why is it so wide?", "key": "1"}\n{"text": "How tall is it?", "key": "2"}\n'
STATEMENTS = 11  # of a label with the question that comes next; as many as before questions had an owner


@pytest.fixture
def olga(cast: Cast) -> User:
    person = User.objects.create_user("olga", role=Role.RESEARCHER)
    person.studies.add(cast.other_study)
    return person


def asked(cast: Cast, teacher: User, text: str) -> None:
    session = cast.session(teacher)
    message_post(session=session, teacher=teacher, client="c", txn="1", text=text)
    session.turns.update(status=TurnStatus.REPLIED)
    session_end(session=session, reason="finished", actor=teacher.actor)


def imported(study: Study | None, name: str = "Talks") -> Dataset:
    dataset, _ = dialogues_import(
        name=name, content=LINES, file_format="jsonl", study_id=study.pk if study else None
    )
    return dataset


def read_in(cast: Cast, who: User, study: Study | None, name: str) -> FileImport:
    one = file_receive(
        viewer=who, upload=SimpleUploadedFile("talks.jsonl", LINES), study_id=study.pk if study else None
    )
    reading = Reading("jsonl", "utf-8", name, Columns(text="text", key="key"))
    file_import_configure(viewer=who, import_id=one.pk, reading=reading)
    run_execute(run_id=file_import_request(viewer=who, import_id=one.pk, dry_run=False).pk)
    one.refresh_from_db()
    return one


def test_each_study_collects_its_own_rehearsals(cast: Cast):
    asked(cast, cast.tess, "How wide is it?")
    asked(cast, cast.oscar, "How tall is it?")
    assert items_collect() == 2
    asked(cast, cast.theo, "How deep is it?")
    assert (items_collect(), items_collect()) == (1, 0)
    found = {item.text: item.dataset for item in Item.objects.select_related("dataset__study")}
    assert found["How wide is it?"] == found["How deep is it?"] != found["How tall is it?"]
    assert [one.name for one in Dataset.objects.all()] == [
        "Rehearsals: Main study",
        "Rehearsals: Other study",
    ]
    assert [item.text for item in queue_for(annotator("otis", cast.other_study))] == ["How tall is it?"]
    assert queue_for(cast.ana).count() == 2
    assert not queue_for(annotator("nils")).exists()


def test_a_name_that_a_member_has_taken_does_not_stop_the_collecting(cast: Cast):
    imported(cast.study, "Rehearsals: Main study")
    asked(cast, cast.tess, "How wide is it?")
    assert items_collect() == 1
    assert Dataset.objects.get(source=Source.SESSIONS).name == "Rehearsals: Main study (2)"


def test_who_belongs_to_two_studies_sees_both_and_what_is_nobodys(cast: Cast):
    for study in (cast.study, cast.other_study, None):
        imported(study)
    both = annotator("both", cast.study, cast.other_study)
    assert (items_for(both).count(), items_for(cast.ana).count()) == (6, 4)
    assert [row.progress.waiting for row in datasets_with_progress(cast.ana)] == [2, 2]


def test_names_are_given_within_a_study(cast: Cast, olga: User):
    theirs = read_in(cast, cast.rosa, cast.study, "Talks")
    mine = read_in(cast, olga, cast.other_study, "Talks")
    everybodys = read_in(cast, olga, None, "Talks")
    assert (
        theirs.counts == mine.counts == everybodys.counts == {"new": 2, "known": 0, "labels": 0, "wrong": 0}
    )
    assert len({one.dataset_id for one in (theirs, mine, everybodys)}) == 3
    assert {one.study for one in datasets_for(olga)} == {cast.other_study, None}


def test_an_upload_is_the_members_from_the_first_moment(cast: Cast, olga: User, client: Client):
    client.force_login(cast.rosa)
    page = client.get(reverse("annotation:data")).content.decode()
    assert "Main study" in page
    assert "Other study" not in page
    sent = {"file": SimpleUploadedFile("talks.jsonl", LINES), "study": cast.study.pk}
    assert client.post(reverse("annotation:import"), sent).status_code == 302
    one = FileImport.objects.get()
    assert one.study == cast.study
    client.force_login(olga)
    assert client.get(reverse("annotation:file-import", args=[one.pk])).status_code == 404
    sent = {"file": SimpleUploadedFile("talks.jsonl", LINES), "study": cast.study.pk}
    refused = client.post(reverse("annotation:import"), sent)
    assert refused.status_code == 400
    assert "You do not belong to this study." in refused.content.decode()
    with pytest.raises(NotFound):
        file_receive(viewer=olga, upload=SimpleUploadedFile("t", LINES), study_id=cast.study.pk)
    assert FileImport.objects.count() == 1


def test_a_job_on_the_data_of_a_study_neither_shows_nor_stands_in_the_way(cast: Cast, olga: User):
    theirs = run_create(kind=RunKind.IMPORT, requested_by=cast.rosa, study_id=cast.study.pk)
    assert not runs_for(olga).exists()
    mine = run_create(kind=RunKind.IMPORT, requested_by=olga, study_id=cast.other_study.pk)
    assert (list(runs_for(olga)), list(runs_for(cast.rosa))) == ([mine], [theirs])


def test_who_leaves_the_study_leaves_its_questions_and_their_own_labels(cast: Cast):
    first, second = imported(cast.study).items.all()
    say(cast.ana, first, PROBING)
    ticket = ticket_next(viewer=cast.ana)
    assert ticket is not None
    cast.study.members.remove(cast.ana)
    with pytest.raises(TicketUnknown):
        annotation_save_and_next(
            viewer=cast.ana, ticket_id=str(ticket.pk), txn="t", judgement=Judgement((PROBING,))
        )
    with pytest.raises(NothingToUndo):
        annotation_undo(viewer=cast.ana, txn="u")
    assert progress_of(cast.ana).total == 0
    cast.study.members.add(cast.ana)
    assert (progress_of(cast.ana).labelled, progress_of(cast.ana).waiting) == (1, 1)
    assert second.annotations.count() == 0


def test_only_members_are_asked_to_label_for_a_comparison(cast: Cast):
    dataset = imported(cast.study)
    plan = StudyPlan("Arms", dataset.pk, [annotator("otis", cast.other_study).pk, cast.ana.pk],
                     ["classical", "assisted"], 1, False, {})  # fmt: skip
    with pytest.raises(StudyRefused, match="members"):
        study_create(viewer=cast.rosa, plan=plan)
    assert not LabellingStudy.objects.exists()


def test_a_comparison_that_mixes_studies_is_seen_by_who_sees_all_of_it(cast: Cast, olga: User):
    mine, theirs = imported(cast.other_study), imported(cast.study)
    both = User.objects.create_user("both", role=Role.RESEARCHER)
    both.studies.set([cast.study, cast.other_study])
    plan = StudyPlan("Arms", mine.pk, [olga.pk], ["classical", "assisted"], 1, False, {})
    study = study_create(viewer=olga, plan=plan)
    assert list(labelling_studies_for(olga)) == [study]
    for item in (mine.items.first(), theirs.items.first()):
        study.tasks.create(annotator=olga, item=item, arm="classical", place=1)
    assert not labelling_studies_for(olga).exists()
    assert list(labelling_studies_for(both)) == [study]


def test_a_label_and_the_next_question_take_no_statement_more_for_a_study(cast: Cast):
    """The way that is asked at every key: what is seen is part of the queries, not one before them."""

    def statements(who: User) -> int:
        ticket = ticket_next(viewer=who)
        assert ticket is not None
        with CaptureQueriesContext(connection) as captured:
            _saved, following = annotation_save_and_next(
                viewer=who, ticket_id=str(ticket.pk), txn="t", judgement=Judgement((PROBING,))
            )
        assert following is not None
        return len(captured)

    imported(None)
    assert statements(annotator("nils")) == STATEMENTS
    imported(cast.study, "More")
    assert statements(cast.ana) == STATEMENTS


def test_a_rule_that_fails_on_a_question_of_others_does_not_quote_it(cast: Cast, olga: User, client: Client):
    """It is written on questions that its author sees, and applied to all."""
    imported(cast.study)
    body = "def vote(question):\n    return int(question.text) if 'wide' in question.text else ABSTAIN\n"
    source = RuleSource("reads", RuleKind.PYTHON, "reads on", "", body, {})
    rule_create(viewer=olga, source=source)
    weak_labels_run()
    said = {}
    for person in (cast.rosa, olga):
        client.force_login(person)
        said[person.username] = client.get(reverse("annotation:weak")).content.decode()
    assert "Why is it so wide?" in said["rosa"]
    assert "so wide" not in said["olga"]
    assert "Abstained on 1 question." in said["olga"]
