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
from .event import events_for, events_since
from .feedback import feedback_for
from .room import room_detail, rooms_for
from .session import exportable_sessions, session_for, sessions_for, without_withdrawn
from .study import (
    consent_needed,
    has_standing_consent,
    invitations_for,
    scenarios_for,
    standing_consent,
    studies_for,
    study_for,
)

__all__ = [
    "AnsweredTurn",
    "ClosedTurn",
    "RepairedTurn",
    "TakeoverPoint",
    "answered_turns",
    "closed_teacher_turns",
    "consent_needed",
    "events_for",
    "events_since",
    "exportable_sessions",
    "feedback_for",
    "has_standing_consent",
    "invitations_for",
    "loop_counts",
    "repaired_turns",
    "room_detail",
    "rooms_for",
    "scenarios_for",
    "session_for",
    "sessions_for",
    "standing_consent",
    "studies_for",
    "study_for",
    "takeover_series",
    "without_withdrawn",
]
