"""The page that explains one decision."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from simulator.models import Role
from simulator.selectors.decision import decision_for

from .access import PageRequest, page
from .decision_charts import WIDTH, gauge_of, lessons_of, moments_of, stage_bars
from .words import console_words


def event_words() -> dict[str, str]:
    """What a supervisor or researcher reads for the kinds of events of a turn."""
    return {
        "message.posted": _("said"),
        "turn.predicted": _("the machine has read it"),
        "turn.routed": _("it was decided who answers"),
        "turn.claimed": _("claimed"),
        "turn.released": _("released"),
        "turn.shown": _("candidates on screen"),
        "turn.candidate_rejected": _("a candidate refused"),
        "turn.repaired": _("the reading put right"),
        "turn.decided": _("the reply settled"),
        "turn.late_reply": _("a reply came too late"),
        "turn.stalled": _("the student stalled"),
        "turn.abandoned": _("abandoned"),
    }


@page(Role.SUPERVISOR, Role.RESEARCHER)
@require_GET
def decision(request: PageRequest, public_id: str, number: int) -> HttpResponse:
    found = decision_for(request.user, public_id, number)
    words, events = console_words(), event_words()
    stages, routes = words["stages"], words["route"]
    moments = moments_of(found.events)
    context = {
        "nav": "sessions" if request.user.is_researcher else "console",
        "decision": found,
        "turn": found.turn,
        "gauge": gauge_of(found.prediction, found.stages),
        "bars": stage_bars(found.stages),
        "lessons": lessons_of(found.prediction),
        "moments": [(moment, events.get(moment.what, moment.what)) for moment in moments],
        "stage_names": stages,
        "route": routes.get(found.turn.route, found.turn.route) if isinstance(routes, dict) else "",
        "width": WIDTH,
        "chosen": found.turn.decision.get("candidate"),
        "replies": found.candidates,
        "last": found.session.turns.count(),
    }
    return render(request, "simulator/decision.html", context)
