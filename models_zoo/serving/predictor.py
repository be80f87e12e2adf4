"""From utterances to ``Understanding``: the door through which everything else reaches the models."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol, cast, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models_zoo.backbones import Tokenizer, load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import Batch, TaggedSpan, Word, encode, spans_of_tags
from models_zoo.fragility.questions import question_type_fragility
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES, TAGS
from models_zoo.manifest import Manifest
from models_zoo.precision import Precision, native_precision
from models_zoo.serving.beliefs import Beliefs, Estimator, OnePassReader, by_passes
from models_zoo.serving.lean import LeanEncoder
from models_zoo.storage import read_distilled, read_familiar, read_model, reading
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.types import Distribution, Entity, Uncertainty, Understanding
from models_zoo.uncertainty.measures import Measures
from models_zoo.uncertainty.one_pass import Belief, Distilled

EMBED_BATCH = 32
FRAGILITY_BATCH = 8  # keeps the activations of as many rows for four backward passes
ESTIMATOR_VARIABLE = "ACTS_ESTIMATOR"
PRECISION_VARIABLE = "ACTS_PRECISION"


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


def load_predictor(
    store: ModelStore,
    version: str | None = None,
    *,
    device: str = "cpu",
    estimator: Estimator | None = None,
    precision: Precision | None = None,
) -> LocalPredictor:
    """Load ``version``, or the current one, after checking every checksum.

    Args:
        estimator: ``one_pass`` where the version can, or ``passes``: Monte-Carlo dropout as it is defined.
            None for ``$ACTS_ESTIMATOR``, else ``one_pass``.
        precision: of the one pass; None for ``$ACTS_PRECISION``, else bfloat16 where the processor has it.
            Machines that shall give the same answers need the same one.

    Raises:
        ValueError: there is no such estimator or precision.
        ModelStoreError: ``no_current_version``; ``other_backbone`` when the encoder here is not the one the
            version was trained on; ``unreadable_version``; whatever ``ModelStore.verify`` refuses.
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
    chosen = _chosen(estimator, ESTIMATOR_VARIABLE, get_args(Estimator), "one_pass")
    with reading(folder):
        model = read_model(folder, backbone).to(device)
        learned = read_distilled(folder) if chosen == "one_pass" and device == "cpu" else {}
        familiar = read_familiar(folder).to(device)
    return LocalPredictor(
        manifest,
        model,
        backbone.tokenizer,
        familiar,
        learned=learned,
        precision=cast(
            Precision, _chosen(precision, PRECISION_VARIABLE, get_args(Precision), native_precision())
        ),
    )


def _chosen(given: str | None, variable: str, known: Sequence[str], default: str) -> str:
    choice = given or os.environ.get(variable) or default
    if choice not in known:
        raise ValueError(f"{choice!r} is none of {', '.join(known)}; mend {variable} or what was asked for.")
    return choice


class LocalPredictor:
    """The model in this process. Calls from several threads wait for each other.

    Args:
        familiar: (N, D), the unit vectors of the training utterances.
        learned: head -> what was distilled; without it, passes are drawn.
        precision: of the one pass.
    """

    def __init__(
        self,
        manifest: Manifest,
        model: UnderstandingModel,
        tokenizer: Tokenizer,
        familiar: Tensor,
        *,
        learned: Mapping[str, Distilled] | None = None,
        precision: Precision = "float32",
    ) -> None:
        self.manifest = manifest
        self.version = manifest.version
        self.model = model
        self.tokenizer = tokenizer
        self._familiar = familiar
        self._lock = threading.Lock()
        self._heads = OnePassReader(model, learned, manifest.calibration) if learned else None
        self._lean = LeanEncoder(model, precision) if learned else None
        self.estimator = f"one_pass/{precision}" if learned else "passes"

    def understand(
        self, texts: Sequence[str], *, passes: int = 30, seed: int | Sequence[int] = 0
    ) -> list[Understanding]:
        seeds = [seed] * len(texts) if isinstance(seed, int) else seed
        batches = [encode(self.tokenizer, [text]) for text in texts]
        with self._lock:
            found = self._read_once(batches) if self._lean else self._draw(texts, batches, passes, seeds)
            taken = 1 if self._lean else passes
            return [
                self._understanding(text, batch.words[0], beliefs, embedding, taken, own)
                for text, batch, (beliefs, embedding), own in zip(texts, batches, found, seeds, strict=True)
            ]

    def _read_once(self, batches: Sequence[Batch]) -> list[tuple[Beliefs, Tensor]]:
        lean, heads = cast(LeanEncoder, self._lean), cast(OnePassReader, self._heads)
        readings = lean.read([batch.input_ids[0] for batch in batches])
        beliefs = heads([batch.words[0] for batch in batches], readings)
        embeddings = [functional.normalize(reading.bare, dim=-1) for reading in readings]
        return list(zip(beliefs, embeddings, strict=True))

    def _draw(
        self, texts: Sequence[str], batches: Sequence[Batch], passes: int, seeds: Sequence[int]
    ) -> list[tuple[Beliefs, Tensor]]:
        return [
            (
                by_passes(
                    self.model,
                    batch.input_ids[0].to(embedding.device),
                    batch.words[0],
                    passes=passes,
                    seed=seed,
                    temperature=self.manifest.calibration,
                ),
                embedding,
            )
            for batch, embedding, seed in zip(batches, self._embed(texts), seeds, strict=True)
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
        """One text at a time, as ``understand`` reads it: padding would change the last digits."""
        rows = [torch.empty(0, self._familiar.shape[1], device=self._familiar.device)]
        for start in range(0, len(texts), EMBED_BATCH):
            batches = [encode(self.tokenizer, [text]) for text in texts[start : start + EMBED_BATCH]]
            if self._lean is not None:
                readings = self._lean.read([batch.input_ids[0] for batch in batches])
                rows += [functional.normalize(reading.bare, dim=-1)[None] for reading in readings]
            else:
                rows += [self.model.embed(batch.input_ids.to(self._familiar.device)) for batch in batches]
        return torch.cat(rows)

    def _understanding(
        self,
        text: str,
        words: Sequence[Word],
        beliefs: Beliefs,
        embedding: Tensor,
        passes: int,
        seed: int,
    ) -> Understanding:
        entities, doubt = entities_of(text, words, beliefs.words)
        return Understanding(
            text=text,
            dialogue_act=distribution_of(DIALOGUE_ACTS, beliefs.dialogue_act),
            question_type=distribution_of(QUESTION_TYPES, beliefs.question_type),
            entities=entities,
            entity_uncertainty=doubt,
            embedding=tuple(embedding.tolist()),
            familiarity=float((self._familiar @ embedding).max().clamp(0, 1)),
            passes=passes,
            seed=seed,
            model_version=self.version,
            estimator=self.estimator,
        )


def distribution_of(labels: tuple[str, ...], belief: Belief) -> Distribution:
    return Distribution(labels, tuple(belief.probabilities.tolist()), belief.measures.at())


def entities_of(
    text: str, words: Sequence[Word], belief: Belief | None
) -> tuple[tuple[Entity, ...], Uncertainty]:
    """Spans read off the mean tag probabilities (W, 11), and the doubt about the least certain word."""
    if belief is None:
        return (), Uncertainty(0.0, 0.0, 0.0)
    mean, measures = belief.probabilities, belief.measures
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
