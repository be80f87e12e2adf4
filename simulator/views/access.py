"""Who may open a page, and what a refusal looks like."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from simulator.errors import NotAllowed, NotFound, SimulatorError
from simulator.models import Role, User


class PageRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


View = Callable[..., HttpResponseBase]


def page(*roles: Role) -> Callable[[View], View]:
    """Make a view one for signed-in people of these roles (of any role, when none is named).

    To others the page does not exist. A domain error becomes the page that says fault and mend.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if roles and request.user.role not in roles:
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise Http404 from None
            except NotAllowed as error:
                raise PermissionDenied(str(error)) from None
            except SimulatorError as error:
                return render(request, "simulator/refused.html", {"error": error}, status=error.status)

        return guarded

    return decorate


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the form said to go on, if that is an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default
