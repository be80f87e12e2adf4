"""Every non-trivial read. A selector takes the viewer, so that permission cannot be forgotten.

This package is also the one door through which annotation reads sessions.
"""

from .analysis import (
    ClosedTurn,
    RepairedTurn,
    TakeoverPoint,
    closed_teacher_turns,
    loop_counts,
    repaired_turns,
    takeover_series,
)
from .consequence import AnsweredTurn, answered_turns
from .erasure import erased_event_ids, latest_erasure
from .event import events_for, events_since, foreign_events
from .feedback import feedback_for, report_for
from .prepared import Kind, Prepared, Several
from .room import room_detail, rooms_for
from .served import Served, ServedTurns, replies_served, served_counts, turn_of
from .session import exportable_sessions, said_in, session_for, sessions_for, without_withdrawn
from .study import (
    consent_needed,
    invitations_for,
    scenarios_for,
    standing_consent,
    studies_for,
    studies_of,
    study_for,
)

__all__ = [
    "AnsweredTurn",
    "ClosedTurn",
    "Kind",
    "Prepared",
    "RepairedTurn",
    "Served",
    "ServedTurns",
    "Several",
    "TakeoverPoint",
    "answered_turns",
    "closed_teacher_turns",
    "consent_needed",
    "erased_event_ids",
    "events_for",
    "events_since",
    "exportable_sessions",
    "feedback_for",
    "foreign_events",
    "invitations_for",
    "latest_erasure",
    "loop_counts",
    "repaired_turns",
    "replies_served",
    "report_for",
    "room_detail",
    "rooms_for",
    "said_in",
    "scenarios_for",
    "served_counts",
    "session_for",
    "sessions_for",
    "standing_consent",
    "studies_for",
    "studies_of",
    "study_for",
    "takeover_series",
    "turn_of",
    "without_withdrawn",
]
