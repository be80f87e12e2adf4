"""Downloads on the pages, and the page that says what is in them."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from simulator.models import Role
from simulator.projection import KINDS
from simulator.selectors import exportable_sessions
from simulator.views.access import PageRequest, page

from .downloads import all_sessions_download, session_download
from .envelope import ENVELOPE
from .schema import json_schema


@page(Role.TEACHER, Role.RESEARCHER)
@require_GET
def session_file(request: PageRequest, public_id: UUID) -> HttpResponseBase:
    return session_download(request.user, public_id)


@page(Role.RESEARCHER)
@require_GET
def all_sessions_file(request: PageRequest) -> HttpResponseBase:
    return all_sessions_download(request.user)


@page(Role.RESEARCHER)
@require_GET
def schema_page(request: PageRequest) -> HttpResponse:
    kinds = [
        {
            "name": name,
            "summary": kind.summary,
            "fields": kind.fields,
            "shown": kind.teacher is not None,
            "teacher": sorted(kind.teacher or ()),
        }
        for name, kind in KINDS.items()
    ]
    sessions = exportable_sessions(request.user).count()
    context = {"envelope": ENVELOPE, "kinds": kinds, "sessions": sessions, "nav": "sessions"}
    return render(request, "simulator/data_schema.html", context)


@page(Role.RESEARCHER)
@require_GET
def schema_file(_request: PageRequest) -> HttpResponse:
    return JsonResponse(json_schema(), json_dumps_params={"indent": 2})
