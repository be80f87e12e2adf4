"""Importing dialogues."""

from io import BytesIO
from itertools import islice
from pathlib import Path

from django.db import transaction

from annotation.errors import FileRefused
from annotation.importing.dialogues import ReadError
from annotation.importing.formats import READERS
from annotation.importing.mapping import Columns
from annotation.importing.source import Source, encoding_of
from annotation.models import Dataset
from annotation.models import Source as Origin

from .codebook import codebook_current
from .intake import BATCH, Intake

DEMO = Path(__file__).resolve().parents[1] / "demo" / "dialogues.jsonl"
DEMO_NAME = "Demonstration"
MAX_BYTES = 50 * 1024 * 1024


def dataset_ensure(*, study_id: int | None, name: str, **first: str) -> Dataset:
    """The study's data set of this name, or everybody's; made with the values of ``first`` if need be."""
    there = Dataset.objects.filter(study=study_id)
    return there.get_or_create(name=name, defaults={"study_id": study_id, **first})[0]


@transaction.atomic
def dialogues_import(
    *,
    name: str,
    content: bytes,
    file_format: str,
    with_gold: bool = False,
    with_labels: bool = False,
    source: str = Origin.IMPORT,
    study_id: int | None = None,
) -> tuple[Dataset, int]:
    """Read a whole file into the study's dataset of this name or nothing of it; how many questions were new.

    Importing it again adds nothing. Files of any size, with what is wrong in them listed, go through
    ``services.file_import``.

    Args:
        with_gold: keep the question types that the file gives, as expert labels.
        with_labels: keep what its annotators said.
        study_id: whose members alone see it; None is everybody.

    Raises:
        FileRefused: with the line and the reason; nothing was stored.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused(line=1, reason="The file is larger than 50 MiB; import it on the page.")
    file = Source(BytesIO(content), encoding=encoding_of(content[:4]), name=name)
    dataset = dataset_ensure(study_id=study_id, name=name, source=source)
    intake = Intake(dataset, with_gold=with_gold, with_labels=with_labels)
    try:
        records = READERS[file_format](file, Columns())
        while batch := list(islice(records, BATCH)):
            for fault in intake.take(batch):
                raise fault
    except ReadError as error:
        raise FileRefused(line=error.line, reason=error.reason) from error
    if not intake.counts.new and not intake.counts.known:
        raise FileRefused(line=1, reason="There is no teacher utterance in this file.")
    return dataset, intake.counts.new


def demo_load() -> Dataset:
    """The demonstration: the shipped codebook, and dialogues with the types that their authors gave them."""
    codebook_current()
    dataset, _ = dialogues_import(
        name=DEMO_NAME, content=DEMO.read_bytes(), file_format="jsonl", with_gold=True, source=Origin.DEMO
    )
    return dataset
