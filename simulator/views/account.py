"""A person's own page and the consent that they give and withdraw."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from simulator.models import Role
from simulator.selectors import consent_needed, studies_for, study_for
from simulator.selectors.erasure import own_erasures
from simulator.services.study import consent_give, consent_withdraw

from .access import PageRequest, page, safe_next


def installed_languages() -> list[tuple[str, str]]:
    """The languages that the product has words in: English and each with a catalogue."""
    catalogues = {
        path.name for root in settings.LOCALE_PATHS for path in Path(root).glob("*") if path.is_dir()
    }
    return [(code, name) for code, name in settings.LANGUAGES if code == "en" or code in catalogues]


@page()
@require_GET
def account(request: PageRequest) -> HttpResponse:
    context = {
        "studies": studies_for(request.user),
        "consents": request.user.consents.select_related("text__study").order_by("-agreed_at"),
        "erasures": own_erasures(request.user),
        "languages": installed_languages(),
    }
    return render(request, "simulator/account.html", context)


@page(Role.TEACHER)
@require_http_methods(["GET", "POST"])
def consent(request: PageRequest, slug: str) -> HttpResponse:
    """The study's text. Agreeing counts for the version that was on screen, or not at all."""
    study = study_for(request.user, slug)
    text = consent_needed(person=request.user, study=study)
    if text is None:
        return redirect(safe_next(request, "/"))
    if request.POST.get("version") == str(text.version):
        consent_give(person=request.user, text=text)
        return redirect(safe_next(request, "/"))
    context = {"study": study, "text": text, "next": safe_next(request, "/"), "changed": bool(request.POST)}
    return render(request, "simulator/consent.html", context)


@page()
@require_POST
def withdraw(request: PageRequest, slug: str) -> HttpResponse:
    study = study_for(request.user, slug)
    consent_withdraw(person=request.user, study=study)
    said = _("You have withdrawn from “%(study)s”, and what you said in it is erased.")
    messages.success(request, said % {"study": study.title})
    return redirect("account")
