"""`manage.py seed_demo`: the demo study, its people and scenarios. Safe to run at every start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from simulator.services.demo import demo_seed


class Command(BaseCommand):
    help = "Seed the demo study, its accounts and the shipped scenarios; adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        study = demo_seed()
        self.stdout.write(f"{study.title}: {study.members.count()} people.")
        call_command("seed_demo_questions")  # by its name: the two applications do not import each other
