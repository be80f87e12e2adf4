"""How each labelling function fares."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from annotation.questions import ABSTAIN
from annotation.weak_supervision.voting import Gold, Votes
from models_zoo.labels import QUESTION_TYPES


class Described(Protocol):
    """What is said of a function beside its votes."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FunctionFigures:
    """Shares of all questions; accuracy on the gold ones that it votes on."""

    name: str
    description: str
    votes_for: tuple[str, ...]
    coverage: float
    overlaps: float  # another one votes as well
    conflicts: float  # another one votes for something else
    gold: int
    accuracy: float | None
    copies: tuple[str, ...]  # functions that repeat it

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def figures_of(
    functions: Sequence[Described], votes: Votes, gold: Gold, copies: Sequence[Sequence[int]]
) -> list[FunctionFigures]:
    """Statistics of each function.

    Args:
        gold: (n,), the expert's type, or ABSTAIN where there is none.
        copies: for each function the columns that repeat it.
    """
    cast = votes != ABSTAIN
    voters = cast.sum(axis=1)
    by_type = np.stack([(votes == kind).sum(axis=1) for kind in range(len(QUESTION_TYPES))], axis=1)
    found = []
    for column, function in enumerate(functions):
        mine = cast[:, column]
        own = by_type[np.arange(len(votes)), np.where(mine, votes[:, column], 0)]
        judged = mine & (gold != ABSTAIN)
        right = votes[judged, column] == gold[judged]
        found.append(
            FunctionFigures(
                name=function.name,
                description=function.description,
                votes_for=tuple(QUESTION_TYPES[kind] for kind in sorted(set(votes[mine, column].tolist()))),
                coverage=_share(mine),
                overlaps=_share(mine & (voters > 1)),
                conflicts=_share(mine & (voters > own)),
                gold=int(judged.sum()),
                accuracy=float(right.mean()) if len(right) else None,
                copies=tuple(functions[other].name for other in copies[column]),
            )
        )
    return found


def _share(of_questions: np.ndarray[Any, Any]) -> float:
    return float(of_questions.mean()) if len(of_questions) else 0.0
