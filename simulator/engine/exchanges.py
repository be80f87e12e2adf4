"""Known exchanges as candidates: what a person answered to a similar message in this study and scenario."""

from collections.abc import Sequence

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from models_zoo.serving.predictor import Predictor
from simulator.models import KnownExchange, Session
from simulator.student.claims import contradictions
from simulator.student.respond import Candidate

# Cosine similarity of the teachers' messages: below UNRELATED an old reply says nothing, at SAME it fits.
UNRELATED, SAME = 0.45, 0.92
CONTRADICTION_FACTOR = 0.3
Matrix = NDArray[np.float32]
Place = tuple[int, str]  # a study and the slug of a scenario: no study hears what another one wrote


class ExchangeMemory:
    """The embeddings of known exchanges, kept in the engine and brought up to date before each batch."""

    def __init__(self) -> None:
        self._rows: dict[Place, list[KnownExchange]] = {}
        self._vectors: dict[Place, Matrix] = {}
        self._newest = 0

    def refresh(self, predictor: Predictor) -> None:
        """Embed and take in what supervisors answered since the last time, and forget what was erased."""
        held = sum(len(rows) for rows in self._rows.values())
        if held != KnownExchange.objects.filter(pk__lte=self._newest).count():
            self._rows, self._vectors, self._newest = {}, {}, 0
        known = KnownExchange.objects.filter(pk__gt=self._newest).order_by("pk")
        new = list(known.annotate(study=F("turn__session__study")))
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
            place = (row.study, row.scenario_slug)
            held_here = self._vectors.get(place)
            self._vectors[place] = vector if held_here is None else np.concatenate([held_here, vector])
            self._rows.setdefault(place, []).append(row)
        self._newest = new[-1].pk

    def nearest(self, *, session: Session, embedding: Sequence[float], k: int = 3) -> list[dict[str, float]]:
        """Keys and cosine similarities of the ``k`` most similar exchanges, however unlike they are."""
        place = _place(session)
        vectors = self._vectors.get(place)
        if vectors is None:
            return []
        similarity = vectors @ np.asarray(embedding, dtype=np.float32)
        return [
            {
                "exchange": self._rows[place][index].pk,
                "similarity": round(float(similarity[index]), 4),
            }
            for index in np.argsort(-similarity)[:k]
        ]

    def candidates(self, *, session: Session, embedding: Matrix, k: int) -> list[Candidate]:
        """The replies to the ``k`` most similar messages, scored by similarity and consistency."""
        vectors = self._vectors.get(_place(session))
        if vectors is None:
            return []
        similarity = vectors @ embedding
        nearest = np.argsort(-similarity)[:k]
        return [
            candidate
            for index in nearest
            if (candidate := self._candidate(session, int(index), float(similarity[index]))) is not None
        ]

    def _candidate(self, session: Session, index: int, similarity: float) -> Candidate | None:
        score = min(1.0, (similarity - UNRELATED) / (SAME - UNRELATED))
        if score <= 0:
            return None
        row = self._rows[_place(session)][index]
        if contradictions(session.scenario.content, session.student_state, row.effects):
            score *= CONTRADICTION_FACTOR
        return Candidate(
            row.reply_text, "retrieval", round(score, 4), f"exchange:{row.pk}", tuple(row.effects)
        )


def _place(session: Session) -> Place:
    return session.study_id, session.scenario.slug
