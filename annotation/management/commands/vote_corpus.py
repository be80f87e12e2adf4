"""The repository's labelling functions on a corpus that no queue would hold, through Ray Data."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from annotation.weak_supervision.corpus import dataset_votes


class Command(BaseCommand):
    help = (
        "Let the labelling functions of the repository vote on every line of a corpus (JSON Lines, Parquet, "
        "a file or a folder) and write Parquet with a column for each. The folder appears when all of it is "
        "written; until then it is called FOLDER.unfinished. Needs the extra `cluster`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("corpus", type=Path)
        parser.add_argument("folder", type=Path, help="where the Parquet files go; it must not exist")
        parser.add_argument("--text", default="text", help="the column that holds the utterances")
        parser.add_argument("--address", help="of a Ray cluster; default: one on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        corpus, folder = options["corpus"].resolve(), options["folder"].resolve()
        if not corpus.exists():
            raise CommandError(f"{corpus} does not exist.")
        if folder.exists():
            raise CommandError(f"{folder} exists already; name a new folder, nothing is overwritten.")
        try:
            import pyarrow.dataset
            import ray
        except ModuleNotFoundError as error:
            raise CommandError(
                "Ray is not installed; install the extra: pip install 'acts[cluster]'."
            ) from error
        ray.init(address=options["address"], ignore_reinit_error=True, log_to_driver=False)
        parquet = corpus.suffix == ".parquet" or (corpus.is_dir() and any(corpus.glob("*.parquet")))
        dataset = ray.data.read_parquet(str(corpus)) if parquet else ray.data.read_json(str(corpus))
        columns = dataset.columns() or []
        if options["text"] not in columns:
            raise CommandError(f"There is no column {options['text']!r}; there are: {', '.join(columns)}.")
        # A run that was killed leaves parts that nobody must take for a whole corpus; and what it had asked
        # of a cluster may go on writing for a moment, so each run writes to a place of its own.
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        own = unfinished / uuid4().hex
        dataset_votes(dataset, text=options["text"]).write_parquet(str(own))
        own.rename(folder)
        shutil.rmtree(unfinished, ignore_errors=True)
        written = pyarrow.dataset.dataset(folder).count_rows()
        self.stdout.write(f"{written} lines in {folder}")
