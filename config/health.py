"""Whether this web process lives and whether it can do its work: for balancers, containers, start scripts.

``/healthz/`` asks nothing of others: restarting this process would not mend a database that is away.
``/readyz/`` asks everything that a page needs. Neither says anything about anybody's data.
"""

import shutil
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from simulator.selectors.engine import engines_alive
from simulator.selectors.worker import job_is_left, workers_alive

OK = "ok"


def _database() -> str:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations missing" if missing else OK


def _channel_layer() -> str:
    """Send a message to ourselves and read it."""
    layer = get_channel_layer()

    async def round_trip() -> None:
        # A name of its own: whoever else asks at this moment must not take our message.
        channel = f"readiness.{uuid.uuid4().hex}"
        await layer.send(channel, {"type": "ready"})
        await layer.receive(channel)

    try:
        async_to_sync(round_trip)()
    except Exception:  # whatever a backend raises: Redis down, wrong password
        return "unreachable"
    return OK


def _disk() -> str:
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"ready")
    except OSError:
        return "not writable"
    return OK if shutil.disk_usage(folder).free >= settings.ACTS_LEAST_DISK_BYTES else "nearly full"


def _engine() -> str:
    """Without an engine people answer every turn: worth knowing, no reason to send visitors away."""
    try:
        return OK if engines_alive() else "none alive"
    except DatabaseError:
        return "unknown"


def _worker() -> str:
    """Without a worker jobs wait, and pages say so. A job that nobody takes is a worker's fault, too."""
    try:
        if not workers_alive():
            return "none alive"
        return "leaves a job" if job_is_left() else OK
    except DatabaseError:
        return "unknown"


NEEDED: dict[str, Callable[[], str]] = {"database": _database, "channels": _channel_layer, "disk": _disk}
REPORTED: dict[str, Callable[[], str]] = {"engine": _engine, "worker": _worker}


@require_safe
@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """``{"process": "ok"}`` as long as this process answers at all."""
    return JsonResponse({"process": OK})


@require_safe
@never_cache
def readiness(_request: HttpRequest) -> JsonResponse:
    """What each part says; 200 when all that a page needs is ``ok``, else 503."""
    found = {name: ask() for name, ask in (NEEDED | REPORTED).items()}
    ready = all(found[name] == OK for name in NEEDED)
    return JsonResponse(found, status=200 if ready else 503)
