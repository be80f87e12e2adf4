"""A predictor whose models run elsewhere: replicas behind one HTTP address (``models_zoo.serving.replicas``).

Plain HTTP, so that an engine needs neither torch nor the cluster's own client library, and any balancer will
do. A replica that dies takes its requests with it; they are asked again until the time is up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from models_zoo.types import Understanding

ANSWER_WITHIN_S = 4.0  # less than an engine's lease on a turn
LOAD_WITHIN_S = 120.0
PAUSE_S = 0.05


class RemoteError(Exception):
    """The replicas did not answer, or refused. The message names the address and the mend."""


class RemotePredictor:
    """Asks the replicas at ``url`` for version ``version``; safe to use from several threads."""

    def __init__(self, url: str, version: str) -> None:
        self.version = version
        self._client = httpx.Client(base_url=url, timeout=ANSWER_WITHIN_S)

    def understand(
        self, texts: Sequence[str], *, passes: int = 30, seed: int | Sequence[int] = 0
    ) -> list[Understanding]:
        """As ``Predictor``; the same answers as in this process.

        Raises:
            RemoteError: no replica answered in time, or the version is refused.
        """
        seeds = [seed] * len(texts) if isinstance(seed, int) else list(seed)
        question = {"texts": list(texts), "passes": passes, "seeds": seeds}
        answer = self._ask("understand", question, within_s=ANSWER_WITHIN_S)
        return [understanding_from_wire(one) for one in answer]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As ``Predictor``."""
        return np.array(
            self._ask("embed", {"texts": list(texts)}, within_s=ANSWER_WITHIN_S), dtype=np.float32
        )

    def load(self) -> RemotePredictor:
        """Wait until a replica has loaded the version; returns itself.

        Raises:
            RemoteError: it cannot be loaded there.
        """
        self._ask("load", {}, within_s=LOAD_WITHIN_S)
        return self

    def _ask(self, method: str, question: dict[str, Any], *, within_s: float) -> Any:
        end = time.monotonic() + within_s
        while True:
            left = end - time.monotonic()
            try:
                answer = self._client.post(
                    f"/{method}", json=question | {"version": self.version}, timeout=max(0.1, left)
                )
                if answer.is_success:
                    return answer.json()
                trouble = answer.text[:300]
                final = answer.status_code == httpx.codes.CONFLICT
            except httpx.TransportError as error:
                trouble, final = f"{type(error).__name__}: {error}", False
            if final or time.monotonic() + PAUSE_S >= end:
                raise RemoteError(f"The model replicas at {self._client.base_url} did not answer: {trouble}")
            time.sleep(PAUSE_S)


def understanding_to_wire(found: Understanding) -> dict[str, Any]:
    """Everything, the embedding too; floats survive JSON bit for bit."""
    return found.to_json() | {"embedding": list(found.embedding)}


def understanding_from_wire(value: dict[str, Any]) -> Understanding:
    """The inverse of ``understanding_to_wire``."""
    return Understanding.from_json(value, embedding=tuple(value["embedding"]))
