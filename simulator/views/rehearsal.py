"""A rehearsal as its teacher has it: the room, its end, the ratings, the feedback."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from simulator.forms import RatingsForm
from simulator.models import EndReason, Role
from simulator.selectors import feedback_for, session_for
from simulator.services.session import session_end, session_rate

from .access import PageRequest, page
from .charts import mix_segments, wait_strip
from .picture import present_picture
from .words import room_words


@page(Role.TEACHER)
@never_cache
@require_GET
def room(request: PageRequest, public_id: str) -> HttpResponse:
    session = session_for(request.user, public_id)
    context = {
        "nav": "lobby",
        "session": session,
        "content": session.scenario.content,
        "picture": present_picture(session),
        "words": room_words(session.scenario.content.persona.name),
    }
    return render(request, "simulator/room.html", context)


@page(Role.TEACHER)
@require_POST
def end(request: PageRequest, public_id: str) -> HttpResponse:
    session = session_for(request.user, public_id)
    session_end(session=session, reason=EndReason.FINISHED, actor=request.user.actor)
    return redirect("ratings", public_id)


@page(Role.TEACHER)
@require_http_methods(["GET", "POST"])
def ratings(request: PageRequest, public_id: str) -> HttpResponse:
    session = session_for(request.user, public_id)
    if session.is_open:
        return redirect("session", public_id)
    form = RatingsForm(request.POST or None, items=session.scenario.content.ratings)
    if form.is_valid():
        session_rate(
            session=session,
            teacher=request.user,
            ratings=form.ratings(),
            comment=form.cleaned_data["comment"],
        )
        return redirect("feedback", public_id)
    return render(request, "simulator/ratings.html", {"nav": "lobby", "session": session, "form": form})


@page(Role.TEACHER, Role.RESEARCHER)
@require_GET
def feedback(request: PageRequest, public_id: str) -> HttpResponse:
    session = session_for(request.user, public_id)
    if session.is_open and request.user.role == Role.TEACHER:
        return redirect("session", public_id)
    found = feedback_for(request.user, public_id)
    context = {
        "nav": "lobby" if request.user.role == Role.TEACHER else "sessions",
        "session": session,
        "feedback": found,
        "segments": mix_segments(found.mix),
        "strip": wait_strip(found.wait_time_s),
    }
    return render(request, "simulator/feedback.html", context)
