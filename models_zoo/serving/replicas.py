"""Model replicas on Ray Serve: ``serve run models_zoo.serving.replicas:app``. Needs the extra ``cluster``.

``ACTS_VAR`` names the folder that holds the model store, ``ACTS_REPLICAS`` how many replicas run and
``ACTS_REPLICA_GPUS`` the share of a GPU that each takes. Every replica loads a newly activated version
before anybody asks for it, so deploying a model restarts nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from ray import serve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models_zoo.backbones import BackboneError
from models_zoo.serving.predictor import Predictor, load_predictor
from models_zoo.serving.remote import understanding_to_wire
from models_zoo.store import ModelStore, ModelStoreError

KEPT = 2  # versions in a replica's memory: the one that serves and the one before or after it
FOLLOW_EVERY_S = 0.5
BATCH, BATCH_WAIT_S = 64, 0.002


class Versions:
    """The versions that a replica has loaded, the least recently asked for thrown out first."""

    def __init__(self, root: Path, device: str) -> None:
        self._store = ModelStore(root)
        self._device = device
        self._loaded: OrderedDict[str, Predictor] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Predictor:
        """A loaded version. Raises ModelStoreError or BackboneError as ``load_predictor``."""
        with self._lock:
            if version not in self._loaded:
                self._loaded[version] = load_predictor(self._store, version, device=self._device)
                while len(self._loaded) > KEPT:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(version)
            return self._loaded[version]

    def follow(self) -> None:
        """Load whatever is activated, for ever; whoever asks for a broken version hears what is wrong."""
        known = None
        while True:
            current = self._store.current()
            if current and current != known:
                known = current
                try:
                    self.get(current)
                except (ModelStoreError, BackboneError):
                    continue
            time.sleep(FOLLOW_EVERY_S)


@dataclass(frozen=True)
class Question:
    """What one engine asked."""

    version: str
    texts: tuple[str, ...]
    seeds: tuple[int, ...]
    passes: int


@serve.deployment(
    num_replicas=int(os.environ.get("ACTS_REPLICAS", "1")),
    ray_actor_options={"num_gpus": float(os.environ.get("ACTS_REPLICA_GPUS", "0"))},
    max_ongoing_requests=256,
    graceful_shutdown_timeout_s=5,
)
class Replica:
    """One copy of the models."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        root = Path(os.environ.get("ACTS_VAR", "var")) / "models"
        self._versions = Versions(root, "cuda" if torch.cuda.is_available() else "cpu")
        threading.Thread(target=self._versions.follow, daemon=True).start()

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=BATCH_WAIT_S)
    async def understand(self, questions: Sequence[Question]) -> list[Any]:
        """Questions of several engines; those that agree in version and passes go in one call."""
        groups: dict[tuple[str, int], list[int]] = {}
        for index, question in enumerate(questions):
            groups.setdefault((question.version, question.passes), []).append(index)
        answers: list[Any] = [None] * len(questions)
        for (version, passes), indices in groups.items():
            texts = [text for index in indices for text in questions[index].texts]
            seeds = [seed for index in indices for seed in questions[index].seeds]
            found = iter(self._versions.get(version).understand(texts, passes=passes, seed=seeds))
            for index in indices:
                answers[index] = [understanding_to_wire(next(found)) for _ in questions[index].texts]
        return answers

    async def __call__(self, request: Request) -> Response:
        asked = await request.json()
        version, texts = str(asked["version"]), tuple(asked.get("texts", ()))
        try:
            predictor = self._versions.get(version)
        except (ModelStoreError, BackboneError) as error:
            return JSONResponse({"code": error.code, "detail": str(error)}, status_code=409)
        if request.url.path.endswith("/understand"):
            question = Question(version, texts, tuple(asked["seeds"]), int(asked["passes"]))
            return JSONResponse(await self.understand(question))
        if request.url.path.endswith("/embed"):
            return JSONResponse(predictor.embed(texts).tolist())
        return JSONResponse({"version": version})


app = cast(Any, Replica).bind()  # the decorator makes a deployment of the class
