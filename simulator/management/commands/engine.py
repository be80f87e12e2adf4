"""`manage.py engine`: answer open turns until told to stop. Run as many as there are machines."""

import signal
from typing import Any

import torch
from django.core.management.base import BaseCommand

from simulator.engine.loop import Engine


class Command(BaseCommand):
    help = "Answer open turns: understand, propose replies, route. Stops cleanly on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        torch.set_num_threads(1)  # one utterance is too small to share out; the other core serves pages
        engine = Engine()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: engine.stopping.set())
        engine.run()
