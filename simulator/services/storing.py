"""Rows that are written at every message: INSERT and UPDATE that Django writes once for each table.

What ``Model.save`` costs is mostly the writing of its statement anew; see also
:mod:`simulator.selectors.prepared`, which does the same for questions.
"""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from django.db.models.sql import InsertQuery


def row_insert(row: Model) -> None:
    """Store a new row as ``row.save(force_insert=True)`` does; no signals are sent."""
    sql, fields, asks_key = _insert_of(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        )
        if asks_key:
            (row.pk,) = cursor.fetchone()
    row._state.adding = False
    row._state.db = connection.alias


def row_update(row: Model, *names: str) -> None:
    """Store these fields of a row that is there, as ``row.save(update_fields=names)`` does."""
    sql, fields = _update_of(type(row), names)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@lru_cache(maxsize=32)
def _insert_of(model: type[Model], _vendor: str) -> tuple[str, list[Field[Any, Any]], bool]:
    """The statement, its fields in order, and whether it returns the key that the database gave."""
    key = model._meta.pk
    asks_key = isinstance(key, AutoField)
    fields = [field for field in model._meta.local_concrete_fields if not (asks_key and field is key)]
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [key] if asks_key else None
    ((sql, _values),) = compiler.as_sql()
    return sql, fields, asks_key


@lru_cache(maxsize=32)
def _update_of(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Field[Any, Any]]]:
    """The statement and its fields in order, the key last."""
    quoted, meta = connection.ops.quote_name, model._meta
    by_name: dict[str, Field[Any, Any]] = {field.name: field for field in meta.concrete_fields}
    *columns, key = [quoted(str(by_name[name].column)) for name in (*names, meta.pk.name)]
    written = ", ".join(f"{column} = %s" for column in columns)
    sql = f"UPDATE {quoted(meta.db_table)} SET {written} WHERE {key} = %s"  # noqa: S608 (names of columns)
    return sql, [by_name[name] for name in (*names, meta.pk.name)]
