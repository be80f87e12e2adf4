"""What a teacher's browser may receive: every key and every kind of value, and nothing besides.

A frame that breaks this list betrays something, if only that the server knows more than it says. What people
say (text, picture, a sentence of an error) is language and may hold any word; all other values are closed.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Shape = tuple[object, ...]
EndedBy = Literal["finished", "time_up", "inactive", "stopped", "withdrawn"]
ErrorCode = Literal[
    "frame_invalid", "message_empty", "message_too_long", "student_is_writing", "session_ended",
    "consent_missing", "rate_limited", "storage_failed",
]  # fmt: skip


def _uuid(text: str) -> str:
    UUID(text)
    return text


Moment = Annotated[AwareDatetime, Field(strict=False)]
Id = Annotated[str, AfterValidator(_uuid)]
Txn = Annotated[str, Field(max_length=64)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Closed):
    """A payload without fields."""


class Said(Closed):
    text: str


class Ending(Closed):
    reason: EndedBy


class Started(Closed):
    id: Id
    type: Literal["session.started"]
    persona: Literal[""]
    ts: Moment
    payload: Nothing


class Ended(Closed):
    id: Id
    type: Literal["session.ended"]
    persona: Literal[""]
    ts: Moment
    payload: Ending


class OwnLine(Closed):
    """What this teacher said; with its txn only in the tab that sent it."""

    id: Id
    type: Literal["message.posted"]
    persona: Literal["teacher"]
    ts: Moment
    txn: Txn = ""
    payload: Said


class StudentLine(Closed):
    id: Id
    type: Literal["message.posted"]
    persona: Literal["student"]
    ts: Moment
    payload: Said


class Welcome(Closed):
    type: Literal["welcome"]
    server_time: Moment
    deadline_at: Moment
    student: str
    ended: EndedBy | None


class Batch(Closed):
    type: Literal["batch"]
    cursor: Id | None
    reset: bool
    events: list[Started | OwnLine | StudentLine | Ended]
    typing: bool
    may_send: bool
    ended: EndedBy | None
    picture: Annotated[str, Field(pattern=r"^<svg[\s>]")] | None


class Ack(Closed):
    type: Literal["ack"]
    txn: Txn
    id: Id


class Pong(Closed):
    type: Literal["pong"]
    server_time: Moment
    cursor: Id | None


class Refused(Closed):
    type: Literal["err"]
    code: ErrorCode
    detail: str
    retryable: bool
    txn: Txn | None = None
    for_: Annotated[Literal["hello", "send", "typing", "ping"] | None, Field(alias="for")] = None


TeacherFrame = Annotated[Welcome | Batch | Ack | Pong | Refused, Field(discriminator="type")]
_frames: TypeAdapter[Any] = TypeAdapter(TeacherFrame)


def betrayals_in(frame: object) -> list[str]:
    """Every key and value of a frame that a teacher must not get, as "where: why"."""
    try:
        _frames.validate_python(frame)
    except ValidationError as error:
        return [_told(fault) for fault in error.errors(include_url=False, include_input=False)]
    return []


def _told(fault: Any) -> str:  # pydantic's own dictionary
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"


def reply_shapes(batch: dict[str, Any]) -> Iterator[tuple[str, Shape]]:
    """The student's line that ends a batch: its event id, and all that could tell one author from the other.

    That is every key, the kind of every value, and the flags of the frame. The picture changes with what is
    said, so for it only the key counts.
    """
    last = batch["events"][-1] if batch["events"] else None
    if last and last["type"] == "message.posted" and last["persona"] == "student":
        flags = (batch["typing"], batch["may_send"])
        yield last["id"], (_kinds(batch, without="picture"), _kinds(last), _kinds(last["payload"]), flags)


def _kinds(values: dict[str, Any], *, without: str = "") -> Shape:
    return tuple(
        sorted((key, "" if key == without else type(value).__name__) for key, value in values.items())
    )
