"""Teachers' turns with their types, as vectors of the frozen encoder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from annotation.importing.dialogues import ImportedQuestion, ReadError
from annotation.importing.mathdial import read_mathdial
from annotation.importing.source import Source
from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import mean_pool
from models_zoo.encoding import encode
from models_zoo.labels import QUESTION_TYPES

BATCH = 32
LEAST_DIALOGUES = 10


@dataclass(frozen=True, slots=True)
class Turns:
    """``features`` (n, 2 D) of the turn and the one before it; ``labels`` and ``dialogues`` (n,)."""

    features: NDArray[np.float64]
    labels: NDArray[np.int64]
    dialogues: NDArray[np.int64]


def read_turns(path: Path) -> Turns:
    """Raises SystemExit: the file is not MathDial's format, or holds too few labelled dialogues."""
    try:
        with path.open("rb") as stream:
            records = list(read_mathdial(Source(stream, "utf-8-sig")))
    except (OSError, ReadError) as error:
        raise SystemExit(f"{path}: {error}") from error
    asked = [each for each in records if isinstance(each, ImportedQuestion) and each.gold]
    left_out = sum(isinstance(each, ReadError) for each in records)
    if left_out:
        print(f"{left_out} dialogues of another shape are left out", file=sys.stderr)
    groups = sorted({turn.group for turn in asked})
    if len(groups) < LEAST_DIALOGUES:
        raise SystemExit(f"{path} holds {len(groups)} labelled dialogues; it takes {LEAST_DIALOGUES}.")
    print(f"embedding {len(asked)} turns of {len(groups)} dialogues", file=sys.stderr)
    texts = [turn.text for turn in asked] + [_before(turn) for turn in asked]
    unit = _embed(texts)
    return Turns(
        features=np.hstack([unit[: len(asked)], unit[len(asked) :]]),
        labels=np.array([QUESTION_TYPES.index(turn.gold) for turn in asked]),
        dialogues=np.array([groups.index(turn.group) for turn in asked]),
    )


def _before(turn: ImportedQuestion) -> str:
    return turn.context[-1].text if turn.context else ""


@torch.inference_mode()
def _embed(texts: list[str]) -> NDArray[np.float64]:
    """Unit vectors (n, D); the same text is read once, texts of like length together."""
    backbone = load_backbone()
    distinct = sorted(set(texts), key=len)
    rows = []
    for start in range(0, len(distinct), BATCH):
        batch = encode(backbone.tokenizer, distinct[start : start + BATCH])
        hidden = backbone.model(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state
        rows.append(torch.nn.functional.normalize(mean_pool(hidden, batch.attention_mask), dim=-1))
    vectors = torch.cat(rows).double().numpy()
    place = {text: number for number, text in enumerate(distinct)}
    return np.asarray(vectors[[place[text] for text in texts]])
