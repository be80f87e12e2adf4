"""What the database knows about the size of its tables."""

from django.db import connection

from annotation.models import Annotation, Item, ItemTicket, Suggestion


def statistics_renew() -> None:
    """Let PostgreSQL count, after many rows have come at once or before many questions are asked.

    It counts by itself once a minute; until then it plans the queue's question as if there were no items and
    reads all of them at every label. SQLite looks things up by the same index either way.
    """
    if connection.vendor != "postgresql":
        return
    tables = (model._meta.db_table for model in (Item, Suggestion, ItemTicket, Annotation))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(connection.ops.quote_name(table) for table in tables)}")
