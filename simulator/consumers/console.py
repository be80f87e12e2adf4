"""The supervisors' socket: every room of their studies, one of them watched closely."""

from typing import Any

from asgiref.sync import async_to_sync
from django.utils import timezone

from simulator.broadcast import CONSOLE_GROUP
from simulator.errors import NotFound
from simulator.models import AuditAction, EndReason, Session
from simulator.protocol import (
    Claim,
    ConsoleFrame,
    ConsoleHello,
    Decide,
    HandBack,
    Ping,
    Reject,
    Release,
    Repair,
    Seize,
    SetMode,
    Shown,
    Stop,
    Watch,
    parse_console_frame,
)
from simulator.selectors import events_since, room_detail, rooms_for, session_for
from simulator.selectors.event import batch_after
from simulator.selectors.room import room_for
from simulator.services import repair, room, supervision
from simulator.services.audit import audit_record
from simulator.services.session import session_end
from simulator.student.picture import render_picture

from .base import CLOSE_NOT_ALLOWED, FrameConsumer


class ConsoleConsumer(FrameConsumer):
    def refusal(self) -> int | None:
        if not self.viewer.is_authenticated or not self.viewer.may_supervise:
            return CLOSE_NOT_ALLOWED
        self.watched: Session | None = None
        self.seq = 0
        self.cursor: str | None = None
        self.ready = False
        return None

    def parse(self, content: object) -> ConsoleFrame:
        return parse_console_frame(content)

    # -- reading

    def on_hello(self, frame: ConsoleHello) -> None:
        self.client = frame.client
        async_to_sync(self.channel_layer.group_add)(CONSOLE_GROUP, self.channel_name)
        self.ready = True
        self.send_json(
            {
                "type": "welcome",
                "server_time": timezone.now().isoformat(),
                "you": {"actor": self.viewer.actor, "name": str(self.viewer)},
                "rooms": rooms_for(self.viewer),
            }
        )

    def on_watch(self, frame: Watch) -> None:
        self.watched = session_for(self.viewer, frame.session)
        audit_record(person=self.viewer, action=AuditAction.READ, what="console watch", subject=frame.session)
        self._send_batch(events_since(session=self.watched, viewer="supervisor", cursor=frame.cursor))

    def on_ping(self, _frame: Ping) -> None:
        room.leases_renew(user=self.viewer)
        self._flush()
        self.send_pong(cursor=self.cursor)

    def log_grew(self, bell: dict[str, Any]) -> None:
        try:
            session = session_for(self.viewer, bell["session"])
        except NotFound:
            return  # a room of a study that is not this supervisor's
        self.send_json({"type": "room", "room": room_for(self.viewer, session)})
        if self.watched is not None and session.pk == self.watched.pk:
            self._flush()

    def teacher_typing(self, bell: dict[str, Any]) -> None:
        if self.watched is not None and str(self.watched.public_id) == bell["session"]:
            self.send_json({"type": "typing", "session": bell["session"]})

    def _flush(self) -> None:
        if self.watched is None:
            return
        self.watched = session_for(self.viewer, self.watched.public_id)
        if self.watched.head > self.seq:
            # Researchers too: whoever may answer here must not know which turns are audits.
            batch = batch_after(session=self.watched, viewer="supervisor", seq=self.seq, cursor=self.cursor)
            self._send_batch(batch)

    def _send_batch(self, batch: Any) -> None:
        session = self.watched
        if session is None:
            return
        self.seq, self.cursor = batch.seq, batch.cursor
        self.send_json(
            {
                "type": "batch",
                "session": str(session.public_id),
                "cursor": batch.cursor,
                "reset": batch.reset,
                "events": batch.events,
                "picture": render_picture(session.scenario.content, session.student_state),
                "turn": room_detail(self.viewer, session),
            }
        )

    # -- acting

    def _session(self, frame: Any) -> Session:  # any frame that names a session
        return session_for(self.viewer, frame.session)

    def _ack(self, frame: Any, **more: object) -> None:
        answer = {"type": "ack", "for": frame.type, "session": frame.session, **more}
        answer |= {key: getattr(frame, key) for key in ("txn", "turn") if hasattr(frame, key)}
        self.send_json(answer)

    def on_claim(self, frame: Claim) -> None:
        turn = supervision.turn_claim(session=self._session(frame), number=frame.turn, user=self.viewer)
        self._ack(frame, epoch=turn.epoch)

    def on_release(self, frame: Release) -> None:
        supervision.turn_release(
            session=self._session(frame), number=frame.turn, user=self.viewer, epoch=frame.epoch
        )
        self._ack(frame)

    def on_shown(self, frame: Shown) -> None:
        supervision.candidates_shown(session=self._session(frame), number=frame.turn, user=self.viewer)
        self._ack(frame)

    def on_reject(self, frame: Reject) -> None:
        supervision.candidate_reject(
            session=self._session(frame),
            number=frame.turn,
            user=self.viewer,
            epoch=frame.epoch,
            candidate=frame.candidate,
            reason=frame.reason,
        )
        self._ack(frame)

    def on_repair(self, frame: Repair) -> None:
        named = [(one.kind, one.name) for one in frame.entities] if frame.entities is not None else None
        turn = repair.turn_repair(
            session=self._session(frame),
            number=frame.turn,
            user=self.viewer,
            repair=repair.Repair(
                client=self.client or "console",
                txn=frame.txn,
                epoch=frame.epoch,
                dialogue_act=frame.dialogue_act,
                question_type=frame.question_type,
                entities=tuple(named) if named is not None else None,
                elapsed_ms=frame.elapsed_ms,
            ),
        )
        self._flush()  # the new candidates first, so that whoever waits for the ack has them
        self._ack(frame, epoch=turn.epoch)

    def on_decide(self, frame: Decide) -> None:
        supervision.turn_decide(
            session=self._session(frame),
            number=frame.turn,
            user=self.viewer,
            decision=supervision.Decision(
                client=self.client or "console",
                txn=frame.txn,
                epoch=frame.epoch,
                action=frame.action,
                candidate=frame.candidate,
                text=frame.text,
                elapsed_ms=frame.elapsed_ms,
            ),
        )
        self._ack(frame)

    def on_seize(self, frame: Seize) -> None:
        room.session_seize(session=self._session(frame), user=self.viewer)
        self._ack(frame)

    def on_hand_back(self, frame: HandBack) -> None:
        room.session_hand_back(session=self._session(frame), user=self.viewer)
        self._ack(frame)

    def on_set_mode(self, frame: SetMode) -> None:
        room.session_mode_set(session=self._session(frame), user=self.viewer, mode=frame.mode)
        self._ack(frame)

    def on_stop(self, frame: Stop) -> None:
        session_end(session=self._session(frame), reason=EndReason.STOPPED, actor=self.viewer.actor)
        self._ack(frame)
