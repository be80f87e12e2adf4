"""`manage.py serve`: the whole product on one machine, as one process group."""

import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from simulator.demo import ACCOUNTS
from simulator.process_group import Member, ProcessGroup, manage


class Command(BaseCommand):
    help = "Start web server, engine and task worker together; restart what dies; stop all on Ctrl+C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_taken(options["host"], options["port"])
        web = [
            sys.executable, "-m", "uvicorn", "config.asgi:application",
            "--host", options["host"], "--port", str(options["port"]),
            "--ws-max-size", "131072", "--log-level", "warning", "--no-server-header",
        ]  # fmt: skip
        self.stdout.write(f"ACTS: http://{options['host']}:{options['port']}/")
        for account in ACCOUNTS if settings.ACTS_DEMO else ():
            self.stdout.write(f"  {account.role:<11} {account.username:<6} {account.password}")
        ProcessGroup(
            [
                Member("web", web),  # whoever types waits for it; a reply has seconds, a training minutes
                Member("engine", manage("engine"), niceness=5),
                Member("worker", manage("db_worker", "--no-startup-delay", "--interval", "0.5"), niceness=10),
            ]
        ).run()


def _refuse_taken(host: str, port: int) -> None:
    """Say at once that the port is taken; otherwise the web server would die and be started for ever."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what the web server does, too
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used: {error.strerror}. Stop the program that listens there, or "
                f"choose another port: make run PORT={port + 1}"
            ) from None
