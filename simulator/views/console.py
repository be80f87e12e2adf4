"""The supervisors' console; everything in it comes over its websocket."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from simulator.models import Role

from .access import PageRequest, page
from .words import console_words


@page(Role.SUPERVISOR, Role.RESEARCHER)
@never_cache
@require_GET
def console(request: PageRequest) -> HttpResponse:
    return render(request, "simulator/console.html", {"nav": "console", "words": console_words()})
