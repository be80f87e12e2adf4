"""K candidate replies for a turn: the scenario's rules and the exchanges that people left."""

from collections.abc import Sequence

import numpy as np

from models_zoo.types import Understanding
from simulator.models import Turn
from simulator.student.respond import Candidate, candidates

from .exchanges import ExchangeMemory


def propose(turn: Turn, understanding: Understanding, memory: ExchangeMemory) -> list[Candidate]:
    """Candidates for a turn, best first, no text twice."""
    scenario = turn.session.scenario
    content, state = scenario.content, turn.session.student_state
    k = content.candidate_count
    by_rule = candidates(
        content,
        state,
        text=turn.text,
        act=understanding.dialogue_act.label,
        entities=[(entity.kind, entity.text) for entity in understanding.entities],
        k=k,
    )
    embedding = np.asarray(understanding.embedding, dtype=np.float32)
    by_memory = memory.candidates(scenario=scenario, state=state, embedding=embedding, k=k)
    return _best([*by_rule, *by_memory], k)


def _best(found: Sequence[Candidate], k: int) -> list[Candidate]:
    ordered = sorted(found, key=lambda candidate: -candidate.score)
    unique: dict[str, Candidate] = {}
    for candidate in ordered:
        unique.setdefault(candidate.text.casefold(), candidate)
    return list(unique.values())[:k]
