"""Who read or changed what, for researchers of the same studies."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from simulator.models import AuditAction, Role
from simulator.selectors.audit import audit_entries_for
from simulator.selectors.erasure import erasures_for

from .access import PageRequest, page

PER_PAGE = 100
MOST_ERASURES = 20


@page(Role.RESEARCHER)
@require_GET
def audit(request: PageRequest) -> HttpResponse:
    entries = audit_entries_for(request.user)
    action = request.GET.get("action", "")
    if action in AuditAction.values:
        entries = entries.filter(action=action)
    person = request.GET.get("person", "").strip()
    if person:
        entries = entries.filter(person__username=person)
    context = {
        "nav": "audit",
        "entries": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "actions": AuditAction.choices,
        "action": action,
        "person": person,
        "erasures": erasures_for(request.user)[:MOST_ERASURES],
    }
    return render(request, "simulator/audit.html", context)
