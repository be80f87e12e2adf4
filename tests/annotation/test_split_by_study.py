"""What was collected before studies had data sets of their own is split, and nothing of it is lost."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

SIMULATOR = ("simulator", "0006_erasure_and_disputes")
BEFORE = [SIMULATOR, ("annotation", "0009_written_rules")]
AFTER = [SIMULATOR, ("annotation", "0011_split_rehearsals_by_study")]
KEPT = ("key", "place", "shuffle_key", "wanted", "holdout", "text", "source_event", "group")


def migrate(targets: list[tuple[str, str]]) -> Any:
    """The models as they are at these migrations."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def old(transactional_db: None) -> Iterator["Old"]:
    try:
        yield Old(migrate(BEFORE))
    finally:
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)


class Old:
    """The one data set of rehearsals, with a labeller; rows of the schema before."""

    def __init__(self, apps: Any) -> None:
        self.apps = apps
        self.dataset = self.add(
            "Dataset",
            name="Rehearsals",
            source="sessions",
            annotators_per_item=3,
            collected_until=timezone.now(),
        )
        self.codebook = self.add("Codebook", version=1, title="c", guidelines="g", types=[])
        self.ana = self.add("simulator.User", username="ana", role="annotator")
        self.scenario = self.add(
            "simulator.ScenarioVersion",
            slug="s",
            version=1,
            title="s",
            source="s",
            checksum="s",
            threshold=0.5,
        )

    def model(self, name: str) -> Any:
        return self.apps.get_model(name if "." in name else f"annotation.{name}")

    def add(self, table: str, /, **values: Any) -> Any:
        return self.model(table).objects.create(**values)

    def study(self, slug: str) -> Any:
        return self.add("simulator.Study", slug=slug, title=slug.title())

    def session(self, study: Any) -> Any:
        return self.add(
            "simulator.Session",
            study=study,
            scenario=self.scenario,
            teacher=self.ana,
            deadline_at=timezone.now(),
        )

    def item(self, session: Any, text: str, *, logged: bool = True) -> Any:
        """A collected question; without ``logged`` its event is not in the log any more."""
        event = uuid.uuid4()
        if logged:
            seq = self.model("simulator.Event").objects.filter(session=session).count() + 1
            event = self.add(
                "simulator.Event", session=session, seq=seq, type="message.posted", actor="user:1", payload={}
            ).pk
        item = self.add(
            "Item",
            dataset=self.dataset,
            key=str(event),
            text=text,
            source_event=event,
            group=str(session.public_id) if session else "",
            shuffle_key=7,
            place=5,
            wanted=3,
        )
        self.add(
            "Annotation", item=item, annotator=self.ana, codebook=self.codebook, labels=["Other"], txn=text
        )
        return item

    def rows(self, name: str, *fields: str) -> dict[int, list[Any]]:
        return {pk: row for pk, *row in self.model(name).objects.values_list("pk", *fields)}

    def told(self) -> tuple[Any, Any]:
        """Items and labels, without the data set that they lie in."""
        return self.rows("Item", *KEPT), self.rows("Annotation", "item", "annotator", "labels", "txn")

    def migrate(self) -> None:
        self.apps = migrate(AFTER)

    def lying_in(self) -> dict[str, tuple[str, str | None]]:
        """Question -> its data set and whose that is."""
        items = self.model("Item").objects.all()
        rows = items.values_list("text", "dataset__name", "dataset__study__slug")
        return {text: (name, slug) for text, name, slug in rows}


def test_each_study_gets_its_questions_with_keys_places_and_labels(old: Old):
    first, second = old.study("first"), old.study("second")
    here, there = old.session(first), old.session(second)
    for session, text in ((here, "a"), (here, "b"), (there, "c")):
        old.item(session, text)
    old.item(there, "of a session whose line is gone", logged=False)
    old.item(None, "of nowhere", logged=False)
    before = old.told()
    old.migrate()
    assert old.told() == before
    assert old.lying_in() == {
        "a": ("Rehearsals: First", "first"),
        "b": ("Rehearsals: First", "first"),
        "c": ("Rehearsals: Second", "second"),
        "of a session whose line is gone": ("Rehearsals: Second", "second"),
        "of nowhere": ("Rehearsals", None),
    }
    settings = old.rows("Dataset", "source", "annotators_per_item", "collected_until").values()
    assert len(settings) == 3
    assert all(row == next(iter(settings)) for row in settings)


def test_a_lone_study_takes_the_row_over_with_all_that_hangs_on_it(old: Old):
    old.item(old.session(old.study("lone")), "a")
    report = old.add("QualityReport", dataset=old.dataset, figures={})
    project = old.add("LabelStudioProject", dataset=old.dataset, mark=uuid.uuid4())
    old.migrate()
    (dataset,) = old.model("Dataset").objects.all()
    assert (dataset.pk, dataset.study.slug, dataset.name) == (old.dataset.pk, "lone", "Rehearsals: Lone")
    assert old.model("QualityReport").objects.get().pk == report.pk
    assert old.model("LabelStudioProject").objects.get(dataset=dataset).pk == project.pk


def test_what_hangs_on_several_studies_is_parted(old: Old):
    first, second = old.study("first"), old.study("second")
    a, b = old.item(old.session(first), "a"), old.item(old.session(first), "b")
    c = old.item(old.session(second), "c")
    old.add("QualityReport", dataset=old.dataset, figures={"suspicious": [{"text": "c"}]})
    project = old.add("LabelStudioProject", dataset=old.dataset, mark=uuid.uuid4(), remote_id=9)
    for number, item in enumerate((a, b, c)):
        old.add("LabelStudioTask", project=project, item=item, remote_id=number)
    plan = {"dataset": old.dataset, "codebook": old.codebook, "arms": [], "size": 1, "seed": "s"}
    of_second = old.add("LabellingStudy", title="begun", **plan)
    old.add("LabellingStudy", title="planned", **plan)
    old.add("StudyTask", study=of_second, annotator=old.ana, item=c, arm="classical", place=1)
    old.migrate()
    assert not old.model("QualityReport").objects.exists()  # it quoted everybody's lines to everybody
    projects = old.model("LabelStudioProject").objects.order_by("pk")
    assert [(one.dataset.study.slug, one.remote_id) for one in projects] == [("first", 9), ("second", 9)]
    assert [[task.item.text for task in one.tasks.order_by("pk")] for one in projects] == [["a", "b"], ["c"]]
    assert len({one.mark for one in projects}) == 2
    where = {one.title: one.dataset.study.slug for one in old.model("LabellingStudy").objects.all()}
    assert where == {"begun": "second", "planned": "first"}


def test_an_empty_data_set_goes_and_imports_stay_as_they_are(old: Old):
    talks = old.add("Dataset", name="Talks", source="import")
    session = old.session(old.study("first"))
    event = old.add("simulator.Event", session=session, seq=1, type="message.posted", actor="a", payload={})
    old.add("Item", dataset=talks, key="1", text="imported", source_event=event.pk, shuffle_key=1)
    old.migrate()
    assert old.lying_in() == {"imported": ("Talks", None)}
    assert [one.name for one in old.model("Dataset").objects.all()] == ["Talks"]
