"""`manage.py seed_demo_sessions`: play the demo's first rehearsals. Does nothing once there are sessions."""

from typing import Any

from django.core.management.base import BaseCommand

from simulator.services.demo_play import demo_sessions_play


class Command(BaseCommand):
    help = "Play the demo's first rehearsals with the real engine, unless somebody has rehearsed already."

    def handle(self, *args: Any, **options: Any) -> None:
        if played := demo_sessions_play():
            self.stdout.write(f"{played} rehearsals played.")
