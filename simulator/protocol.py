"""Frames that browsers send, as frozen dataclasses. No Django models, no rules: docs/protocol.md in code."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .errors import FrameInvalid

MAX_FRAME_BYTES = 64 * 1024
Token = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
SessionId = Annotated[str, Field(min_length=36, max_length=36)]


class Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Ping(Frame):
    type: Literal["ping"]


class Typing(Frame):
    type: Literal["typing"]


class TeacherHello(Frame):
    type: Literal["hello"]
    client: Token
    cursor: str | None = Field(default=None, max_length=64)


class Send(Frame):
    type: Literal["send"]
    txn: Token
    text: str
    ts_client: str | None = Field(default=None, max_length=40)


class ConsoleHello(Frame):
    type: Literal["hello"]
    client: Token


class Watch(Frame):
    type: Literal["watch"]
    session: SessionId
    cursor: str | None = Field(default=None, max_length=64)


class TurnFrame(Frame):
    session: SessionId
    turn: int = Field(ge=1)


class Claim(TurnFrame):
    type: Literal["claim"]


class Shown(TurnFrame):
    type: Literal["shown"]


class Release(TurnFrame):
    type: Literal["release"]
    epoch: int


class Reject(TurnFrame):
    type: Literal["reject"]
    epoch: int
    candidate: int = Field(ge=0)
    reason: str = Field(max_length=500)


class NamedEntity(Frame):
    kind: Literal["object", "dimension", "operation"]
    name: str = Field(max_length=80)


class Repair(TurnFrame):
    type: Literal["repair"]
    txn: Token
    epoch: int
    dialogue_act: str | None = Field(default=None, max_length=40)
    question_type: str | None = Field(default=None, max_length=40)
    entities: list[NamedEntity] | None = Field(default=None, max_length=12)
    elapsed_ms: int | None = Field(default=None, ge=0)


class Decide(TurnFrame):
    type: Literal["decide"]
    txn: Token
    epoch: int
    action: Literal["pick", "edit", "type"]
    candidate: int | None = Field(default=None, ge=0)
    text: str | None = Field(default=None, max_length=16_000)
    elapsed_ms: int | None = Field(default=None, ge=0)


class Seize(Frame):
    type: Literal["seize"]
    session: SessionId


class HandBack(Frame):
    type: Literal["hand_back"]
    session: SessionId


class SetMode(Frame):
    type: Literal["set_mode"]
    session: SessionId
    mode: Literal["backup", "verify"]


class Stop(Frame):
    type: Literal["stop"]
    session: SessionId


TeacherFrame = TeacherHello | Send | Typing | Ping
ConsoleFrame = (
    ConsoleHello
    | Watch
    | Claim
    | Shown
    | Release
    | Reject
    | Repair
    | Decide
    | Seize
    | HandBack
    | SetMode
    | Stop
    | Ping
)
_teacher: TypeAdapter[TeacherFrame] = TypeAdapter(Annotated[TeacherFrame, Field(discriminator="type")])
_console: TypeAdapter[ConsoleFrame] = TypeAdapter(Annotated[ConsoleFrame, Field(discriminator="type")])


def _parse(adapter: TypeAdapter[Any], content: object) -> Any:  # the union that the adapter was made for
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "frame"
        raise FrameInvalid(f"{where}: {first['msg']}. See docs/protocol.md.") from error


def parse_teacher_frame(content: object) -> TeacherFrame:
    """The frame that a teacher's browser sent.

    Raises:
        FrameInvalid: naming the first field that is wrong.
    """
    frame: TeacherFrame = _parse(_teacher, content)
    return frame


def parse_console_frame(content: object) -> ConsoleFrame:
    """The frame that a supervisor's browser sent. Raises FrameInvalid like parse_teacher_frame."""
    frame: ConsoleFrame = _parse(_console, content)
    return frame
