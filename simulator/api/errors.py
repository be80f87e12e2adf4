"""One shape for everything that the API refuses: ``{"code", "detail"}`` with a fitting status."""

from typing import Any, Protocol, runtime_checkable

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler

from simulator.errors import NotAllowed, NotFound


@runtime_checkable
class Refusal(Protocol):
    """A domain error of any app: a stable code and the HTTP status that it means."""

    code: str
    status: int


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer; None lets the server answer 500 and log it.

    The answer is JSON also where the address itself gives a page or a file.
    """
    context["request"].accepted_renderer = JSONRenderer()
    context["request"].accepted_media_type = JSONRenderer.media_type
    if isinstance(error, Http404):
        error = NotFound()
    elif isinstance(error, PermissionDenied):
        error = NotAllowed()
    if isinstance(error, APIException):
        answer = framework_handler(error, context)
        if answer is not None:
            answer.data = {"code": _code(error), "detail": _detail(error)}
        return answer
    if isinstance(error, Refusal):
        return Response({"code": error.code, "detail": str(error)}, status=error.status)
    return None


def _code(error: APIException) -> str:
    """DRF's own code; what it calls throttled is rate_limited everywhere else in the product."""
    if isinstance(error, ValidationError):
        return "invalid"
    if error.status_code == status.HTTP_429_TOO_MANY_REQUESTS:
        return "rate_limited"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else str(error.default_code)


def _detail(error: APIException) -> str:
    return "; ".join(_sentences(error.detail)) or str(error.default_detail)


def _sentences(detail: Any, field: str = "") -> list[str]:  # DRF nests details as it likes
    if isinstance(detail, dict):
        return [line for name, inner in detail.items() for line in _sentences(inner, str(name))]
    if isinstance(detail, list):
        return [line for inner in detail for line in _sentences(inner, field)]
    text = str(detail) if isinstance(detail, ErrorDetail | str) else ""
    return [f"{field}: {text}" if field and field != "non_field_errors" else text] if text else []
