"""Versions of the understanding model over one backbone, several of them in one batch.

A study that must be read by one version all along pins it, whichever version is active for the others. The
active one is served by ``predictor``, as quickly as it can be; here what counts is that a further version
costs its adapter and heads, and no second encoder.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peft import PeftConfig
from safetensors.torch import load_file
from torch import Tensor

from models_zoo.backbones import Tokenizer, load_backbone
from models_zoo.encoding import encode
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from models_zoo.manifest import Manifest
from models_zoo.serving.predictor import distribution_of, entities_of
from models_zoo.serving.shared.backbone import Answer, SharedBackbone
from models_zoo.storage import read_familiar, read_heads, reading
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.types import Understanding
from models_zoo.uncertainty.one_pass import belief_of

PER_TOKEN = ("tags",)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    manifest: Manifest
    familiar: Tensor  # (N, D), 16 bits a number: as many as all the rest of a version


class SharedVersions:
    """Understands texts by stored versions of one backbone, each text by the version asked for.

    Safe for several threads. A version is loaded when it is first asked for, or before.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._loading = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self._shared: SharedBackbone | None = None
        self._tokenizer: Tokenizer | None = None

    @property
    def versions(self) -> list[str]:
        return sorted(self._loaded)

    def load(self, version: str) -> None:
        """Make ``version`` ready. Nothing changes for the others, whatever is wrong with it.

        Raises:
            ModelStoreError: ``other_backbone`` when it was trained on another encoder than the first one
                that was loaded; ``unreadable_version``; whatever ``ModelStore.verify`` refuses.
            SharedBackboneError: its adapter or heads do not fit.
            BackboneError: the encoder is not on this machine.
        """
        with self._loading:
            if version not in self._loaded:
                manifest = self._store.verify(version)
                folder = self._store.path(version)
                shared = self._backbone_for(manifest)
                with reading(folder):
                    familiar = read_familiar(folder).half()
                    self._put(manifest, folder, shared)
                self._loaded[version] = _Loaded(manifest, familiar)

    def understand(
        self, texts: Sequence[str], versions: Sequence[str], *, passes: int, seeds: Sequence[int]
    ) -> list[Understanding]:
        """One ``Understanding`` a text by its version, from ``passes`` of Monte-Carlo dropout.

        Raises:
            as ``load``.
        """
        for version in dict.fromkeys(versions):
            self.load(version)
        shared, tokenizer = self._shared, self._tokenizer
        if shared is None or tokenizer is None:
            return []  # no texts
        answers = shared.predict(texts, versions, passes=passes, seed=seeds)
        embeddings = shared.embed(texts)
        rows = zip(texts, answers, embeddings, seeds, strict=True)
        return [self._understanding(tokenizer, *row, passes) for row in rows]

    def _backbone_for(self, manifest: Manifest) -> SharedBackbone:
        if self._shared is None:
            backbone = load_backbone(manifest.backbone)
            self._tokenizer = backbone.tokenizer
            self._shared = SharedBackbone(backbone)
        if self._shared.sha256 != manifest.backbone_sha256:
            raise ModelStoreError(
                "other_backbone",
                f"Version {manifest.version} was trained on other weights of {manifest.backbone} than those "
                "that are shared here; train it again on these.",
            )
        return self._shared

    @staticmethod
    def _put(manifest: Manifest, folder: Path, shared: SharedBackbone) -> None:
        stored = read_heads(folder)
        heads = stored.weights
        names = [name.removesuffix(".weight") for name in heads if name.endswith(".weight")]
        config = PeftConfig.from_pretrained(str(folder / "adapter"))
        shared.put(
            manifest.version,
            version=manifest.version,
            adapter=(config, load_file(folder / "adapter.safetensors")),
            heads={name: (heads[f"{name}.weight"], heads[f"{name}.bias"]) for name in names},
            per_token=PER_TOKEN,
            dropout=stored.dropout,
            encoder_dropout=stored.encoder_dropout,
        )

    def _understanding(
        self, tokenizer: Tokenizer, text: str, answer: Answer, embedding: Tensor, seed: int, passes: int
    ) -> Understanding:
        loaded = self._loaded[answer.version]
        temperature = loaded.manifest.calibration
        drawn = {
            head: (logits.double() / temperature.get(head, 1.0)).softmax(-1)
            for head, logits in answer.logits.items()
        }
        (words,) = encode(tokenizer, [text]).words
        tokens = [word.token for word in words]
        entities, doubt = entities_of(text, words, belief_of(drawn["tags"][:, tokens]) if tokens else None)
        similarity = loaded.familiar.to(embedding.dtype) @ embedding
        return Understanding(
            text=text,
            dialogue_act=distribution_of(DIALOGUE_ACTS, belief_of(drawn["dialogue_act"])),
            question_type=distribution_of(QUESTION_TYPES, belief_of(drawn["question_type"])),
            entities=entities,
            entity_uncertainty=doubt,
            embedding=tuple(embedding.tolist()),
            familiarity=float(similarity.max().clamp(0, 1)) if len(similarity) else 0.0,
            passes=passes,
            seed=seed,
            model_version=answer.version,
        )
