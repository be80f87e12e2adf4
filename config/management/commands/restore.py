"""`manage.py restore FILE`: put a backup in the place of what is there."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup.errors import BackupError
from config.backup.restore import backup_restore
from simulator.erasure_list import erasure_list_path
from simulator.services.erasure import erased_again


class Command(BaseCommand):
    help = "Restore a backup, checked before anything is touched, and bring it up to date with the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="overwrite the data that is here")

    def handle(self, *args: Any, **options: Any) -> None:
        known = erasure_list_path().is_file()
        try:
            contents = backup_restore(
                source=options["file"].resolve(),
                store=settings.MODEL_STORE,
                key=settings.DATA_DIR / "secret-key",
                replace=options["replace"],
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Restored what was backed up at {contents.created}.")
        sessions, people = erased_again()
        if sessions or people:
            self.stdout.write(
                f"Erased again, as it had been after the backup: {sessions} rehearsals, {people} people."
            )
        if not known:
            self.stdout.write(
                f"There was no {erasure_list_path()} here, so what was erased after {contents.created} is "
                "back. Put that file of the former machine there and restore again, or erase it by hand."
            )
