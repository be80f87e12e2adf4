"""The teacher's start: scenarios to choose from, rehearsals so far, the task before a rehearsal."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from simulator.models import Role
from simulator.selectors import consent_needed, scenarios_for, sessions_for, studies_for, study_for
from simulator.services.session import session_start

from .access import PageRequest, page
from .picture import first_picture


@page(Role.TEACHER)
@require_GET
def lobby(request: PageRequest) -> HttpResponse:
    scenarios = list(scenarios_for(request.user))
    sessions = list(sessions_for(request.user))
    context = {
        "nav": "lobby",
        "studies": studies_for(request.user),
        "scenarios": [(scenario, first_picture(scenario)) for scenario in scenarios],
        "open_sessions": [session for session in sessions if session.is_open],
        "past_sessions": [session for session in sessions if not session.is_open],
    }
    return render(request, "simulator/lobby.html", context)


@page(Role.TEACHER)
@require_http_methods(["GET", "POST"])
def brief(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """The task to read first; the clock starts with the button at its end."""
    study = study_for(request.user, slug)
    scenario = scenarios_for(request.user).filter(pk=pk).first()
    if scenario is None:
        raise Http404
    if consent_needed(person=request.user, study=study):
        return redirect(f"{reverse('consent', args=[slug])}?next={request.path}")
    if request.method == "POST":
        return redirect(
            "session", session_start(teacher=request.user, study=study, scenario=scenario).public_id
        )
    context = {"nav": "lobby", "study": study, "scenario": scenario, "picture": first_picture(scenario)}
    return render(request, "simulator/brief.html", context)
