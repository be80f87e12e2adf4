"""The teacher's socket: one rehearsal. Nothing that leaves here depends on who answered."""

import time
from typing import Any

from asgiref.sync import async_to_sync
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from simulator.broadcast import session_group, teacher_typing
from simulator.errors import NotFound
from simulator.models import Role, Session
from simulator.models.turn import UNANSWERED
from simulator.protocol import Ping, Send, TeacherFrame, TeacherHello, Typing, parse_teacher_frame
from simulator.selectors import events_since, session_for
from simulator.selectors.event import batch_after
from simulator.services.message import message_post
from simulator.student.picture import render_picture

from .base import CLOSE_NOT_ALLOWED, CLOSE_NOT_FOUND, FrameConsumer

TYPING_EVERY_S = 2.0


class TeacherConsumer(FrameConsumer):
    def refusal(self) -> int | None:
        if not self.viewer.is_authenticated or self.viewer.role != Role.TEACHER:
            return CLOSE_NOT_ALLOWED
        try:
            self.session = session_for(self.viewer, self.scope["url_route"]["kwargs"]["session"])
        except NotFound:
            return CLOSE_NOT_FOUND
        self.seq: int | None = None
        self.cursor: str | None = None
        self.picture = ""
        self.drawn: dict[str, Any] | None = None  # the student's state that the picture shows
        self.typing_at = 0.0
        return None

    def parse(self, content: object) -> TeacherFrame:
        return parse_teacher_frame(content)

    def on_hello(self, frame: TeacherHello) -> None:
        self.client = frame.client
        async_to_sync(self.channel_layer.group_add)(session_group(self.session.public_id), self.channel_name)
        self.session.refresh_from_db()
        self.send_json(
            {
                "type": "welcome",
                "server_time": timezone.now().isoformat(),
                "deadline_at": self.session.deadline_at.isoformat(),
                "student": self.session.scenario.content.persona.name,
                "ended": self.session.end_reason or None,
            }
        )
        self.picture, self.drawn = "", None
        batch = events_since(session=self.session, viewer="teacher", cursor=frame.cursor, client=self.client)
        self._send_batch(batch, always=True)

    def on_send(self, frame: Send) -> None:
        client = self.client or self.channel_name[-64:]
        event = message_post(
            session=self.session,
            teacher=self.viewer,
            client=client,
            txn=frame.txn,
            text=frame.text,
            ts_client=_moment(frame.ts_client),
        )
        self.send_json({"type": "ack", "txn": frame.txn, "id": str(event.pk)})

    def on_typing(self, _frame: Typing) -> None:
        now = time.monotonic()
        if now - self.typing_at >= TYPING_EVERY_S:
            self.typing_at = now
            teacher_typing(self.session.public_id)

    def on_ping(self, _frame: Ping) -> None:
        self._flush()
        self.send_pong(cursor=self.cursor)

    def log_grew(self, _bell: dict[str, Any]) -> None:
        self._flush()

    def _flush(self) -> None:
        """Send what this browser has not had; before its hello there is no place to go on from."""
        if self.seq is None:
            return
        self.session = Session.objects.select_related("scenario").get(pk=self.session.pk)
        if self.session.head > self.seq:
            self._send_batch(
                batch_after(
                    session=self.session,
                    viewer="teacher",
                    seq=self.seq,
                    cursor=self.cursor,
                    client=self.client,
                )
            )

    def _send_batch(self, batch: Any, *, always: bool = False) -> None:
        self.seq, self.cursor = batch.seq, batch.cursor
        if not batch.events and not always:
            return  # only the team's own events: a frame now would tell that something happened
        waiting = self.session.turns.filter(status__in=UNANSWERED).exists()
        picture = self._new_picture()
        self.send_json(
            {
                "type": "batch",
                "cursor": batch.cursor,
                "reset": batch.reset,
                "events": batch.events,
                "typing": waiting and self.session.is_open,
                "may_send": self.session.is_open and not waiting,
                "ended": self.session.end_reason or None,
                "picture": picture,
            }
        )

    def _new_picture(self) -> str | None:
        """The picture of what the student has claimed, unless this browser has it."""
        if self.session.state == self.drawn:
            return None
        self.drawn = self.session.state
        picture = render_picture(self.session.scenario.content, self.session.student_state)
        before, self.picture = self.picture, picture
        return picture if picture != before else None


def _moment(text: str | None) -> Any:
    """The browser's own time, if it is one; a wrong clock or text is no reason to refuse a message."""
    try:
        moment = parse_datetime(text) if text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
