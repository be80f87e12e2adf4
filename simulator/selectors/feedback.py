"""The feedback that a teacher reads after a rehearsal, in every version that was ever issued.

A report is worked out from the log. Version 1 knows what the model said; each settled dispute appends an
event and makes a version more. So an old version reads as it read then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from models_zoo.labels import QUESTION_TYPES
from models_zoo.types import Distribution
from simulator import errors
from simulator.feedback import Feedback, SpokenLine, feedback_from
from simulator.models import Dispute, Event, Session, User

from .session import said_in


@dataclass(frozen=True)
class ReportVersion:
    """One version of a report; ``turn`` is the question that it was reissued for, None for the first."""

    number: int
    at: datetime
    turn: int | None


@dataclass(frozen=True)
class Report:
    """A version of the feedback with all versions there are, newest first, and the disputes by turn."""

    feedback: Feedback
    version: ReportVersion
    versions: list[ReportVersion]
    disputes: Mapping[int, Dispute]

    @property
    def is_newest(self) -> bool:
        return self.version.number == self.versions[0].number


def spoken_lines(session: Session, *, decided: Mapping[int, str] | None = None) -> list[SpokenLine]:
    """The dialogue in order; a teacher's lines carry what the model made of them.

    Args:
        decided: turn -> question type that people settled in the model's place.
    """
    found = {
        asked: (number, prediction)
        for asked, number, prediction in session.turns.values_list("asked_id", "number", "prediction")
    }
    settled = decided or {}
    lines = []
    for event in _spoken(session):
        number, prediction = found.get(event.pk, (None, {}))
        lines.append(_line(event, number, prediction, settled))
    return lines


def _spoken(session: Session) -> list[Event]:
    return list(session.events.filter(type="message.posted").order_by("seq"))


def _line(
    event: Event, number: int | None, prediction: Mapping[str, object], decided: Mapping[int, str]
) -> SpokenLine:
    understanding = prediction.get("understanding")
    return SpokenLine(
        persona=event.persona,
        text=event.payload.get("text", ""),
        at=event.ts_server,
        kind=event.payload.get("kind", ""),
        question_type=(
            Distribution.from_json(understanding["question_type"])
            if isinstance(understanding, dict)
            else None
        ),
        number=number,
        decided=decided.get(number) if number is not None else None,
    )


def report_of(session: Session, *, version: int | None = None) -> Report:
    """The newest version of a session's report, or an older one.

    Raises:
        NotFound: there is no such version.
    """
    reissues = list(session.events.filter(type="feedback.reissued").order_by("seq"))
    end = session.ended_at or timezone.now()
    versions = [ReportVersion(1, end, None)]
    versions += [ReportVersion(one.payload["version"], one.ts_server, one.turn) for one in reissues]
    wanted = next((one for one in versions if one.number == (version or versions[-1].number)), None)
    if wanted is None:
        raise errors.NotFound
    known = [one for one in reissues if one.payload["version"] <= wanted.number]
    decided = {one.turn: one.payload["question_type"] for one in known if one.turn is not None}
    rated = session.events.filter(type="session.rated").order_by("-seq").first()
    feedback = feedback_from(
        spoken_lines(session, decided={turn: label for turn, label in decided.items() if label}),
        types=QUESTION_TYPES,
        duration_s=(end - session.started_at).total_seconds(),
        end_reason=session.end_reason,
        ratings=rated.payload["ratings"] if rated else {},
    )
    disputes = Dispute.objects.filter(turn__session=session).select_related("turn")
    return Report(feedback, wanted, versions[::-1], {one.turn.number: one for one in disputes})


def report_for(viewer: User, public_id: str, *, version: int | None = None) -> Report:
    """Raises NotFound when the session is not the viewer's to see, Erased when its words are gone."""
    return report_of(said_in(viewer, public_id), version=version)


def feedback_for(viewer: User, public_id: str) -> Feedback:
    """The newest report's figures. Raises NotFound, Erased."""
    return report_for(viewer, public_id).feedback
