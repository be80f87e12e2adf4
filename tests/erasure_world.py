"""A teacher's words in every place that keeps some, then their withdrawal: `python -m tests.erasure_world`.

A process of its own on the data folder $ACTS_VAR, with a real database file. It prints what it found as JSON.
Children are forked and killed at the worst moments, and each time it is looked at what is left.
"""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

WORDS = ("zymurgy", "quockerwodger", "snollygoster", "taradiddle")  # said, noted, rated, in a file's name


def fill() -> Any:
    """Words in events, turns, items, labels, suggestions, decisions, reports, disputes, uploads, imports."""
    from annotation.models import Adjudication, Dataset, Item, QualityReport
    from annotation.services.codebook import codebook_current
    from annotation.services.item import items_collect
    from simulator.models import KnownExchange, Turn
    from simulator.services.dispute import dispute_raise
    from simulator.services.session import session_end, session_rate
    from tests.annotation.people import OTHER, PROBING, say, suggest
    from tests.cast import make_cast
    from tests.contracts.test_leaks import _by_typing, hold

    cast = make_cast()
    questions = (f"Why is the {WORDS[0]} that long?", f"And what about {WORDS[0]} and area?")
    session = hold(cast, _by_typing, questions)
    item_key = session.scenario.content.ratings[0].key
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    session_rate(session=session, teacher=cast.tess, ratings={item_key: 4}, comment=f"I liked {WORDS[2]}.")
    items_collect()
    item = Item.objects.filter(group=str(session.public_id)).order_by("pk").first()
    assert item is not None
    Item.objects.filter(pk=item.pk).update(wanted=2)
    suggest(item)
    say(cast.ana, item, OTHER, comment=f"She says {WORDS[1]}.")
    say(cast.rosa, item, PROBING)
    Adjudication.objects.create(
        item=item, adjudicator=cast.rosa, codebook=codebook_current(), label=OTHER, reason=WORDS[1], txn="a"
    )
    QualityReport.objects.create(dataset=item.dataset, figures=report_that_quotes(item))
    dispute_raise(session=session, teacher=cast.tess, number=2, claimed=OTHER)
    assert KnownExchange.objects.filter(turn__session=session).count() == 2
    upload(cast, session)
    publish([str(event) for event in Turn.objects.filter(session=session).values_list("asked_id", flat=True)])
    assert Dataset.objects.count() >= 1
    return cast


def report_that_quotes(item: Any) -> dict[str, Any]:
    """The real figures, with a label that looks wrong: it takes forty labels for one to be found."""
    from annotation.selectors.label_rows import LabelRows
    from annotation.services.quality import figures_of

    quoted = {"annotation": 1, "item": item.pk, "text": item.text, "label": "Other", "person": "Ana"}
    return figures_of(LabelRows(item.dataset)) | {"suspicious": [quoted | {"model": "Other", "quality": 0.1}]}


def upload(cast: Any, session: Any) -> None:
    """The session as it was exported, waiting to be imported under another name."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from annotation.services.file_import import file_receive
    from simulator.exports.writer import export_lines
    from simulator.models import Session

    content = "".join(export_lines(Session.objects.filter(pk=session.pk))).encode()
    file_receive(viewer=cast.rosa, upload=SimpleUploadedFile("old.jsonl", content))  # type: ignore[arg-type]
    Path(os.environ["ACTS_VAR"], "exported.jsonl").write_bytes(content)  # what a researcher took away


def publish(events: list[str]) -> None:
    """A version in service that learned from the words. Its weights do not matter here."""
    from annotation.store import model_store
    from models_zoo.manifest import Manifest

    manifest = Manifest(
        created="2026-01-01T00:00:00Z",
        labels={"question_type": ("a", "b")},
        backbone="none",
        backbone_sha256="0",
        lineage={"annotation_ids": [1], "event_ids": events},
    )
    version = model_store().publish(lambda folder: (folder / "weights").write_bytes(b"w") and None, manifest)
    model_store().activate(version)


def killed(work: Callable[[], object]) -> None:
    """Do it in a child that kills itself on the way."""
    from django.db import connections

    connections.close_all()
    if (child := os.fork()) == 0:
        try:
            work()
        finally:
            os._exit(3)  # it was to die before
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child was not killed where it should have been"


def die(*_args: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def where_words_are() -> list[str]:
    """Files below the data folder that hold one of the words, the researcher's own copy left out."""
    root = Path(os.environ["ACTS_VAR"])
    assert (root / "acts.sqlite3").is_file()
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "exported.jsonl"]
    return sorted(
        str(path.relative_to(root))
        for path in files
        if any(word.encode() in path.read_bytes() for word in WORDS)
    )


