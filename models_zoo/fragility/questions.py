"""Fragility of the question type, with respect to the embeddings of the words."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from models_zoo.classifiers.understanding import UnderstandingModel

from .fisher import fragility


def question_type_fragility(
    model: UnderstandingModel, input_ids: Tensor, attention_mask: Tensor, temperature: float = 1.0
) -> Tensor:
    """The largest eigenvalue for each utterance, without dropout: (B, L) ids and mask -> (B,).

    The embeddings are put in place of what the embedding layer gives, so that the adapter and whatever else
    the encoder carries take part.
    """
    layer = model.encoder.get_input_embeddings()
    was_training = model.training
    model.eval()
    given: list[Tensor] = []

    def put(_module: Any, _inputs: Any, output: Tensor) -> Tensor:
        return given[0] if given else output

    def answer(embeddings: Tensor) -> Tensor:
        given[:] = [embeddings]
        logits: Tensor = model(input_ids, attention_mask).question_type / temperature
        return logits.log_softmax(-1)

    handle = layer.register_forward_hook(put)
    try:
        return fragility(answer, layer(input_ids))
    finally:
        handle.remove()
        model.train(was_training)
