"""The connection: saved, checked, forgotten."""

from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import AnnotationError
from annotation.models import LabelStudioServer, RunKind, TrainingRun
from annotation.services.run import RunReporter, run_create

from .client import Client
from .errors import NotConnected
from .secret import seal


class AddressInvalid(AnnotationError):
    code = "label_studio_address_invalid"
    status = 400

    def default(self) -> str:
        return _(
            "Give the address with http:// or https:// and without a user name, such as https://labels.example.org."
        )


def server_now() -> LabelStudioServer | None:
    return LabelStudioServer.objects.first()


@transaction.atomic
def server_save(*, viewer: Viewer, url: str, token: str) -> LabelStudioServer:
    """Keep address and token, and have the worker try them. An empty token leaves the stored one.

    Raises:
        AddressInvalid: not an address of a web server.
        NotConnected: there is no token, or the address changed and the old token must not go there.
    """
    require_researcher(viewer)
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise AddressInvalid
    address = url.strip().rstrip("/")
    server = server_now() or LabelStudioServer()
    moved = server.pk is not None and server.url != address
    if token.strip():
        server.secret = seal(token.strip())
    elif server.pk is None or moved:
        raise NotConnected
    server.url, server.saved_by_id = address, viewer.pk
    server.run = run_create(kind=RunKind.LS_CHECK, requested_by=viewer)
    server.save()
    enqueue(server.run)
    return server


def enqueue(run: TrainingRun) -> None:
    """Hand a run to the worker when the transaction is through."""
    from annotation.tasks import execute_run

    transaction.on_commit(lambda: execute_run.enqueue(run.pk))


def server_forget(*, viewer: Viewer) -> None:
    """Delete address and token. Projects and what was fetched stay known."""
    require_researcher(viewer)
    LabelStudioServer.objects.all().delete()


def check_execute(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Ask the server who we are. Raises LabelStudioError."""
    with closing(Client(server_now())) as client:
        return _("Connected to %(url)s as %(who)s") % {"url": client.url, "who": client.whoami()}, {}
