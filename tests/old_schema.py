"""Data of the first released schema, carried to the newest: `python -m tests.old_schema`.

A process of its own on the data folder $ACTS_VAR. Every table of the first migrations gets a row; afterwards
each is compared, column by column. It prints what it found as JSON.
"""

import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any

import django

APPS = ("simulator", "annotation")
FIRST = [("simulator", "0001_initial"), ("annotation", "0001_items_labels_and_runs")]
BY_TYPE: dict[str, Any] = {
    "DateTimeField": datetime(2026, 1, 1, tzinfo=UTC),
    "FloatField": 0.5,
    "BooleanField": False,
    "JSONField": {"kept": "yes"},
    "BinaryField": b"kept",
}


def value_of(model: Any, field: Any) -> Any:
    """Something that the column takes and that a lost or shifted column would change."""
    kind = field.get_internal_type()
    if field.choices:
        return field.choices[0][0]
    if kind == "UUIDField":
        return uuid.uuid5(uuid.NAMESPACE_DNS, f"{model.__name__}.{field.name}")
    if "Integer" in kind:
        return 7
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    return f"{model.__name__.lower()}-{field.name}"[: field.max_length or 60]


def filled(model: Any, rows: dict[Any, Any]) -> Any | None:
    """A row of the model; None while a row that it points to is still to be made."""
    values = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            if field.related_model in rows:
                values[field.name] = rows[field.related_model]
            elif not field.null and field.related_model is not model:
                return None
        elif not field.primary_key and not field.has_default():
            values[field.name] = value_of(model, field)
    return model.objects.create(**values)


def fill(apps: Any) -> dict[str, dict[str, Any]]:
    """A row in every table; table -> column -> value as the database has it."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    rows: dict[Any, Any] = {}
    while waiting := [model for model in models if model not in rows]:
        made = {model: row for model in waiting if (row := filled(model, rows)) is not None}
        assert made, f"no row can be made of {waiting}"
        rows |= made
    return {model._meta.db_table: columns(model._meta.db_table)[0] for model in models}


def columns(table: str) -> list[dict[str, Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own name)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def main() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    for target in FIRST:
        call_command("migrate", *target, verbosity=0)
    executor = MigrationExecutor(connection)
    before = fill(executor.loader.project_state(FIRST).apps)
    call_command("migrate", verbosity=0)
    changed = []
    for table, old in before.items():
        now = columns(table)
        kept = now[0] if len(now) == 1 else {}
        changed += [
            f"{table}.{name}: {value!r} is {kept.get(name)!r}"
            for name, value in old.items()
            if kept.get(name, "no such column") != value
        ]
    call_command("check", verbosity=0)
    print(json.dumps({"tables": sorted(before), "changed": changed}))  # noqa: T201 (what the test reads)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    main()
