"""K candidate replies for a turn: the scenario's rules and the exchanges that people of the study left."""

import numpy as np

from models_zoo.types import Understanding
from simulator.models import Turn
from simulator.student.respond import Candidate, best_of, candidates

from .exchanges import ExchangeMemory


def propose(turn: Turn, understanding: Understanding, memory: ExchangeMemory) -> list[Candidate]:
    """Candidates for a turn, best first, no text twice."""
    content = turn.session.scenario.content
    k = content.candidate_count
    by_rule = candidates(
        content,
        turn.session.student_state,
        text=turn.text,
        act=understanding.dialogue_act.label,
        entities=[(entity.kind, entity.text) for entity in understanding.entities],
        k=k,
    )
    embedding = np.asarray(understanding.embedding, dtype=np.float32)
    by_memory = memory.candidates(session=turn.session, embedding=embedding, k=k)
    return best_of([*by_rule, *by_memory], k)
