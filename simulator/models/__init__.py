"""What is stored. The event log is the truth of a session; the rest is a projection of it or describes it."""

from .audit import AuditAction, AuditEntry
from .dispute import Dispute
from .engine import EngineBeat
from .erasure import Erasure, Reason
from .event import Event
from .exchange import KnownExchange
from .joint import JointFit
from .person import Role, User
from .routing import RoutingPolicy, ThresholdOrigin, ThresholdRecord
from .scenario import ScenarioVersion
from .session import EndReason, Mode, Session
from .study import Consent, ConsentText, Invitation, Study
from .turn import Turn, TurnStatus
from .worker import WorkerBeat

__all__ = [
    "AuditAction",
    "AuditEntry",
    "Consent",
    "ConsentText",
    "Dispute",
    "EndReason",
    "EngineBeat",
    "Erasure",
    "Event",
    "Invitation",
    "JointFit",
    "KnownExchange",
    "Mode",
    "Reason",
    "Role",
    "RoutingPolicy",
    "ScenarioVersion",
    "Session",
    "Study",
    "ThresholdOrigin",
    "ThresholdRecord",
    "Turn",
    "TurnStatus",
    "User",
    "WorkerBeat",
]
