"""What is served beside float32: the labels of every held-out line, and macro-F1."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.mc_dropout.model import Trained
from models_zoo.encoding import encode
from models_zoo.labels import QUESTION_TYPES
from models_zoo.training.evaluation import macro_f1


@torch.inference_mode()
def figures(trained: Trained) -> dict[str, Any]:
    """Macro-F1 of one float32 pass and of what is served, and the share of labels that stay."""
    texts = [example.text for example in trained.held_out]
    gold = np.array([QUESTION_TYPES.index(str(example.question_type)) for example in trained.held_out])
    plain = np.array(
        [
            int(trained.model(encode(trained.tokenizer, [text]).input_ids).question_type[0].argmax())
            for text in texts
        ]
    )
    served = trained.predictor.understand(texts)
    labels = np.array([QUESTION_TYPES.index(said.question_type.label) for said in served])
    return {
        "estimator": trained.predictor.estimator,
        "macro_f1": {"float32": round(macro_f1(gold, plain), 4), "served": round(macro_f1(gold, labels), 4)},
        "labels_kept": round(float((plain == labels).mean()), 4),
        "lines": len(texts),
    }
