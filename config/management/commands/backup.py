"""`manage.py backup FILE`: one file with everything that cannot be made again, while the product runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup.archive import backup_verify, backup_write
from config.backup.errors import BackupError


class Command(BaseCommand):
    help = "Write database, models and key to one verified file; the product may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify", action="store_true", help="only check a backup that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"].resolve()
        try:
            if options["verify"]:
                contents = backup_verify(file)
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                contents = backup_write(
                    target=file, store=settings.MODEL_STORE, key=settings.DATA_DIR / "secret-key"
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{file}: {contents.created}, {contents.database}, {len(contents.models)} model versions, "
            f"{file.stat().st_size / 1e6:.1f} MB, every checksum right"
        )
