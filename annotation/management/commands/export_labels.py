"""Questions with their labels into a file, from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.exporting.folder import write_folder
from annotation.exporting.formats import FORMATS
from annotation.exporting.rows import exported_rows
from annotation.models import Item
from annotation.selectors.exports import sheet_of


class Command(BaseCommand):
    help = "Export questions with everything that people said about them; what was withdrawn is left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=list(FORMATS), default="jsonl")
        parser.add_argument("--dataset", help="only the data set of this name")
        parser.add_argument("--out", type=Path, required=True, help="a file; a new folder for 'datasets'")

    def handle(self, *args: Any, **options: Any) -> None:
        items = Item.objects.filter(withdrawn_at=None)
        if options["dataset"]:
            items = items.filter(dataset__name=options["dataset"])
        count = items.count()
        if not count:
            raise CommandError("There are no such questions. Leave --dataset out, or look at its name.")
        out: Path = options["out"]
        try:
            if options["format"] == "datasets":
                write_folder(exported_rows(items), sheet_of(items), out)
            else:
                with out.open("wb") as stream:
                    for piece in FORMATS[options["format"]].write(exported_rows(items), sheet_of(items)):
                        stream.write(piece)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{count} questions in {out}.")