def withdraw(cast: Any) -> None:
    from simulator.services.study import consent_withdraw

    consent_withdraw(person=cast.tess, study=cast.study)


def withdraw_killed_inside(cast: Any) -> None:
    from simulator.signals import sessions_erased

    sessions_erased.connect(die, weak=False)
    withdraw(cast)


def withdraw_killed_after(cast: Any) -> None:
    withdraw(cast)
    die()


def settle_killed_before_scrubbing(cast: Any) -> None:
    from simulator.services import settling

    settling.database_scrub = die  # type: ignore[assignment]
    settling.erasures_settle()


def readable(cast: Any, *people: Any) -> list[str]:
    """Pages and answers that still hold a word, for everybody in the cast."""
    from django.test import Client
    from django.urls import reverse

    from simulator.models import Session
    from tests.contracts.test_role_matrix import NAMES, addresses, get_resolver

    routes = dict(addresses(get_resolver().url_patterns))
    public_id = Session.objects.get().public_id
    found = []
    for person in people:
        client = Client(SERVER_NAME="localhost")
        client.force_login(person)
        for name in NAMES:
            route = routes[name]
            if "<uuid:public_id>" in route and "<int" not in route:
                address = reverse(name, args=[public_id])
            elif "<" in route or "path" in route or name in ("api-nothing",):
                continue
            else:
                address = reverse(name)
            answer = client.get(address, follow=True)
            body = b"".join(answer) if answer.streaming else answer.content
            if any(word.encode() in body for word in WORDS):
                found.append(f"{name} for {person}")
    return found


def brought_back(cast: Any) -> dict[str, int]:
    """The researcher's old export is imported again."""
    from annotation.importing.formats import READERS
    from annotation.importing.mapping import Columns
    from annotation.importing.source import Source
    from annotation.models import Dataset, Item
    from annotation.services.intake import Intake

    dataset = Dataset.objects.create(name="old", source="import")
    with Path(os.environ["ACTS_VAR"], "exported.jsonl").open("rb") as file:
        intake = Intake(dataset)
        faults = intake.take(list(READERS["jsonl"](Source(file, "utf-8"), Columns())))
    return {"items": Item.objects.filter(dataset=dataset).count(), "faults": len(faults)}


def main() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    cast = fill()
    from annotation.models import Annotation, FileImport, Item, Suggestion, TrainingRun
    from annotation.selectors.marks import marked_versions
    from simulator.models import Erasure, Event, Session
    from simulator.services.settling import erasures_settle

    found: dict[str, Any] = {"before": where_words_are(), "readable_before": len(readable(cast, cast.rosa))}
    killed(lambda: withdraw_killed_inside(cast))
    session = Session.objects.get()
    found["killed_inside"] = [session.erased_at, Erasure.objects.count(), marked_versions()]
    seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    killed(lambda: withdraw_killed_after(cast))
    found["killed_after"] = Erasure.objects.filter(settled_at=None).count()
    found["marked"] = [mark.rows for mark in marked_versions().values()]
    found["labels"] = [
        Annotation.objects.count(),
        Suggestion.objects.count(),
        Item.objects.exclude(text="").count(),
    ]
    found["uploads"] = FileImport.objects.exclude(path="").count()
    killed(lambda: settle_killed_before_scrubbing(cast))
    found["unsettled"] = Erasure.objects.filter(settled_at=None).count()
    found["settled"] = [erasures_settle(), erasures_settle()]
    withdraw(cast)  # again: nothing more to do
    found["erasures"] = Erasure.objects.count()
    found["rebuilds"] = TrainingRun.objects.filter(options__rebuild=True).count()
    after = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    found["log"] = [after[: len(seqs)] == seqs, after == list(range(1, len(after) + 1))]
    found["payloads"] = list(Event.objects.exclude(payload={}).values_list("type", flat=True))
    found["brought_back"] = brought_back(cast)
    from django.db import connection

    connection.close()
    found["after"] = where_words_are()
    found["readable"] = readable(cast, cast.tess, cast.will, cast.ana, cast.rosa)
    print(json.dumps(found))  # noqa: T201 (what the test reads)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    main()
