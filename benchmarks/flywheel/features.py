"""What a turn looks like to a head that is trained in a moment: frozen vectors and the surface, read once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

from benchmarks.routing.data import Turn
from benchmarks.routing.surface import surface
from benchmarks.tools.precision import quick
from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import mean_pool
from models_zoo.encoding import encode

Values = NDArray[np.float64]
BATCH, MAX_TOKENS = 32, 64
SURFACE_WEIGHT = 0.05  # of a standardised surface number beside unit vectors


def features_of(turns: Sequence[Turn]) -> Values:
    """The turn's vector, that of what the student said before it, and the surface: (n, 2 D + features)."""
    numbers = StandardScaler().fit_transform(surface(list(turns)))
    return np.hstack(
        [
            _vectors([turn.text for turn in turns]),
            0.5 * _vectors([turn.previous or "." for turn in turns]),
            SURFACE_WEIGHT * numbers,
        ]
    )


@torch.inference_mode()
def _vectors(texts: Sequence[str]) -> Values:
    """Unit vectors of the frozen encoder: (n, D)."""
    backbone = load_backbone()
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    found = np.zeros((len(texts), backbone.model.config.dim))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        batch = encode(backbone.tokenizer, [texts[row] for row in rows], max_tokens=MAX_TOKENS)
        with quick():
            hidden = backbone.model(batch.input_ids, batch.attention_mask).last_hidden_state
        pooled = mean_pool(hidden.float(), batch.attention_mask)
        found[rows] = torch.nn.functional.normalize(pooled, dim=-1).numpy()
    return found
