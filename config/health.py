"""Whether this web process can do its work: for load balancers, containers and start scripts."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def _database() -> str:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations missing" if missing else "ok"


@require_safe
@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """``{"database": "ok"}`` with 200, or what is wrong with 503. Says nothing about anybody's data."""
    database = _database()
    return JsonResponse({"database": database}, status=200 if database == "ok" else 503)
