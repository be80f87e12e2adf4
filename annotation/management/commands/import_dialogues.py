"""Dialogue files into the labelling queue, from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.errors import AnnotationError
from annotation.services.dataset import READERS, dialogues_import, format_of


class Command(BaseCommand):
    help = "Import teacher questions from MathDial CSV or from the product's own JSON Lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--format", choices=sorted(READERS), help="default: CSV is mathdial, others jsonl"
        )
        parser.add_argument("--name", help="the data set; default: the file's name")
        parser.add_argument("--gold", action="store_true", help="keep the file's labels as expert labels")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            dataset, count = dialogues_import(
                name=options["name"] or path.stem,
                content=content,
                file_format=options["format"] or format_of(path.name),
                with_gold=options["gold"],
            )
        except AnnotationError as error:
            raise CommandError(f"{path}: {error}") from error
        held_out = dataset.items.filter(holdout=True).count()
        self.stdout.write(
            f"{count} new questions in {dataset.name!r}; {dataset.items.count()} in all, {held_out} held out."
        )
