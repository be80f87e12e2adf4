"""A teacher who looks: every frame's size and moment, refusals, answers of the API and their headers."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

if TYPE_CHECKING:
    from .stage import Stage

QUESTIONS = (
    "How long is the red rectangle?", "Why do you think so?", "What did you do to get that?",
    "How wide is it?", "Can you show me how you worked it out?", "What is the same in both rectangles?",
    "Does that make sense?",
    "What would happen if it was twice as long?", "How do you know?", "Which side did you start with?",
    "What does the scale factor tell you?", "Could you check it another way?", "Tell me more about that.",
)  # fmt: skip
PROBE_EVERY_S = 0.4
PACE = ("delay_s", "stalls", "first_frame_s")


@dataclass(frozen=True)
class Observed:
    """One turn as its teacher saw it; ``by_person`` is filled in from the database afterwards."""

    session: str
    number: int
    channel: dict[str, float]
    words: str
    by_person: bool = False


@dataclass
class Watched:
    """What came in since the question was sent."""

    sent_at: float
    facts: dict[str, float] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def note(self, name: str, value: float) -> None:
        """Of what comes several times the last, the sum and the number are kept."""
        self.facts[name] = value
        self.facts[f"{name}_sum"] = self.facts.get(f"{name}_sum", 0.0) + value
        self.facts[f"{name}_count"] = self.facts.get(f"{name}_count", 0.0) + 1

    def take(self, raw: str, now: float) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(raw)
        since = now - self.sent_at
        self.facts.setdefault("first_frame_s", since)
        kind = frame["type"]
        text = "".join(event["payload"].get("text", "") for event in frame.get("events", ()))
        own = len(raw.encode()) - len(json.dumps(text)) - len(json.dumps(frame.get("picture") or ""))
        self.note(f"{kind}_bytes", own)
        self.note(f"{kind}_s", since)
        self.note(f"{kind}_keys", zlib.crc32(",".join(frame).encode()) % 997)
        if kind == "batch":
            self._batch(frame, since)
        return frame

    def _batch(self, frame: dict[str, Any], since: float) -> None:
        said = [event for event in frame["events"] if event["persona"] == "student"]
        self.note("picture", float(frame["picture"] is not None))
        self.note("typing", float(bool(frame["typing"])))
        for event in said:
            self.said.append(event["payload"]["text"])
            self.note("event_keys", zlib.crc32(",".join([*event, *event["payload"]]).encode()) % 997)
            self.note("event_ms", float(int(event["ts"][20:23] or 0)))
        self.facts["stalls"] = self.facts.get("stalls", 0.0) + bool(said and not frame["may_send"])
        self.facts["delay_s"] = since


async def be_curious(stage: Stage, number: int, turns: int, seed: int) -> list[Observed]:
    """Hold one rehearsal, probing while the student writes; what was seen of each turn."""
    room, draws = stage.rooms[number], random.Random(f"{seed}/teacher/{number}")
    address = stage.url.replace("http", "ws", 1) + f"/ws/session/{room['session']}/"
    headers = {"Cookie": room["cookie"], "Origin": stage.url}
    found: list[Observed] = []
    async with (
        connect(address, additional_headers=headers, max_size=None, ping_timeout=None) as line,
        httpx.AsyncClient(base_url=stage.url, headers=headers, timeout=60) as http,
    ):
        await line.send(json.dumps({"type": "hello", "client": "tab", "cursor": None}))
        while json.loads(await line.recv())["type"] != "batch":
            pass
        for turn in range(1, turns + 1):
            watched = await _ask(line, http, room["session"], draws.choice(QUESTIONS))
            watched.facts["turn"] = float(turn)
            found.append(Observed(room["session"], turn, watched.facts, " ".join(watched.said[-1:])))
            await asyncio.sleep(draws.uniform(0.1, 0.6))
    return found


async def _ask(line: ClientConnection, http: httpx.AsyncClient, session: str, text: str) -> Watched:
    watched = Watched(time.perf_counter())
    await line.send(json.dumps({"type": "send", "txn": uuid.uuid4().hex, "text": text}))
    probing = asyncio.create_task(_probe(line, http, session, watched))
    try:
        async for raw in line:
            frame = watched.take(str(raw), time.perf_counter())
            if frame["type"] == "batch" and watched.said and frame["may_send"]:
                break
    finally:
        probing.cancel()
        await asyncio.gather(probing, return_exceptions=True)
    await _read(http, f"/api/sessions/{session}/export/", "export", watched)
    return watched


async def _probe(line: ClientConnection, http: httpx.AsyncClient, session: str, watched: Watched) -> None:
    """While the student writes: pings, a message out of turn, the API, the page."""
    await asyncio.sleep(PROBE_EVERY_S)
    await line.send(json.dumps({"type": "send", "txn": uuid.uuid4().hex, "text": "?"}))
    await _read(http, f"/api/sessions/{session}/events/", "events", watched)
    while True:
        await line.send('{"type": "ping"}')
        await asyncio.sleep(PROBE_EVERY_S)
        await _read(http, f"/api/sessions/{session}/", "session", watched)


async def _read(http: httpx.AsyncClient, path: str, name: str, watched: Watched) -> None:
    begun = time.perf_counter()
    answer = await http.get(path)
    watched.note(f"{name}_s", time.perf_counter() - begun)
    watched.note(f"{name}_status", float(answer.status_code))
    watched.note(f"{name}_headers", zlib.crc32(",".join(sorted(answer.headers)).encode()) % 997)
    rows = answer.text.splitlines()
    watched.note(f"{name}_rows", float(len(rows)))
    if name == "export" and rows:
        watched.note("export_keys", zlib.crc32(",".join(json.loads(rows[-1])).encode()) % 997)
