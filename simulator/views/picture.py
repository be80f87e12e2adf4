"""The task picture for a page; it escapes its texts and carries classes only."""

from django.utils.safestring import SafeString, mark_safe

from simulator.models import ScenarioVersion, Session
from simulator.student.picture import render_picture
from simulator.student.state import StudentState


def first_picture(scenario: ScenarioVersion) -> SafeString:
    """As it is before the first word."""
    content = scenario.content
    return mark_safe(render_picture(content, StudentState.initial(content)))  # noqa: S308 (see above)


def present_picture(session: Session) -> SafeString:
    """As the student's words have left it."""
    return mark_safe(render_picture(session.scenario.content, session.student_state))  # noqa: S308 (see above)
