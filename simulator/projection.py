"""What each role may see of an event: an allow-list, and unknown means hidden. No Django.

Three circles, each with a table: the teacher of the session, supervisors, researchers. A field that is not
in the table does not leave the server. The log's own envelope (seq, actor, turn, cause, audience) never
reaches a teacher, since a gap in seq or an actor would tell who spoke.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Viewer = Literal["teacher", "supervisor", "researcher"]


@dataclass(frozen=True)
class EventKind:
    """One kind of event: why it exists, the fields of its payload, and those that a teacher may see."""

    summary: str
    fields: dict[str, str] = field(default_factory=dict)
    teacher: frozenset[str] | None = None  # None: a teacher does not see the event at all
    blind: frozenset[str] = frozenset()  # kept from supervisors: it would tell which turns are audits

    @property
    def audience(self) -> str:
        return "everyone" if self.teacher is not None else "team"


KINDS: dict[str, EventKind] = {
    "session.started": EventKind(
        "A rehearsal began.",
        {
            "scenario": "slug",
            "scenario_version": "number",
            "mode": "backup or verify",
            "threshold": "joint uncertainty below which the machine answers alone",
            "consent_version": "version of the text that the teacher agreed to",
        },
        frozenset(),
    ),
    "message.posted": EventKind(
        "Somebody said something. `persona` is who is displayed, `actor` who really wrote.",
        {
            "text": "what was said",
            "kind": "message, reply, stall or fallback",
            "effects": "what the line changes in the student's state",
        },
        frozenset({"text"}),
    ),
    "turn.predicted": EventKind(
        "The engine looked at a teacher's message.",
        {
            "understanding": "distributions over act, question type and entities, with their uncertainties",
            "candidates": "all candidate replies with source, score, rule and effects",
            "stages": "of each stage: its uncertainty between 0 and 1, and the measures behind it",
            "joint": "joint uncertainty: the chance that the machine's reply would be wrong",
            "prior": "the noisy-or over the stages, which the joint uncertainty starts from",
            "joint_version": "which fit of the joint uncertainty, or prior",
            "joint_parts": "what each signal added to the logarithm of the odds of being wrong",
            "threshold": "threshold in force",
            "threshold_origin": "where the threshold comes from",
            "expected_wait_s": "seconds that a turn would wait for a supervisor then",
            "audit_share": "share of confident turns that the study audits",
            "passes": "dropout passes",
            "seed": "of the passes",
            "model_version": "that predicted",
            "engine_ms": "milliseconds in the engine",
        },
        blind=frozenset(
            {
                "understanding",
                "candidates",
                "stages",
                "joint",
                "prior",
                "joint_version",
                "joint_parts",
                "threshold",
                "threshold_origin",
                "engine_ms",
            }
        ),
    ),
    "turn.routed": EventKind(
        "Who answers was decided.",
        {
            "route": "certain, uncertain (audits too), verify, seized, failed or timeout",
            "detail": "what failed",
            "audited": "true when the machine was sure and a person is asked blindly",
            "audit_share": "chance of a verdict that the turn had, had the machine been sure",
        },
        blind=frozenset({"audited", "audit_share"}),
    ),
    "turn.claimed": EventKind("A supervisor took the turn.", {"epoch": "of the lease"}),
    "turn.released": EventKind(
        "A supervisor gave the turn back, or the lease ran out.", {"epoch": "of the lease"}
    ),
    "turn.shown": EventKind("The candidates were on a supervisor's screen.", {"candidates": "how many"}),
    "turn.candidate_rejected": EventKind(
        "A supervisor refused a candidate.", {"candidate": "index", "text": "its text", "reason": "why"}
    ),
    "turn.repaired": EventKind(
        "A supervisor put layers of the machine's reading right, and it proposed anew.",
        {
            "before": "the layers as they stood: dialogue_act, question_type, entities as [kind, name]",
            "after": "the same layers as the supervisor has them",
            "candidates": "all candidate replies that follow from it",
            "epoch": "of the lease from then on",
            "elapsed_ms": "from shown to repaired, as the browser measured it",
        },
        blind=frozenset({"candidates"}),
    ),
    "turn.decided": EventKind(
        "The reply was settled; it appears at its moment.",
        {
            "action": "auto, pick, edit, type or fallback",
            "candidate": "index, if one was used",
            "repaired": "true when the candidates came after a repair",
            "before": "the candidate's text, if one was edited",
            "text": "the reply",
            "elapsed_ms": "from shown to decided, as the browser measured it",
            "machine_wrong": "verdict on the machine's first reply; null when there is none",
        },
        blind=frozenset({"machine_wrong"}),
    ),
    "turn.late_reply": EventKind(
        "A supervisor's reply came after the turn had moved on.",
        {"text": "the reply", "epoch": "it was meant for"},
    ),
    "turn.stalled": EventKind("The student said that they are thinking.", {}),
    "turn.abandoned": EventKind("The session ended before the turn was answered.", {}),
    "session.seized": EventKind("A supervisor took over the room.", {}),
    "session.handed_back": EventKind(
        "The room went back to the machine.", {"why": "handed_back or lease_ended"}
    ),
    "session.mode_changed": EventKind("Backup or Verify was chosen.", {"mode": "backup or verify"}),
    "session.ended": EventKind("The rehearsal ended.", {"reason": "see EndReason"}, frozenset({"reason"})),
    "feedback.disputed": EventKind(
        "The teacher would call a question something else than the report.",
        {"claimed": "question type by the teacher", "told": "by the report; empty when the model was unsure"},
    ),
    "feedback.reissued": EventKind(
        "Somebody looked at a disputed question again, and the report has a new version.",
        {
            "version": "of the report from then on",
            "question_type": "what was decided; empty when the question was put aside",
        },
    ),
    "session.erased": EventKind(
        "All payloads before this one were blanked.", {"reason": "withdrawn, retention or request"}
    ),
    "session.rated": EventKind(
        "The teacher rated the rehearsal.", {"ratings": "item to 1..5", "comment": "free text"}
    ),
}


@dataclass(frozen=True)
class LoggedEvent:
    """An event without the database."""

    seq: int
    id: str
    type: str
    actor: str
    persona: str
    turn: int | None
    cause: str | None
    client: str
    txn: str
    ts_server: datetime
    payload: dict[str, Any]


def project(event: LoggedEvent, *, viewer: Viewer, client: str = "") -> dict[str, Any] | None:
    """What ``viewer`` may see of ``event``, or None when that is nothing.

    Args:
        client: the browser tab that asks; its own messages carry their txn, to replace the local echo.
    """
    kind = KINDS.get(event.type)
    if kind is None:
        return None
    shown: dict[str, Any] = {
        "id": event.id,
        "type": event.type,
        "persona": event.persona,
        "ts": event.ts_server.isoformat(),
    }
    if event.txn and event.persona == "teacher" and event.client == client:
        shown["txn"] = event.txn
    if viewer == "teacher":
        if kind.teacher is None:
            return None
        shown["payload"] = {key: event.payload[key] for key in sorted(kind.teacher) if key in event.payload}
        return shown
    allowed = kind.fields.keys() - (kind.blind if viewer == "supervisor" else frozenset())
    shown["payload"] = {key: value for key, value in event.payload.items() if key in allowed}
    shown |= {"seq": event.seq, "actor": event.actor, "turn": event.turn, "cause": event.cause}
    return shown
