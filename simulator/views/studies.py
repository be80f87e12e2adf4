"""Studies as researchers run them: invitations and the consent text."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from simulator.forms import ConsentTextForm, InvitationForm, RetentionForm
from simulator.models import Role
from simulator.selectors import invitations_for, studies_for, study_for
from simulator.selectors.erasure import sessions_past_retention
from simulator.services.study import (
    consent_text_publish,
    invitation_create,
    invitation_revoke,
    retention_set,
)

from .access import PageRequest, page


@page(Role.RESEARCHER)
@require_GET
def studies(request: PageRequest) -> HttpResponse:
    mine = studies_for(request.user).annotate(
        session_count=Count("sessions", distinct=True), member_count=Count("members", distinct=True)
    )
    return render(request, "simulator/studies.html", {"nav": "studies", "studies": mine})


@page(Role.RESEARCHER)
@require_GET
def study(request: PageRequest, slug: str) -> HttpResponse:
    return _study_page(request, slug)


def _study_page(
    request: PageRequest,
    slug: str,
    invitation: InvitationForm | None = None,
    consent: ConsentTextForm | None = None,
    retention: RetentionForm | None = None,
) -> HttpResponse:
    """The page; a form that was filled in wrongly is shown with its faults."""
    found = study_for(request.user, slug)
    texts = list(found.consent_texts.annotate(given=Count("consents")))
    newest = texts[0].text if texts else ""
    context = {
        "nav": "studies",
        "study": found,
        "invitations": [
            (one, request.build_absolute_uri(reverse("join", args=[one.token])))
            for one in invitations_for(request.user).filter(study=found)
        ],
        "texts": texts,
        "invitation_form": invitation or InvitationForm(),
        "retention_form": retention or RetentionForm(initial={"retention_days": found.retention_days}),
        "past_retention": sessions_past_retention(found).count(),
        "consent_form": consent or ConsentTextForm(initial={"text": newest}),
    }
    bad = any(form is not None for form in (invitation, consent, retention))
    return render(request, "simulator/study.html", context, status=422 if bad else 200)


@page(Role.RESEARCHER)
@require_POST
def invite(request: PageRequest, slug: str) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _study_page(request, slug, invitation=form)
    invitation_create(
        study=study_for(request.user, slug),
        created_by=request.user,
        expires_at=form.expires_at(),
        max_uses=form.cleaned_data["max_uses"],
    )
    messages.success(request, _("The link is ready to be copied."))
    return redirect("study", slug)


@page(Role.RESEARCHER)
@require_POST
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    invitation = invitations_for(request.user).filter(pk=pk).first()
    if invitation is None:
        raise Http404
    invitation_revoke(invitation=invitation)
    messages.success(request, _("The link no longer works."))
    return redirect("study", invitation.study.slug)


@page(Role.RESEARCHER)
@require_POST
def publish(request: PageRequest, slug: str) -> HttpResponse:
    """A new version of the consent text; every teacher of the study is asked again."""
    form = ConsentTextForm(request.POST)
    if not form.is_valid():
        return _study_page(request, slug, consent=form)
    text = consent_text_publish(study=study_for(request.user, slug), text=form.cleaned_data["text"])
    messages.success(request, _("Version %(version)s is in force.") % {"version": text.version})
    return redirect("study", slug)


@page(Role.RESEARCHER)
@require_POST
def retention(request: PageRequest, slug: str) -> HttpResponse:
    """How long the study keeps what is said in it."""
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return _study_page(request, slug, retention=form)
    days = form.cleaned_data["retention_days"]
    retention_set(study=study_for(request.user, slug), days=days)
    said = _("Rehearsals are kept for %(days)d days.") % {"days": days} if days else _("Rehearsals are kept.")
    messages.success(request, said)
    return redirect("study", slug)
