"""The feedback that a teacher reads after a rehearsal."""

from django.utils import timezone

from models_zoo.labels import QUESTION_TYPES
from models_zoo.types import Distribution
from simulator.feedback import Feedback, SpokenLine, feedback_from
from simulator.models import Session, User

from .session import session_for


def spoken_lines(session: Session) -> list[SpokenLine]:
    """The dialogue in order; a teacher's lines carry what the model made of them."""
    found = {
        asked: Distribution.from_json(prediction["understanding"]["question_type"])
        for asked, prediction in session.turns.values_list("asked_id", "prediction")
        if prediction
    }
    return [
        SpokenLine(
            persona=event.persona,
            text=event.payload.get("text", ""),
            at=event.ts_server,
            kind=event.payload.get("kind", ""),
            question_type=found.get(event.pk),
        )
        for event in session.events.filter(type="message.posted").order_by("seq")
    ]


def feedback_for(viewer: User, public_id: str) -> Feedback:
    """Raises NotFound when the session is not the viewer's to see."""
    session = session_for(viewer, public_id)
    rated = session.events.filter(type="session.rated").order_by("-seq").first()
    end = session.ended_at or timezone.now()
    return feedback_from(
        spoken_lines(session),
        types=QUESTION_TYPES,
        duration_s=(end - session.started_at).total_seconds(),
        end_reason=session.end_reason,
        ratings=rated.payload["ratings"] if rated else {},
    )
