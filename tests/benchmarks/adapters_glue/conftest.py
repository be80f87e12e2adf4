"""Tiny files in the formats of the real ones."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import adapters_glue

PLEASANT = ("a warm and funny film", "a tender story told well", "bright , lively and true")
DULL = ("a dull and empty film", "a cold story told badly", "slow , grey and false")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twelve rows a file."""
    glue = tmp_path / "glue"
    glue.mkdir()
    pairs = [(PLEASANT[row % 3], DULL[row % 3] if row % 2 else PLEASANT[row % 3]) for row in range(12)]
    mrpc = [f"{row % 2}\t{row}\t{row}\t{a}\t{b}" for row, (a, b) in enumerate(pairs)]
    heading = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"
    for name in ("train", "test"):
        (glue / f"mrpc_{name}.txt").write_text("\n".join([heading, *mrpc]) + "\n", encoding="utf-8-sig")
    stsb = [f'"{a}","{b}",{row % 6}.0' for row, (a, b) in enumerate(pairs)]
    sst2 = [f"{(PLEASANT, DULL)[row % 2][row % 3]}\t{1 - row % 2}" for row in range(12)]
    for name in ("train", "dev"):
        (glue / f"stsb_{name}.csv").write_text("\n".join(stsb) + "\n")
        (glue / f"sst2_{name}.tsv").write_text("\n".join(sst2) + "\n")
    moves = "Teacher: (probing)Why is that?|EOM|Student: No idea|EOM|Teacher: (telling)It is four"
    dialogues = [f'{number},"{moves}"' for number in range(60)]
    (tmp_path / "dialogues.csv").write_text("\n".join(["qid,conversation", *dialogues]) + "\n")
    return tmp_path


@pytest.fixture
def options(data: Path) -> Callable[..., Namespace]:
    def parse(*given: str) -> Namespace:
        parser = ArgumentParser()
        adapters_glue.add_arguments(parser)
        files = ("--glue", str(data / "glue"), "--mathdial", str(data / "dialogues.csv"))
        return parser.parse_args([*files, "--cells", str(data / "cells.jsonl"), *given])

    return parse
