"""A study from its plan to its report: who gets what, what stays hidden, what is found."""

import csv
import io
import uuid
from collections import Counter

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from annotation.errors import AlreadyLabelled, FirstAnswerMissing, NotFound, NothingToUndo, StudyRefused
from annotation.exporting.study import labels_csv, table_csv
from annotation.models import Annotation, Dataset, Item, LabellingStudy, RunStatus, StudyTask
from annotation.selectors.queue import queue_for
from annotation.selectors.studies import power_of
from annotation.selectors.study_records import study_records
from annotation.selectors.study_tasks import my_studies
from annotation.services.annotation import Judgement, annotation_save, annotation_undo
from annotation.services.first_answer import first_answer_save
from annotation.services.run import run_execute
from annotation.services.study import StudyPlan, study_create, study_end, study_start
from annotation.services.study_report import study_measure_request
from annotation.services.ticket import ticket_next
from annotation.studies.arms import Arm, arm_of
from models_zoo.labels import QUESTION_TYPES
from simulator.models import User
from tests.annotation.people import OTHER, PROBING, PROCEDURAL, annotator, suggest
from tests.cast import Cast

SIZE = 24


@pytest.fixture
def questions(db: None) -> Dataset:
    """Questions with an expert's label and a suggestion, which is wrong on every other."""
    dataset = Dataset.objects.create(name="Studied", source="import")
    for number in range(SIZE):
        item = Item.objects.create(
            dataset=dataset, key=f"q{number}", text=f"Why {number}?", shuffle_key=number, place=number,
            gold=QUESTION_TYPES[number % 4],
        )  # fmt: skip
        suggest(item, QUESTION_TYPES[(number + number % 2) % 4])
    return dataset


def planned(cast: Cast, dataset: Dataset, *arms: str, people: list[User] | None = None) -> LabellingStudy:
    plan = StudyPlan(
        title=f"Study {uuid.uuid4()}", dataset_id=dataset.pk, size=SIZE, gold_only=True,
        annotators=[each.pk for each in people or [cast.ana]], arms=arms or tuple(Arm),
        expected={"mean_s": (15.2, 10.4), "sd_s": (42.1, 32.7), "accuracy": (0.82, 0.84)},
    )  # fmt: skip
    return study_create(viewer=cast.rosa, plan=plan)


def started(cast: Cast, dataset: Dataset, *arms: str, people: list[User] | None = None) -> LabellingStudy:
    return study_start(viewer=cast.rosa, study_id=planned(cast, dataset, *arms, people=people).pk)


def save(person: User, ticket_id: object, *labels: str, **more: int) -> Annotation:
    judgement = Judgement(labels=labels, **more)
    return annotation_save(viewer=person, ticket_id=str(ticket_id), txn=uuid.uuid4().hex, judgement=judgement)


def test_every_pair_gets_the_arm_that_the_seed_gives_it(cast: Cast, questions: Dataset):
    people = [cast.ana, annotator("ben")]
    study = started(cast, questions, people=people)
    tasks = list(study.tasks.all())
    assert len(tasks) == 2 * SIZE
    for task in tasks:
        assert task.arm == arm_of(study.seed, str(task.annotator_id), str(task.item_id), list(Arm))
        assert task.suggestion is not None
    orders = [list(study.tasks.filter(annotator=each).values_list("item", flat=True)) for each in people]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_a_study_is_refused_that_cannot_be_one(cast: Cast, questions: Dataset):
    with pytest.raises(StudyRefused, match="two arms"):
        planned(cast, questions, "classical")
    questions.items.first().suggestions.all().delete()
    study = planned(cast, questions)
    with pytest.raises(StudyRefused, match=f"Only {SIZE - 1} questions fit"):
        study_start(viewer=cast.rosa, study_id=study.pk)
    assert not StudyTask.objects.exists()


