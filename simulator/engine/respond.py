"""K candidate replies for a turn: the scenario's rules and the exchanges that people left."""

import numpy as np

from models_zoo.types import Understanding
from simulator.models import Turn
from simulator.student.respond import Candidate, best_of, candidates

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
    return best_of([*by_rule, *by_memory], k)
