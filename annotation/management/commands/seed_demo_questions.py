"""`manage.py seed_demo_questions`: the demonstration dialogues and codebook. Safe to run at every start."""

from typing import Any

from django.core.management.base import BaseCommand

from annotation.services.dataset import demo_load


class Command(BaseCommand):
    help = (
        "Load the demonstration dialogues with their expert labels, and the codebook; adds what is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = demo_load()
        self.stdout.write(f"{dataset.name}: {dataset.items.count()} questions.")
