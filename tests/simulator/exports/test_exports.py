"""Everything of the log leaves in an export; a teacher's transcript holds what the teacher saw."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from datasets import load_from_disk
from django.conf import settings
from django.core.management import CommandError, call_command
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from simulator.exports.envelope import ENVELOPE, VERSION
from simulator.exports.reader import read_sessions
from simulator.exports.schema import events_document, json_schema
from simulator.models import Event, Session
from simulator.projection import KINDS
from simulator.services.session import session_end, session_start
from simulator.services.study import consent_give, consent_withdraw
from tests.cast import Cast
from tests.simulator.api.test_sessions import answered

TRICKY = 'Zwölf · 12\u2028× 2 \U0001f600 "quoted", \\n and a\ttab'


def said(session: Session) -> Session:
    """A rehearsal with an answered turn and a line that is hard to write down."""
    answered(session)
    Event.objects.filter(session=session, seq=2).update(payload={"text": TRICKY, "kind": "message"})
    return session


def body(client: Client, name: str, *arguments: object) -> list[dict]:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    return [json.loads(line) for line in async_to_sync(whole)(answer).decode().splitlines()]


async def whole(answer: StreamingHttpResponse) -> bytes:
    return b"".join([chunk async for chunk in answer])


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_exported_session_reads_back_equal_to_the_log(cast: Cast, tmp_path: Path):
    session = said(cast.session())
    out = tmp_path / "deep" / "sessions.jsonl"
    call_command("export_sessions", "--out", str(out), verbosity=0)
    (record,) = read_sessions(out)
    assert str(record.session) == str(session.public_id)
    stored = list(session.events.order_by("seq"))
    assert len(record.events) == len(stored) > 5
    for event, row in zip(record.events, stored, strict=True):
        for name in ENVELOPE.keys() - {"session", "scenario"}:
            assert getattr(event, name) == getattr(row, name), name
        assert event.scenario == f"{session.scenario.slug}@{session.scenario.version}"


def test_two_exports_are_the_same_bytes(cast: Cast, tmp_path: Path):
    said(cast.session())
    said(cast.session(cast.theo))
    for name in ("a", "b"):
        call_command("export_sessions", "--out", str(tmp_path / name), verbosity=0)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_chosen_session_is_exported_alone(cast: Cast, tmp_path: Path):
    session = said(cast.session())
    said(cast.session(cast.theo))
    call_command("export_sessions", "--session", str(session.public_id), "--out", str(tmp_path / "one"))
    assert [str(record.session) for record in read_sessions(tmp_path / "one")] == [str(session.public_id)]


def test_an_unknown_session_writes_nothing(cast: Cast, tmp_path: Path):
    with pytest.raises(CommandError, match="No such session"):
        call_command("export_sessions", "--session", str(uuid4()), "--out", str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_what_was_said_before_a_withdrawal_is_in_no_export(cast: Cast, tmp_path: Path):
    before = said(cast.session())
    session_end(session=before, reason="finished", actor=cast.tess.actor)
    others = said(cast.session(cast.theo))
    consent_withdraw(person=cast.tess, study=cast.study)
    consent_give(person=cast.tess, text=cast.study.consent_texts.get())
    again = session_start(teacher=cast.tess, study=cast.study, scenario=cast.scenario)
    call_command("export_sessions", "--out", str(tmp_path / "all"))
    found = {str(record.session) for record in read_sessions(tmp_path / "all")}
    assert found == {str(others.public_id), str(again.public_id)}
    rosa = signed_in(cast.rosa)
    assert {row["session"] for row in body(rosa, "export-all")} == found
    assert rosa.get(reverse("export-session", args=[before.public_id])).status_code == 410


def test_a_researcher_downloads_the_whole_log_of_their_studies(cast: Cast):
    session = said(cast.session())
    said(cast.session(cast.oscar))
    rows = body(signed_in(cast.rosa), "export-all")
    assert {row["session"] for row in rows} == {str(session.public_id)}
    assert rows == body(signed_in(cast.rosa), "export-session", session.public_id)
    assert [row["seq"] for row in rows] == list(range(1, session.events.count() + 1))


def test_a_teacher_downloads_only_what_they_saw(cast: Cast):
    session = said(cast.session())
    rows = body(signed_in(cast.tess), "export-session", session.public_id)
    assert [row["type"] for row in rows] == ["session.started", "message.posted", "message.posted"]
    assert rows[1]["payload"] == {"text": TRICKY}
    for row in rows:
        assert set(row) == {"session", "id", "type", "persona", "ts", "payload"}


def test_a_dataset_folder_holds_every_event_with_card_and_schema(cast: Cast, tmp_path: Path):
    session = said(cast.session())
    folder = tmp_path / "dataset"
    call_command("export_sessions", "--format", "datasets", "--out", str(folder))
    rows = load_from_disk(str(folder))
    stored = list(session.events.order_by("seq"))
    assert rows["seq"][:] == [event.seq for event in stored]
    assert [json.loads(text) for text in rows["payload"]] == [event.payload for event in stored]
    assert rows[1]["text"] == TRICKY
    assert rows[0]["ts_server"] == stored[0].ts_server.isoformat()
    card = (folder / "README.md").read_text()
    assert card.startswith("---\n")
    assert f"{len(stored)} events of 1 sessions" in card
    assert json.loads((folder / "schema.json").read_text()) == json_schema()


def test_without_sessions_no_dataset_is_written(db: None, tmp_path: Path):
    with pytest.raises(CommandError, match="no sessions"):
        call_command("export_sessions", "--format", "datasets", "--out", str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(db: None, tmp_path: Path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_sessions", "--format", "datasets", "--out", str(tmp_path))
    assert (tmp_path / "mine").read_text() == "precious"


def test_the_schema_names_every_kind_and_every_field(cast: Cast):
    page = signed_in(cast.rosa).get(reverse("export-schema")).content.decode()
    schema = json_schema()
    assert schema["properties"]["type"]["enum"] == list(KINDS)
    assert schema["properties"]["v"]["const"] == VERSION
    for name, kind in KINDS.items():
        for word in (name, *kind.fields):
            assert f"<code>{word}</code>" in page


def test_the_document_of_events_is_up_to_date():
    written = Path(settings.BASE_DIR, "docs/events.md").read_text(encoding="utf-8")
    assert written == events_document(), "run manage.py write_docs"
