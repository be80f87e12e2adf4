"""What happens around every request: a name for it in all log lines, and the audit log."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from simulator.models import AuditAction, Role, User
from simulator.server_errors import server_error_count
from simulator.services.audit import audit_record

log = structlog.get_logger(__name__)
Handler = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-ID"
GIVEN = re.compile(r"^[A-Za-z0-9._-]{8,36}$")
SAFE = {"GET", "HEAD", "OPTIONS"}
# Nobody's data is on these, or the deed is kept with its author elsewhere (labels; a teacher's own room).
UNREMARKABLE = {
    "home",
    "health",
    "readiness",
    "metrics",
    "sign-in",
    "theme",
    "set_language",
    "annotation:home",
    "annotation:label",
    "annotation:label-next",
    "annotation:label-save",
    "annotation:label-undo",
    "annotation:label-answer",
    "annotation:label-dialogue",
    "annotation:label-keys",
    "api-schema",
    "api-docs",
}


class RequestIdentity:
    """Gives every request a name: the proxy's, if it gave a proper one, else a fresh one."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if GIVEN.match(given) else uuid.uuid4().hex
        request.META["acts.request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            server_error_count()
        response[HEADER] = request_id
        return response


class Audit:
    """Notes what signed-in people read and change. A teacher's reading concerns only the teacher."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        match, person = request.resolver_match, request.user
        if match is None or match.view_name in UNREMARKABLE or not isinstance(person, User):
            return response
        action = _action(request, person, response.status_code)
        if action is not None:
            _record(request, match, person, action, response.status_code)
        return response


def _action(request: HttpRequest, person: User, status: int) -> AuditAction | None:
    if status in (401, 403, 404):
        return AuditAction.REFUSED
    if request.method not in SAFE:
        return AuditAction.CHANGE
    return AuditAction.READ if person.role != Role.TEACHER else None


def _record(
    request: HttpRequest, match: ResolverMatch, person: User, action: AuditAction, status: int
) -> None:
    try:
        audit_record(
            person=person,
            action=action,
            what=match.view_name,
            subject=" ".join(str(value) for value in match.kwargs.values()),
            status=status,
            request_id=request.META["acts.request_id"],
        )
    except DatabaseError as error:  # the deed is done: a failing note must not turn it into an error
        log.error("audit_not_written", what=match.view_name, person=person.pk, error=str(error))
