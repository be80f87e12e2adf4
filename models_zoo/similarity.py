"""How near texts are to descriptions, by the frozen encoder: nothing is trained for it (zero-shot).

As a program it reads {"texts", "descriptions"} as JSON and writes {"similarities"}: a process that has no
tensor library loaded can ask it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from models_zoo.backbones import Backbone, load_backbone
from models_zoo.classifiers.understanding import mean_pool
from models_zoo.encoding import encode

CHUNK = 32


def similarities(
    texts: Sequence[str], descriptions: Sequence[str], *, backbone: Backbone | None = None
) -> NDArray[np.float32]:
    """Cosines of mean-pooled encodings: (texts, descriptions).

    Raises:
        BackboneError: there is no encoder here.
    """
    carrier = backbone or load_backbone()
    found: NDArray[np.float32] = _vectors(carrier, texts) @ _vectors(carrier, descriptions).T
    return found


@torch.no_grad()
def _vectors(backbone: Backbone, texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, D) unit vectors. Texts of a length are encoded together, so that little is padding."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found = np.zeros((len(texts), backbone.model.config.dim), dtype=np.float32)
    for start in range(0, len(order), CHUNK):
        places = order[start : start + CHUNK]
        batch = encode(backbone.tokenizer, [texts[place] for place in places])
        hidden = backbone.model(batch.input_ids, batch.attention_mask).last_hidden_state  # (B, L, D)
        found[places] = functional.normalize(mean_pool(hidden, batch.attention_mask), dim=-1).numpy()
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    asked = json.load(sys.stdin)
    json.dump({"similarities": similarities(asked["texts"], asked["descriptions"]).tolist()}, sys.stdout)
