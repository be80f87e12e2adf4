"""From utterances to ``Understanding``: the door through which everything else reaches the models."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_zoo.backbones import Tokenizer, load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import TaggedSpan, Word, encode, spans_of_tags
from models_zoo.fragility.questions import question_type_fragility
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES, TAGS
from models_zoo.manifest import Manifest
from models_zoo.storage import read_familiar, read_model
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.types import Distribution, Entity, Uncertainty, Understanding
from models_zoo.uncertainty.measures import Measures, measures_of
from models_zoo.uncertainty.passes import draw_passes

EMBED_BATCH = 32
FRAGILITY_BATCH = 8  # keeps the activations of as many rows for four backward passes


class Predictor(Protocol):
    """Anything that understands teacher utterances: a model in this process, or replicas elsewhere."""

    version: str

    def understand(
        self, texts: Sequence[str], *, passes: int = 30, seed: int | Sequence[int] = 0
    ) -> list[Understanding]:
        """One ``Understanding`` a text, in order; a text's answer does not depend on the others.

        Args:
            seed: of the dropout masks; one for all, or one for each text.
        """

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of the frozen backbone: (n, 384)."""


def load_predictor(store: ModelStore, version: str | None = None, *, device: str = "cpu") -> LocalPredictor:
    """Load ``version``, or the current one, after checking every checksum.

    Raises:
        ModelStoreError: ``no_current_version``; ``other_backbone`` when the encoder here is not the one the
            version was trained on; whatever ``ModelStore.verify`` refuses.
        BackboneError: the encoder is not on this machine.
    """
    version = version or store.current()
    if version is None:
        raise ModelStoreError(
            "no_current_version",
            f"No model version of {store.root} is active; run `python -m models_zoo demo`, or activate one.",
        )
    manifest = store.verify(version)
    backbone = load_backbone(manifest.backbone)
    if backbone.sha256 != manifest.backbone_sha256:
        raise ModelStoreError(
            "other_backbone",
            f"Version {version} was trained on other weights of {manifest.backbone}; install those, or train "
            "again on these.",
        )
    folder = store.path(version)
    model = read_model(folder, backbone).to(device)
    return LocalPredictor(manifest, model, backbone.tokenizer, read_familiar(folder).to(device))


class LocalPredictor:
    """The model in this process. Calls from several threads wait for each other."""

    def __init__(
        self, manifest: Manifest, model: UnderstandingModel, tokenizer: Tokenizer, familiar: Tensor
    ) -> None:
        self.manifest = manifest
        self.version = manifest.version
        self.model = model
        self.tokenizer = tokenizer
        self._familiar = familiar  # (N, D)
        self._lock = threading.Lock()

    def understand(
        self, texts: Sequence[str], *, passes: int = 30, seed: int | Sequence[int] = 0
    ) -> list[Understanding]:
        seeds = [seed] * len(texts) if isinstance(seed, int) else seed
        with self._lock:
            embeddings = self._embed(texts)
            return [
                self._read(text, embedding, passes, own)
                for text, embedding, own in zip(texts, embeddings, seeds, strict=True)
            ]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            return self._embed(texts).cpu().numpy()

    def fragility(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How easily small changes of the words' embeddings move the question type: (n,); see `fisher`."""
        found = [np.empty(0)]
        with self._lock:
            for start in range(0, len(texts), FRAGILITY_BATCH):
                batch = encode(self.tokenizer, texts[start : start + FRAGILITY_BATCH])
                device = self._familiar.device
                ids, mask = batch.input_ids.to(device), batch.attention_mask.to(device)
                temperature = self.manifest.calibration.get("question_type", 1.0)
                found.append(question_type_fragility(self.model, ids, mask, temperature).cpu().numpy())
        return np.concatenate(found)

    def _embed(self, texts: Sequence[str]) -> Tensor:
        rows = [torch.empty(0, self._familiar.shape[1], device=self._familiar.device)]
        for start in range(0, len(texts), EMBED_BATCH):
            batch = encode(self.tokenizer, texts[start : start + EMBED_BATCH])
            device = self._familiar.device
            rows.append(self.model.embed(batch.input_ids.to(device), batch.attention_mask.to(device)))
        return torch.cat(rows)

    def _read(self, text: str, embedding: Tensor, passes: int, seed: int) -> Understanding:
        batch = encode(self.tokenizer, [text])
        input_ids = batch.input_ids[0].to(embedding.device)
        drawn = draw_passes(
            self.model, input_ids, passes=passes, seed=seed, temperature=self.manifest.calibration
        )
        entities, doubt = _entities(text, batch.words[0], drawn.tags)
        return Understanding(
            text=text,
            dialogue_act=_distribution(DIALOGUE_ACTS, drawn.dialogue_act),
            question_type=_distribution(QUESTION_TYPES, drawn.question_type),
            entities=entities,
            entity_uncertainty=doubt,
            embedding=tuple(embedding.tolist()),
            familiarity=float((self._familiar @ embedding).max().clamp(0, 1)),
            passes=passes,
            seed=seed,
            model_version=self.version,
        )


def _distribution(labels: tuple[str, ...], passes: Tensor) -> Distribution:
    """The mean of T passes (T, C) and its measures."""
    return Distribution(labels, tuple(passes.mean(0).tolist()), measures_of(passes).at())


def _entities(text: str, words: Sequence[Word], passes: Tensor) -> tuple[tuple[Entity, ...], Uncertainty]:
    """Spans read off the mean tag probabilities (T, L, 11), and the doubt about the least certain word."""
    if not words:
        return (), Uncertainty(0.0, 0.0, 0.0)
    per_word = passes[:, [word.token for word in words]]  # (T, W, 11)
    mean = per_word.mean(0)  # (W, 11)
    measures = measures_of(per_word)
    spans = spans_of_tags(mean.argmax(-1).tolist())
    entities = tuple(_entity(text, words, span, mean, measures) for span in spans)
    return entities, measures.at(_least_certain(measures, 0, len(words) - 1))


def _entity(text: str, words: Sequence[Word], span: TaggedSpan, mean: Tensor, measures: Measures) -> Entity:
    start, end = words[span.first].start, words[span.last].end
    kind_tags = [TAGS.index(f"{prefix}-{span.kind}") for prefix in ("B", "I")]
    belief = mean[span.first : span.last + 1][:, kind_tags].sum(-1)  # that each word belongs to the kind
    return Entity(
        kind=span.kind,
        text=text[start:end],
        start=start,
        end=end,
        confidence=min(1.0, float(belief.min())),
        uncertainty=measures.at(_least_certain(measures, span.first, span.last)),
    )


def _least_certain(measures: Measures, first: int, last: int) -> int:
    return first + int(measures.predictive_entropy[first : last + 1].argmax())
