"""Codebooks."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from annotation.models import Codebook

SHIPPED = Path(__file__).resolve().parents[1] / "demo" / "codebook.json"


@transaction.atomic
def codebook_current() -> Codebook:
    """The newest codebook; the shipped one is published where there is none yet."""
    newest = Codebook.objects.first()
    return newest or codebook_publish(**json.loads(SHIPPED.read_text(encoding="utf-8")))


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
