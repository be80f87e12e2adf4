"""One of everything that an address can name, made by people of the study `main`; strangers from `other`.

What annotation holds is there twice: of the study, and everybody's.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from annotation.models import (
    Dataset,
    FileImport,
    ImportFault,
    Item,
    LabellingStudy,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioTask,
    Rule,
    RuleVersion,
    RunKind,
    TrainingRun,
)
from annotation.services.codebook import codebook_current
from annotation.services.dataset import demo_load
from annotation.services.item import items_collect
from simulator.models import Role, Study, TurnStatus, User
from simulator.services.message import message_post
from simulator.services.session import session_end
from simulator.services.study import invitation_create
from tests.annotation.test_lineage import publish
from tests.cast import Cast, make_cast

SECRET_WORDS = "Is the heron taller than the marten?"
NOWHERE = "00000000-0000-4000-8000-000000000000"
Names = dict[str, Any]


@dataclass
class World:
    """People and their browsers; what addresses call a thing of each kind, and one that is not there.

    ``common`` names everybody's things, by the kinds under which ``real`` names those of the study.
    """

    cast: Cast
    people: dict[str, User | None]
    real: dict[str, Names]
    common: dict[str, Names]
    absent: dict[str, Names]
    clients: dict[str, Client]


def make_world(folder: Path) -> World:
    """Oscar teaches, Otto supervises, Otis annotates and Olga researches in the other study."""
    cast = make_cast()
    people: dict[str, User | None] = {"nobody": None}
    people |= {name: getattr(cast, name) for name in ("tess", "theo", "will", "ana", "rosa", "oscar")}
    people |= {
        "otto": _person("otto", Role.SUPERVISOR, cast.other_study),
        "otis": _person("otis", Role.ANNOTATOR, cast.other_study),
        "olga": _person("olga", Role.RESEARCHER, cast.other_study),
    }
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text=SECRET_WORDS)
    invitation = invitation_create(
        study=cast.study, created_by=cast.rosa, expires_at=timezone.now() + timedelta(days=1)
    )
    study, scenario = {"slug": "main"}, cast.scenario
    theirs = _things(cast.rosa, cast.ana, rehearsed(cast, SECRET_WORDS), folder)
    version = publish(
        1, weak_item_ids=[theirs["item"]["item_id"]], event_ids=[str(Item.objects.get().source_event)]
    )
    real = {
        "session": {"public_id": session.public_id},
        "turn": {"public_id": session.public_id, "number": 1},
        "study": study,
        "brief": {**study, "pk": scenario.pk},
        "routing": {**study, "scenario": scenario.slug},
        "invitation": {"pk": invitation.pk},
        "token": {"token": invitation.token},
        "scenario": {"pk": scenario.pk},
        "version": {"version": version},
        "rule": {"rule_id": _rule(cast.rosa).pk},
        **theirs,
    }
    absent = {kind: _absent(names) for kind, names in real.items()}
    common = _things(cast.rosa, cast.ana, demo_load(), folder)
    return World(
        cast, people, real, common, absent, {name: _signed_in(user) for name, user in people.items()}
    )


def rehearsed(cast: Cast, text: str) -> Dataset:
    """The questions of the study, with one more: what Theo asks in a rehearsal and ends."""
    session = cast.session(cast.theo)
    message_post(session=session, teacher=cast.theo, client="tab", txn="m1", text=text)
    session.turns.update(status=TurnStatus.REPLIED)
    session_end(session=session, reason="finished", actor=cast.theo.actor)
    items_collect()
    return Dataset.objects.get(study=cast.study, items__text=text, items__group=str(session.public_id))


def _signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def _absent(names: Names) -> Names:
    stand_in: Names = {"public_id": NOWHERE, "slug": "nowhere", "token": "none", "version": "none"}
    kept = ("scenario", "number")  # what names a part of the thing
    return {name: value if name in kept else stand_in.get(name, 999_999) for name, value in names.items()}


def _person(name: str, role: Role, study: Study) -> User:
    person = User.objects.create_user(name, role=role, display_name=name.title())
    study.members.add(person)
    return person


def _rule(rosa: User) -> Rule:
    rule = Rule.objects.create(name="asks", kind="keywords")
    RuleVersion.objects.create(
        rule=rule, number=1, description="asks", label="Other", body="why", author=rosa, options={}
    )
    return rule


def _things(rosa: User, ana: User, dataset: Dataset, folder: Path) -> dict[str, Names]:
    """One of each kind that belongs to a data set."""
    item = Item.objects.filter(dataset=dataset).first()
    assert item is not None
    study = LabellingStudy.objects.create(
        title="Arms", dataset=dataset, codebook=codebook_current(), arms=["classical"], size=1, seed="s"
    )
    kind, words = RunKind.IMPORT, f"{SECRET_WORDS} was read" if dataset.study else "Read"
    run = TrainingRun.objects.create(requested_by=rosa, kind=kind, study=dataset.study, message=words)
    project, label = _in_label_studio(item, ana)
    return {
        "import": {"import_id": _upload(rosa, dataset, folder).pk},
        "item": {"item_id": item.pk},
        "dataset": {"dataset_id": dataset.pk},
        "project": {"project_id": project.pk},
        "label": {"label_id": label.pk},
        "run": {"run_id": run.pk},
        "labelling study": {"study_id": study.pk},
        "item of the API": {"pk": item.pk},
    }


def _upload(rosa: User, dataset: Dataset, folder: Path) -> FileImport:
    text = SECRET_WORDS if dataset.study else "Why?"
    file = folder / f"talks-{dataset.pk}.csv"
    file.write_text(f"id,text\n1,{text}\n")
    one = FileImport.objects.create(
        name=f"Talks of {dataset.study or 'all'}",
        size_bytes=16,
        sha256="0" * 64,
        path=str(file),
        format="csv",
        study=dataset.study,
        created_by=rosa,
    )
    ImportFault.objects.create(file_import=one, line=2, reason="Odd.")
    return one


def _in_label_studio(item: Item, ana: User) -> tuple[LabelStudioProject, LabelStudioLabel]:
    project = LabelStudioProject.objects.create(dataset=item.dataset, mark=uuid4())
    task = LabelStudioTask.objects.create(project=project, item=item, remote_id=1)
    label = LabelStudioLabel.objects.create(
        task=task, remote_id=1, digest="d", state=LabelState.CONFLICT, labels=["Other"], annotator=ana
    )
    return project, label
