"""Importing dialogues."""

from pathlib import Path
from typing import Literal

from django.db import transaction

from annotation.errors import FileRefused
from annotation.importing.dialogues import ReadError
from annotation.importing.jsonl import read_jsonl
from annotation.importing.mathdial import read_mathdial
from annotation.models import Dataset, Source

from .codebook import codebook_current
from .item import items_add

Format = Literal["mathdial", "jsonl"]
READERS = {"mathdial": read_mathdial, "jsonl": read_jsonl}
DEMO = Path(__file__).resolve().parents[1] / "demo" / "dialogues.jsonl"
DEMO_NAME = "Demonstration"
MAX_BYTES = 50 * 1024 * 1024


def format_of(name: str) -> Format:
    """The format that a file of this name most likely has."""
    return "mathdial" if name.lower().endswith(".csv") else "jsonl"


def dialogues_import(
    *, name: str, content: bytes, file_format: Format, with_gold: bool = False, source: str = Source.IMPORT
) -> tuple[Dataset, int]:
    """Read a dialogue file into the dataset of this name; returns it and how many questions were new.

    The whole file is read before anything is stored. Importing it again adds nothing.

    Args:
        with_gold: keep the question types that the file gives, as expert labels.

    Raises:
        FileRefused: with the line and the reason; nothing was stored.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused(line=1, reason="The file is larger than 50 MiB; split it.")
    try:
        questions = list(READERS[file_format](content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefused(line=line, reason="This is not UTF-8 text; save the file as UTF-8.") from error
    except ReadError as error:
        raise FileRefused(line=error.line, reason=error.reason) from error
    if not questions:
        raise FileRefused(line=1, reason="There is no teacher utterance in this file.")
    if not with_gold:
        questions = [question.without_gold() for question in questions]
    with transaction.atomic():
        dataset, _ = Dataset.objects.get_or_create(name=name, defaults={"source": source})
        return dataset, items_add(dataset=dataset, questions=questions)


def demo_load() -> Dataset:
    """The demonstration: the shipped codebook, and dialogues with the types that their authors gave them."""
    codebook_current()
    dataset, _ = dialogues_import(
        name=DEMO_NAME, content=DEMO.read_bytes(), file_format="jsonl", with_gold=True, source=Source.DEMO
    )
    return dataset