def test_the_power_of_the_plan_is_known_before_it_starts(cast: Cast, questions: Dataset):
    power = power_of(planned(cast, questions, "classical", "assisted"))
    assert power.need is not None
    assert (power.planned, power.need.time) == (SIZE // 2, pytest.approx(969, abs=2))


@pytest.mark.parametrize("arm", ["classical", "reveal"])
def test_what_an_arm_hides_is_nowhere_in_the_page(cast: Cast, questions: Dataset, arm: str):
    """The page is the same to the letter, whatever the model suggests."""
    study = started(cast, questions)
    task = study.tasks.filter(arm=arm).first()
    client = Client()
    client.force_login(cast.ana)
    pages = []
    for label in (PROBING, OTHER):
        StudyTask.objects.filter(pk=task.pk).update(suggestion=suggest(task.item, label, f"by {label}"))
        html = client.get(reverse("annotation:label"), {"study": study.pk, "item": task.item_id}).content
        pages.append(html[html.index(b'class="item__question"') : html.index(b"</article>")])
    hidden = [b'name="csrfmiddlewaretoken"', b'name="ticket"', b'name="txn"']
    lines = [
        [line for line in page.splitlines() if not any(name in line for name in hidden)] for page in pages
    ]
    assert lines[0] == lines[1]
    assert b"Suggested" not in pages[0]


def test_the_suggestion_is_stored_in_every_arm(cast: Cast, questions: Dataset):
    study = started(cast, questions, "classical", "assisted")
    for _ in range(SIZE):
        ticket = ticket_next(viewer=cast.ana, study_id=study.pk)
        save(cast.ana, ticket.pk, PROBING)
    assert ticket_next(viewer=cast.ana, study_id=study.pk) is None
    rows = Annotation.objects.select_related("ticket__task__suggestion")
    for row in rows:
        assert row.suggested_label == row.ticket.task.suggestion.label
        assert row.suggestion_shown == (row.ticket.task.arm == "assisted")
    assert Counter(record.arm for record in study_records(study)) == Counter(
        Arm(task.arm) for task in study.tasks.all()
    )


def test_answer_first_then_reveal_keeps_both_answers_and_both_times(cast: Cast, questions: Dataset):
    study = started(cast, questions, "classical", "reveal")
    task = study.tasks.filter(arm="reveal").first()
    others = list(study.tasks.exclude(pk=task.pk).values_list("item", flat=True))
    ticket = ticket_next(viewer=cast.ana, study_id=study.pk, without=others)
    assert (ticket.item, ticket.shown_label) == (task.item, "")
    with pytest.raises(FirstAnswerMissing):
        save(cast.ana, ticket.pk, PROBING)
    first = Judgement(labels=(PROBING,), active_ms=4000, idle_ms=500)
    answer = {"viewer": cast.ana, "ticket_id": str(ticket.pk)}
    revealed = first_answer_save(**answer, txn="a", judgement=first)
    assert revealed.shown_label == task.suggestion.label
    again = first_answer_save(
        **answer, txn="b", judgement=Judgement(labels=(OTHER,))
    )  # too late to change it
    assert again == revealed
    save(cast.ana, revealed.pk, PROCEDURAL, active_ms=1000)
    _, once_more = annotation_undo(viewer=cast.ana, txn="u")
    assert once_more.shown_label == task.suggestion.label  # it cannot be unseen
    save(cast.ana, once_more.pk, PROCEDURAL, active_ms=700)
    (record,) = study_records(study)
    assert (record.first, record.label) == (PROBING, PROCEDURAL)
    assert (record.active_seconds, record.seconds) == pytest.approx((5.7, 6.2))


def test_while_a_study_runs_its_questions_come_through_it_alone(cast: Cast, questions: Dataset):
    ben = annotator("ben")
    study = started(cast, questions, "classical", "assisted")
    assert not queue_for(cast.ana, dataset_id=questions.pk).exists()
    assert queue_for(ben, dataset_id=questions.pk).count() == SIZE
    assert [work.study for work in my_studies(cast.ana)] == [study]
    assert my_studies(ben) == []
    assert ticket_next(viewer=ben, study_id=study.pk) is None
    save(cast.ana, ticket_next(viewer=cast.ana, study_id=study.pk).pk, OTHER)
    study_end(viewer=cast.rosa, study_id=study.pk)
    assert queue_for(cast.ana, dataset_id=questions.pk).count() == SIZE - 1
    with pytest.raises(NothingToUndo, match="has ended"):
        annotation_undo(viewer=cast.ana, txn="u")


def test_only_researchers_plan_and_read(cast: Cast, questions: Dataset):
    with pytest.raises(NotFound):
        study_create(viewer=cast.tess, plan=None)
    client = Client()
    client.force_login(cast.ana)
    study = started(cast, questions)
    assert client.get(reverse("annotation:study", args=[study.pk])).status_code == 403
    page = client.get(reverse("annotation:home")).content.decode()
    assert study.title in page


def test_the_report_finds_what_simulated_annotators_do(cast: Cast, questions: Dataset):
    """Half the time and two thirds anchored under a suggestion, through the services and the real job."""
    people = [cast.ana, *(annotator(name) for name in ("ben", "cem", "dora"))]
    study = started(cast, questions, "classical", "assisted", people=people)
    generator = np.random.default_rng(0)
    for person in people:
        while ticket := ticket_next(viewer=person, study_id=study.pk):
            shown = bool(ticket.shown_label)
            taken_over = shown and generator.random() < 2 / 3
            seconds = 6 * np.exp(generator.normal(0, 0.5)) * (0.5 if shown else 1)
            label = ticket.shown_label if taken_over else ticket.item.gold
            save(person, ticket.pk, label, active_ms=int(seconds * 1000))
    run = run_execute(run_id=study_measure_request(viewer=cast.rosa, study_id=study.pk).pk)
    assert run.status == RunStatus.DONE, run.message
    figures = study.reports.get().figures
    assert figures["labels"] == len(people) * SIZE
    assert len(figures["rows"]) == 2 * (1 + len(people))
    (found,) = figures["comparisons"]
    # Three standard errors around what was planted: half the time; a third of the answers taken over wrongly.
    assert 0.35 < found["time_ratio"]["value"] < 0.7
    assert 0.03 < found["agreement"]["value"] < 0.65
    assert found["time_ratio"]["low"] < found["time_ratio"]["value"] < found["time_ratio"]["high"] < 1
    every = {row["arm"]: row for row in figures["rows"] if row["annotator"] == "all"}
    assert every["classical"]["accuracy"]["value"] == 1
    client = Client()
    client.force_login(cast.rosa)
    assert (
        "Assisted against Classical"
        in client.get(reverse("annotation:study", args=[study.pk])).content.decode()
    )
    table, labels = (
        list(csv.DictReader(io.StringIO(b"".join(lines).decode())))
        for lines in (table_csv(study), labels_csv(study))
    )
    assert [int(row["n"]) for row in table] == [row["n"] for row in figures["rows"]]
    assert {row["annotator"] for row in labels} == {"A1", "A2", "A3", "A4"}


def test_a_label_is_given_once(cast: Cast, questions: Dataset):
    ticket = ticket_next(viewer=cast.ana, study_id=started(cast, questions, "classical", "assisted").pk)
    save(cast.ana, ticket.pk, OTHER)
    with pytest.raises(AlreadyLabelled):
        save(cast.ana, ticket.pk, PROBING)
