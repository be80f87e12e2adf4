"""Queries that Django writes once and the database answers often.

The labelling page asks the same few questions at every key, a room at every message. Writing such a query
anew takes Django longer than the database takes to answer it, so here it is written once, with marks in
place of its values.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

MARK = 2_146_000_000  # no key, no number of anything here is as large, and any column of numbers takes it


@dataclass(frozen=True, slots=True)
class Several:
    """A value that is a list of at most ``most`` numbers, such as for ``pk__in``."""

    most: int


Kind = type[int] | type[str] | type[uuid.UUID] | type[datetime] | Several


class Prepared(Generic[M]):
    """A queryset with named values.

    Args:
        build: makes the queryset from its values; they may be compared with, and nothing else. Columns of
            other tables are annotations, since ``select_related`` does not survive.
        kinds: name of a value -> its kind.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **kinds: Kind) -> None:
        self._build, self._kinds = build, kinds
        self._written: dict[str, tuple[QuerySet[M], str, list[Any]]] = {}

    def __call__(self, **values: Any) -> list[M]:
        """The rows, as ``list(build(**values))`` would give them."""
        queryset, sql, places = self._written.get(connection.vendor) or self._write()
        given: dict[Any, Any] = {}
        for name, kind in self._kinds.items():
            if isinstance(kind, Several):
                given |= _each(name, values[name], kind.most)
            else:
                given[name] = _for_database(values[name])
        params = [given[place.name] if isinstance(place, _Place) else place for place in places]
        return list(queryset.model._default_manager.raw(sql, params))

    def _write(self) -> tuple[QuerySet[M], str, list[Any]]:
        marks: dict[str, Any] = {}
        places: dict[Any, _Place] = {}
        for number, (name, kind) in enumerate(self._kinds.items()):
            if isinstance(kind, Several):
                marks[name] = [MARK + 1000 * (number + 1) + index for index in range(kind.most)]
                places |= {mark: _Place((name, index)) for index, mark in enumerate(marks[name])}
            else:
                marks[name] = _mark(kind, number)
                places[_for_database(marks[name])] = _Place(name)
        queryset = self._build(**marks)
        sql, params = queryset.query.sql_with_params()
        found = [places.get(param, param) for param in params]
        self._written[connection.vendor] = (queryset, sql, found)
        return queryset, sql, found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value goes."""

    name: Any


def _mark(kind: type, number: int) -> Any:
    if kind is uuid.UUID:
        return uuid.UUID(int=MARK + number)
    if kind is datetime:
        return datetime(1, 1, 2, second=number, tzinfo=UTC)
    return MARK + number if kind is int else f"\x01{MARK + number}"


def _each(name: str, values: Sequence[int], most: int) -> dict[Any, int]:
    """A value for each place of a list; what is left over is 0, which is nobody's key."""
    if len(values) > most:
        raise ValueError(f"{name}: at most {most} values, not {len(values)}.")
    return {(name, index): values[index] if index < len(values) else 0 for index in range(most)}


def _for_database(value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
