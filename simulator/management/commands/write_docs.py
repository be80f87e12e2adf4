"""`manage.py write_docs`: write the documents that follow from code. A test compares them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from simulator.exports.schema import events_document

DOCUMENTS = {"docs/events.md": events_document}


class Command(BaseCommand):
    help = "Write docs/events.md from the table of event kinds."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, document in DOCUMENTS.items():
            Path(settings.BASE_DIR, name).write_text(document(), encoding="utf-8")
            self.stdout.write(f"Wrote {name}.")
