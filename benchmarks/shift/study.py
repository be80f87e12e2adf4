"""One condition after the other: the turns read by everybody, and what each doubt is worth on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.fitted import Fitted, said
from benchmarks.routing.machine import FEW, Prepared, Reading, prepare
from benchmarks.routing.served import NetworkDoubt, Served, network_answers
from benchmarks.shift.ablation import ablation
from benchmarks.shift.comparison import Flags, answered, compared, wrong_answers
from benchmarks.shift.conditions import Condition
from benchmarks.shift.contenders import Contenders
from benchmarks.shift.scores import answers_of, scores_of

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """A condition, every doubt about the network's answers, and every method's own answers."""

    condition: Condition
    wrong: Flags
    scores: dict[str, Values]
    answers: dict[str, Values]


@dataclass(frozen=True)
class Study:
    found: Fitted
    served: Served
    doubt: NetworkDoubt
    others: Contenders
    times: int  # resamples

    def met(self, condition: Condition) -> Seen:
        """A condition whose turns have yet to be read, with few passes."""
        said(f"{condition.name}: {len(condition.turns)} turns")
        kept, machine = self.found.kept, self.found.machine
        asked = kept.get(f"turns-{condition.slug}", lambda: prepare(self.found.base, condition.turns))
        reading = kept.get(f"reading-{condition.slug}", lambda: machine.read(asked, count=FEW))
        return self.seen(condition, asked, reading)

    def seen(self, condition: Condition, asked: Prepared, reading: Reading) -> Seen:
        beliefs = self.found.kept.get(f"beliefs-{condition.slug}", lambda: self.others.read(asked))
        risks = self.doubt.risks(reading, self.served, asked.turns)
        return Seen(
            condition,
            wrong_answers(condition, network_answers(reading)),
            scores_of(reading, beliefs) | {"joint": risks},
            answers_of(reading, beliefs),
        )

    def errors(self, seen: Seen) -> dict[str, Any]:
        """How well each doubt finds the network's errors."""
        found = compared(seen.scores, seen.wrong, seen.condition.groups, times=self.times)
        return {"turns": len(seen.wrong), "accuracy": round(1 - float(seen.wrong.mean()), 4), "scores": found}

    def own_answers(self, seen: Seen) -> dict[str, Any]:
        return answered(seen.condition, seen.answers, seen.condition.groups, times=self.times)

    def told_apart(self, home: Seen, away: Seen) -> dict[str, Any]:
        """How well each doubt tells these turns from those of the held-out problems."""
        flags = np.r_[np.zeros(len(home.wrong), dtype=bool), np.ones(len(away.wrong), dtype=bool)]
        groups = [f"home {name}" for name in home.condition.groups]
        groups += [f"away {name}" for name in away.condition.groups]
        shared = [name for name in away.scores if name in home.scores]
        scores = {name: np.r_[home.scores[name], away.scores[name]] for name in shared}
        return compared(scores, flags, groups, times=self.times)

    def ablation(self, home: Seen) -> dict[str, Any]:
        scores = ablation(self.found, self.served)
        return compared(scores, home.wrong, home.condition.groups, times=self.times, base="one pass")
