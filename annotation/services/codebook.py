"""Codebooks."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from annotation.access import Viewer, require_researcher
from annotation.errors import CodebookInvalid
from annotation.models import Codebook
from simulator.selectors import Prepared

SHIPPED = Path(__file__).resolve().parents[1] / "demo" / "codebook.json"

_newest: Prepared[Codebook] = Prepared(lambda: Codebook.objects.all()[:1])


def codebook_current() -> Codebook:
    """The newest codebook; the shipped one is published where there is none yet."""
    newest = next(iter(_newest()), None)
    if newest is not None:
        return newest
    # Several people may be the first at the same moment, at several web servers.
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return Codebook.objects.get_or_create(version=1, defaults=shipped)[0]


@transaction.atomic
def codebook_publish(*, title: str, guidelines: str, types: list[dict[str, Any]]) -> Codebook:
    """Add a version. Labels keep the one that they were given under."""
    newest = Codebook.objects.first()
    codebook = Codebook(
        version=(newest.version if newest else 0) + 1, title=title, guidelines=guidelines, types=types
    )
    codebook.full_clean()
    codebook.save()
    return codebook


def codebook_revise(*, viewer: Viewer, title: str, guidelines: str, types: list[dict[str, Any]]) -> Codebook:
    """Publish a new version for a researcher; where nothing differs the current one stands.

    The labels themselves are the model's classes and do not change here, only what they mean.

    Raises:
        CodebookInvalid: the types are not those of the current codebook, or one has no definition.
    """
    require_researcher(viewer)
    current = codebook_current()
    if [each["label"] for each in types] != [each["label"] for each in current.types]:
        raise CodebookInvalid
    if not title.strip() or not guidelines.strip() or not all(each["definition"].strip() for each in types):
        raise CodebookInvalid
    if (title, guidelines, types) == (current.title, current.guidelines, current.types):
        return current
    return codebook_publish(title=title, guidelines=guidelines, types=types)
