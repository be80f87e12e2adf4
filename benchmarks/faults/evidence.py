"""What the product has of it in the end: the log in the database, the exports, the pages."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.urls import reverse

from benchmarks.faults.ledger import Room
from benchmarks.faults.world import World
from simulator.exports.envelope import EventRecord
from simulator.exports.reader import sessions_in
from simulator.rehearsal.browser import Browser


@dataclass(frozen=True)
class RoomEvidence:
    """One rehearsal three times: ``log`` rows in the order of seq, the export, what the two pages show."""

    log: tuple[EventRecord, ...]
    exported: tuple[EventRecord, ...]
    shown: tuple[str, ...]  # ids, as a teacher's freshly opened page gets them
    page: str  # text of the researcher's page
    state_agrees: bool  # the student's state is what the log's effects make of it


@dataclass(frozen=True)
class LabelEvidence:
    """One stored act of an annotator."""

    row: int
    annotator: str
    txn: str
    item: int
    action: str
    labels: tuple[str, ...]
    standing: bool


@dataclass
class Evidence:
    rooms: dict[str, RoomEvidence] = field(default_factory=dict)
    labels: list[LabelEvidence] = field(default_factory=list)
    exported_labels: dict[int, tuple[str, ...]] = field(default_factory=dict)  # row -> types, standing ones
    deployments: tuple[str, ...] = ()  # the model store's own history
    page_version: str = ""  # which the API and the page call current
    serving_version: str = ""  # what the engines say they answer with


async def gather(url: str, world: World, rooms: Sequence[Room]) -> Evidence:
    """Ask everything that a person could ask, once the product is calm."""
    researcher = Browser(url, session_key=world.keys[world.researcher])
    teachers = {name: Browser(url, session_key=world.keys[name]) for name in world.teachers}
    found = Evidence()
    for room in rooms:
        found.rooms[room.session] = await _room(room, researcher, teachers[room.teacher])
    found.labels = await asyncio.to_thread(_stored_labels)
    found.exported_labels = await _exported_labels(researcher)
    versions = (await researcher.get(reverse("api-model-versions"))).json()
    listed = versions["results"] if isinstance(versions, dict) else versions
    found.page_version = next((one["version"] for one in listed if one["current"]), "")
    found.deployments, found.serving_version = await asyncio.to_thread(_versions)
    return found


async def _room(room: Room, researcher: Browser, teacher: Browser) -> RoomEvidence:
    lines = await researcher.lines(reverse("api-session-export", args=[room.session]))
    (exported,) = sessions_in(lines)
    page = await researcher.get(reverse("session-detail", args=[room.session]))
    log, agrees = await asyncio.to_thread(_log, room.session)
    shown = await _shown(teacher, room.session)
    return RoomEvidence(log, exported.events, shown, unescape(page.text), agrees)


async def _shown(teacher: Browser, session: str) -> tuple[str, ...]:
    """The ids that a page opened now gets, in their order."""
    async with teacher.socket(f"/ws/session/{session}/") as socket:
        await socket.send(json.dumps({"type": "hello", "client": "evidence", "cursor": None}))
        while True:
            frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if frame["type"] == "batch":
                return tuple(event["id"] for event in frame["events"])


def _log(session_id: str) -> tuple[tuple[EventRecord, ...], bool]:
    from simulator.models import Session
    from simulator.student.state import StudentState, apply_effects

    session = Session.objects.select_related("scenario").get(public_id=session_id)
    content = session.scenario.content
    state = StudentState.initial(content)
    rows = []
    for event in session.events.order_by("seq"):
        state = apply_effects(content, state, event.payload.get("effects", []))
        rows.append(
            EventRecord(
                session=session.public_id, scenario=session.scenario.slug, seq=event.seq, id=event.pk,
                type=event.type, actor=event.actor, persona=event.persona, turn=event.turn,
                cause=event.cause, client=event.client, txn=event.txn, ts_client=event.ts_client,
                ts_server=event.ts_server, audience=event.audience, payload=event.payload,
            )
        )  # fmt: skip
    return tuple(rows), state.to_json() == session.student_state.to_json()


def _stored_labels() -> list[LabelEvidence]:
    from annotation.models import Annotation

    rows = Annotation.objects.select_related("annotator").order_by("pk")
    return [
        LabelEvidence(
            row.pk,
            row.annotator.username,
            row.txn,
            row.item_id,
            row.action,
            tuple(row.labels),
            row.is_standing,
        )
        for row in rows
    ]


async def _exported_labels(researcher: Browser) -> dict[int, tuple[str, ...]]:
    """The standing labels, through the API, page after page."""
    found: dict[int, tuple[str, ...]] = {}
    address: str | None = reverse("api-labels")
    while address:
        answer = (await researcher.get(address)).json()
        found |= {row["id"]: tuple(row["labels"]) for row in answer["results"]}
        address = answer["next"]
    return found


def _versions() -> tuple[tuple[str, ...], str]:
    from django.conf import settings

    from models_zoo.store import ModelStore
    from simulator.models import EngineBeat

    lines = (ModelStore(settings.MODEL_STORE).root / "activations.jsonl").read_text().splitlines()
    history = []
    for line in lines:
        with contextlib.suppress(ValueError):  # torn by a crash: it never took effect
            history.append(str(json.loads(line)["version"]))
    newest = EngineBeat.objects.order_by("-beat_at").first()
    return tuple(history), newest.model_version if newest else ""
