"""Known exchanges as candidates: what a person answered to a similar message in the same scenario."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models_zoo.serving.predictor import Predictor
from simulator.models import KnownExchange, ScenarioVersion
from simulator.student.claims import contradictions
from simulator.student.respond import Candidate
from simulator.student.state import StudentState

# Cosine similarity of the teachers' messages: below UNRELATED an old reply says nothing, at SAME it fits.
UNRELATED, SAME = 0.45, 0.92
CONTRADICTION_FACTOR = 0.3
Matrix = NDArray[np.float32]


class ExchangeMemory:
    """The embeddings of known exchanges, kept in the engine and brought up to date before each batch."""

    def __init__(self) -> None:
        self._rows: dict[str, list[KnownExchange]] = {}
        self._vectors: dict[str, Matrix] = {}
        self._newest = 0

    def refresh(self, predictor: Predictor) -> None:
        """Embed and take in what supervisors answered since the last time, and forget what was erased."""
        held = sum(len(rows) for rows in self._rows.values())
        if held != KnownExchange.objects.filter(pk__lte=self._newest).count():
            self._rows, self._vectors, self._newest = {}, {}, 0
        new = list(KnownExchange.objects.filter(pk__gt=self._newest).order_by("pk"))
        if not new:
            return
        missing = [row for row in new if row.embedding is None]
        if missing:
            for row, vector in zip(
                missing, predictor.embed([row.teacher_text for row in missing]), strict=True
            ):
                row.embedding = vector.astype("<f4").tobytes()
            KnownExchange.objects.bulk_update(missing, ["embedding"])
        for row in new:
            vector = np.frombuffer(bytes(row.embedding or b""), dtype="<f4")[None, :]
            known = self._vectors.get(row.scenario_slug)
            self._vectors[row.scenario_slug] = vector if known is None else np.concatenate([known, vector])
            self._rows.setdefault(row.scenario_slug, []).append(row)
        self._newest = new[-1].pk

    def nearest(
        self, *, scenario: ScenarioVersion, embedding: Sequence[float], k: int = 3
    ) -> list[dict[str, float]]:
        """Keys and cosine similarities of the ``k`` most similar exchanges, however unlike they are."""
        vectors = self._vectors.get(scenario.slug)
        if vectors is None:
            return []
        similarity = vectors @ np.asarray(embedding, dtype=np.float32)
        return [
            {
                "exchange": self._rows[scenario.slug][index].pk,
                "similarity": round(float(similarity[index]), 4),
            }
            for index in np.argsort(-similarity)[:k]
        ]

    def candidates(
        self, *, scenario: ScenarioVersion, state: StudentState, embedding: Matrix, k: int
    ) -> list[Candidate]:
        """The replies to the ``k`` most similar messages, scored by similarity and consistency."""
        vectors = self._vectors.get(scenario.slug)
        if vectors is None:
            return []
        similarity = vectors @ embedding
        nearest = np.argsort(-similarity)[:k]
        return [
            candidate
            for index in nearest
            if (candidate := self._candidate(scenario, state, int(index), float(similarity[index])))
            is not None
        ]

    def _candidate(
        self, scenario: ScenarioVersion, state: StudentState, index: int, similarity: float
    ) -> Candidate | None:
        score = min(1.0, (similarity - UNRELATED) / (SAME - UNRELATED))
        if score <= 0:
            return None
        row = self._rows[scenario.slug][index]
        if contradictions(scenario.content, state, row.effects):
            score *= CONTRADICTION_FACTOR
        return Candidate(
            row.reply_text, "retrieval", round(score, 4), f"exchange:{row.pk}", tuple(row.effects)
        )
