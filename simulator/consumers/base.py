"""What both sockets share: parsing, errors as frames, limits."""

import json
from typing import Any, ClassVar

import structlog
from channels.generic.websocket import JsonWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from simulator.counting import count_up
from simulator.errors import FrameInvalid, RateLimited, SimulatorError, StorageFailed
from simulator.models import User
from simulator.protocol import MAX_FRAME_BYTES

log = structlog.get_logger(__name__)

CLOSE_TOO_BIG, CLOSE_NOT_ALLOWED, CLOSE_NOT_FOUND = 1009, 4403, 4404
FRAMES_PER_WINDOW, WINDOW_S = 60, 5.0  # of a person, over all their sockets at all web processes


class FrameConsumer(JsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Parses each frame and hands it to ``on_<type>``; a SimulatorError becomes an ``err`` frame."""

    groups: ClassVar[list[str]] = []
    client = ""

    def connect(self) -> None:
        self.viewer: User = self.scope["user"]
        self.accept()
        if code := self.refusal():
            self.close(code)

    def refusal(self) -> int | None:
        """A close code when this person may not open this socket. Runs after accept, so that it arrives."""
        raise FrameInvalid  # each socket says who may open it

    def parse(self, content: object) -> Any:
        """The frame as its dataclass; each socket has its own kinds."""
        raise FrameInvalid

    def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        if text_data is None or len(text_data) > MAX_FRAME_BYTES:
            self.close(CLOSE_TOO_BIG)
            return
        frame: Any = None
        try:
            self._limit_rate()
            frame = self.parse(self._json(text_data))
            getattr(self, f"on_{frame.type}")(frame)
        except SimulatorError as error:
            self.send_error(error, frame)
        except DatabaseError as error:
            log.exception("storage_failed", error=str(error))
            self.send_error(StorageFailed(), frame)

    def _json(self, text: str) -> object:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise FrameInvalid("The frame is no JSON object. See docs/protocol.md.") from None

    def _limit_rate(self) -> None:
        if count_up(f"frames:{self.viewer.pk}", WINDOW_S) > FRAMES_PER_WINDOW:
            raise RateLimited

    def send_error(self, error: SimulatorError, frame: Any) -> None:
        answer = {"type": "err", "code": error.code, "detail": str(error), "retryable": error.retryable}
        if frame is not None:
            answer["for"] = frame.type
            answer |= {key: getattr(frame, key) for key in ("txn", "session", "turn") if hasattr(frame, key)}
        self.send_json(answer)

    def send_pong(self, **more: object) -> None:
        self.send_json({"type": "pong", "server_time": timezone.now().isoformat(), **more})
