"""Sessions as researchers read them: the list, and one of them played back with who really answered."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from simulator.models import Role
from simulator.selectors import events_for, said_in, sessions_for

from .access import PageRequest, page
from .picture import present_picture
from .replay import replay_of

PER_PAGE = 50


@page(Role.RESEARCHER)
@require_GET
def sessions(request: PageRequest) -> HttpResponse:
    found = sessions_for(request.user).annotate(turn_count=Count("turns")).order_by("-started_at")
    state = request.GET.get("state", "all")
    if state in ("open", "ended"):
        found = found.filter(ended_at__isnull=state == "open")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "simulator/sessions.html", {"nav": "sessions", "sessions": shown, "state": state})


@page(Role.RESEARCHER)
@require_GET
def session_detail(request: PageRequest, public_id: str) -> HttpResponse:
    session = said_in(request.user, public_id)
    replay = replay_of(events_for(session=session, viewer="researcher"))
    machine = sum(turn.by_machine for turn in replay.turns)
    context = {
        "nav": "sessions",
        "session": session,
        "picture": present_picture(session),
        "replay": replay,
        "machine": machine,
        "others": len(replay.turns) - machine,
    }
    return render(request, "simulator/session_detail.html", context)
