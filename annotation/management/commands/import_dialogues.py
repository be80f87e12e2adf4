"""Dialogue files into the labelling queue, from the command line."""

from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from annotation.errors import AnnotationError
from annotation.importing.formats import READERS, format_of
from annotation.importing.source import Source, encoding_of
from annotation.services.dataset import dialogues_import


class Command(BaseCommand):
    help = "Import teacher questions from any format that the import page knows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(READERS), help="default: what the file looks like")
        parser.add_argument("--name", help="the data set; default: the file's name")
        parser.add_argument("--study", help="whose members alone see it, by its slug; default: everybody")
        parser.add_argument("--gold", action="store_true", help="keep the file's labels as expert labels")
        parser.add_argument("--labels", action="store_true", help="keep what the file's annotators said")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        study = None
        if options["study"]:
            study = apps.get_model("simulator", "Study").objects.filter(slug=options["study"]).first()
            if study is None:
                raise CommandError(f"There is no study {options['study']!r}.")
        looks_like = format_of(Source(BytesIO(content), encoding_of(content[:4])), path.name)
        try:
            dataset, count = dialogues_import(
                name=options["name"] or path.stem,
                content=content,
                file_format=options["format"] or looks_like,
                with_gold=options["gold"],
                with_labels=options["labels"],
                study_id=study.pk if study else None,
            )
        except AnnotationError as error:
            raise CommandError(f"{path}: {error}") from error
        held_out = dataset.items.filter(holdout=True).count()
        self.stdout.write(
            f"{count} new questions in {dataset.name!r}; {dataset.items.count()} in all, {held_out} held out."
        )
