"""A rehearsal as its teacher has it: the room, its end, the ratings, the feedback."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from models_zoo.labels import QUESTION_TYPES
from simulator.forms import RatingsForm
from simulator.models import EndReason, Role
from simulator.selectors import report_for, said_in, session_for
from simulator.services.dispute import dispute_raise
from simulator.services.session import session_end, session_rate

from .access import PageRequest, page
from .charts import mix_segments, wait_strip
from .picture import present_picture
from .words import room_words


@page(Role.TEACHER)
@never_cache
@require_GET
def room(request: PageRequest, public_id: str) -> HttpResponse:
    session = said_in(request.user, public_id)
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
    session = said_in(request.user, public_id)
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
    session = said_in(request.user, public_id)
    if session.is_open and request.user.role == Role.TEACHER:
        return redirect("session", public_id)
    wanted = request.GET.get("version", "")
    report = report_for(request.user, public_id, version=int(wanted) if wanted.isdecimal() else None)
    found = report.feedback
    context = {
        "nav": "lobby" if request.user.role == Role.TEACHER else "sessions",
        "session": session,
        "report": report,
        "feedback": found,
        "questions": [(one, report.disputes.get(one.number or 0)) for one in found.questions],
        "types": QUESTION_TYPES,
        "segments": mix_segments(found.mix),
        "strip": wait_strip(found.wait_time_s),
    }
    return render(request, "simulator/feedback.html", context)


@page(Role.TEACHER)
@require_POST
def dispute(request: PageRequest, public_id: str, number: int) -> HttpResponse:
    """The teacher would call a question something else; it is looked at again, and the report reissued."""
    session = session_for(request.user, public_id)
    claimed = request.POST.get("question_type", "")
    dispute_raise(session=session, teacher=request.user, number=number, claimed=claimed)
    messages.success(request, _("Thank you. Somebody will look at this question again."))
    return redirect(f"{reverse('feedback', args=[public_id])}#question-{number}")
