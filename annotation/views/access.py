"""Who may open a page, and how a refusal reaches them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render

from annotation.access import Viewer, require_annotator, require_researcher
from annotation.errors import AnnotationError, NotAllowed, NotFound
from annotation.selectors.adjudication import require_adjudicator


class PageRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: Viewer  # type: ignore[assignment]  # narrower than Django's on purpose


View = Callable[..., HttpResponseBase]


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which shows the answer itself."""
    return request.headers.get("Accept", "").startswith("application/json")


def _guarded(view: View, require: Callable[[Any], None]) -> View:
    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            require(request.user)
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(str(error)) from None
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from None
        except AnnotationError as error:
            return refusal(request, error)

    return guarded


def refusal(request: HttpRequest, error: AnnotationError) -> HttpResponseBase:
    """The error as JSON for a script, as a page for a person."""
    if wants_json(request):
        return JsonResponse({"error": {"code": error.code, "message": str(error)}}, status=error.status)
    return render(
        request, "annotation/refused.html", {"error": error, "nav": "annotation"}, status=error.status
    )


def for_annotators(view: View) -> View:
    """The page exists for annotators and researchers only."""
    return _guarded(view, require_annotator)


def for_researchers(view: View) -> View:
    """The page is for researchers; an annotator is told so, for others it does not exist."""
    return _guarded(view, require_researcher)


def for_adjudicators(view: View) -> View:
    """The page is for researchers and those whom they entitled; other annotators are told so."""
    return _guarded(view, require_adjudicator)
