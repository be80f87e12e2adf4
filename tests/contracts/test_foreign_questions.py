"""Questions of another study, and all that hangs on them: in no list, in no count, behind no number.

``test_foreign_objects.py`` asks for them by every address. Here they are named in queries and forms, counted
on overviews, and set beside questions that are nobody's, which everybody of the role may read and label.
"""

from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from annotation.models import Dataset, Item, Purpose, RunKind, TrainingRun
from annotation.services.adjudication import Verdict, adjudication_save, dispute_next
from annotation.services.file_import import file_receive
from annotation.services.study import StudyPlan, study_create
from annotation.services.ticket import ticket_issue
from models_zoo.labels import QUESTION_TYPES
from tests.annotation.people import annotator, say
from tests.contracts.foreign_world import SECRET_WORDS, Names, World, rehearsed
from tests.contracts.test_foreign_objects import (
    COLLEAGUES,
    NO_THING,
    REFUSED,
    STRANGERS,
    TABLE,
    Address,
    ask,
    everything,
    without_what_differs,
    world,  # noqa: F401 (a fixture)
)
from tests.contracts.test_role_matrix import MATRIX


def alike(address: Address) -> set[str]:
    """Strangers of the role that an address is for."""
    return {stranger for stranger in STRANGERS if COLLEAGUES[stranger] in address.open_to}


def test_what_is_nobodys_is_open_to_everybody_of_the_role(world: World):  # noqa: F811
    """The same addresses that refuse what belongs to a study."""
    shut = []
    for name, address in TABLE.items():
        for person in alike(address) if address.kind in world.common else ():
            answers = []
            for method in ("get", "post"):
                with transaction.atomic():
                    named = world.common[address.kind]
                    answers.append(ask(world.clients[person], method, name, named, address.form)[0])
                    transaction.set_rollback(True)
            if set(answers) <= REFUSED:
                shut.append(f"{person} {name}: {answers}")
    assert shut == []


def named_in_queries(names: dict[str, Names], dataset: str) -> Iterator[tuple[str, Names]]:
    """Addresses that take a thing's number, or its name, behind the question mark."""
    for name in ("label", "label-next", "adjudicate", "quality", "export"):
        yield f"annotation:{name}", {"dataset": names["dataset"]["dataset_id"]}
    for name in ("label", "label-next"):
        yield f"annotation:{name}", {"study": names["labelling study"]["study_id"]}
    yield "annotation:label", {"item": names["item"]["item_id"]}
    yield "api-labels", {"item": names["item"]["item_id"]}
    yield "api-items", {"dataset": dataset}


def test_a_foreign_thing_that_a_query_names_looks_like_one_that_is_not_there(world: World):  # noqa: F811
    theirs = Dataset.objects.get(pk=world.real["dataset"]["dataset_id"]).name
    both = zip(named_in_queries(world.real, theirs), named_in_queries(world.absent, "Nothing"), strict=True)
    differing = []
    for (name, real), (_, absent) in both:
        for person in ("otis", "olga"):
            said = [
                without_what_differs(*ask(world.clients[person], "get", name, {}, query), urlencode(query))
                for query in (real, absent)
            ]
            if said[0] != said[1]:
                differing.append(f"{person} {name} {real}: {said[0][0]}, {said[1][0]}")
    assert differing == []


def overviews(world: World) -> dict[tuple[str, str], tuple[int, str]]:  # noqa: F811
    """What strangers who annotate and research read under all addresses without a name in it."""
    found = {}
    for name, row in MATRIX.items():
        if name in ("sign-out", "api-nothing") or name in TABLE.keys() | NO_THING or row.method != "get":
            continue
        for person in ("otis", "olga"):
            answer = ask(world.clients[person], "get", name, {}, {})
            found[person, name] = without_what_differs(*answer, reverse(name))
    return found


def test_nothing_that_a_study_does_with_its_questions_changes_a_page_of_others(world: World):  # noqa: F811
    """No list and no count: the study rehearses, imports, labels, disagrees, decides and compares."""
    cast = world.cast
    ben = annotator("ben", cast.study)  # researchers know who there is to label, whatever their study
    TrainingRun.objects.create(kind=RunKind.QUALITY)  # a job of the installation, which a look would ask for
    overviews(world)  # what else a first look sets off is set off
    before = overviews(world)
    assert before["otis", "annotation:home"][0] == before["olga", "annotation:loop"][0] == 200
    dataset = rehearsed(cast, f"{SECRET_WORDS} Or is it the otter?")
    for item in dataset.items.all():
        say(cast.ana, item, "Other")
        say(ben, item, QUESTION_TYPES[0])
    ticket = dispute_next(viewer=cast.rosa, dataset_id=dataset.pk)
    assert ticket is not None
    adjudication_save(viewer=cast.rosa, ticket_id=str(ticket.pk), txn="d", verdict=Verdict(label="Other"))
    plan = StudyPlan("Another", dataset.pk, [cast.ana.pk], ["classical", "assisted"], 1, False, {})
    study_create(viewer=cast.rosa, plan=plan)
    file = SimpleUploadedFile("more.csv", b"id,text\n1,Why?\n")
    file_receive(viewer=cast.rosa, upload=file, study_id=cast.study.pk)
    after = overviews(world)
    assert [key for key in before if before[key] != after[key] and key != ("olga", "audit")] == []


def test_a_version_names_the_rows_of_ones_own_studies_alone(world: World):  # noqa: F811
    """It learned from all of them, and says so in numbers."""
    item = Item.objects.get(text=SECRET_WORDS)
    for name in ("annotation:version", "annotation:lineage-version", "api-model-version"):
        said = {
            person: ask(world.clients[person], "get", name, world.real["version"], {})
            for person in ("rosa", "olga")
        }
        assert [status for status, _text in said.values()] == [200, 200]
        for words in (SECRET_WORDS, str(item.source_event), f"items/{item.pk}"):
            assert words not in said["olga"][1], (name, words)
        assert SECRET_WORDS in said["rosa"][1] or str(item.source_event) in said["rosa"][1]


def test_nobody_acts_on_what_was_handed_to_another_annotator(world: World):  # noqa: F811
    """A form names a ticket, a transaction or a study instead of the address."""
    ana, (first, second) = world.cast.ana, Item.objects.filter(dataset__study=None)[:2]
    said = say(ana, first, "Other")
    ticket = ticket_issue(viewer=ana, item=second, purpose=Purpose.LABEL)
    theirs = {"ticket": str(ticket.pk), "txn": "t1", "labels": "Other", "label": "Other"}
    study = world.common["labelling study"]["study_id"]
    before = everything()
    for person in ("otis", "olga", "rosa"):
        for name in ("label-save", "label-answer", "adjudicate-save"):
            status, _ = ask(world.clients[person], "post", f"annotation:{name}", {}, theirs)
            assert status in (403, 409), (person, name)
        undone, _ = ask(world.clients[person], "post", "annotation:label-undo", {}, {"txn": said.txn})
        assert undone == 409, person
    assert everything() == before
    for person in ("otis", "olga", "rosa"):
        for name in ("label", "label-next"):
            status, _ = ask(world.clients[person], "get", f"annotation:{name}", {}, {"study": study})
            assert status in (204, 404), (person, name)
    _, labels = ask(world.clients["otis"], "get", "api-labels", {}, {"item": said.item_id})
    assert '"results":[]' in labels
