"""The thresholds in force, read at most once a second for each scenario of a study.

Turns are routed in batches, and what a person takes a quarter of a minute to answer does not change
within one.
"""

import time

from simulator.models import Session
from simulator.selectors.threshold import InForce, threshold_in_force

FRESH_S = 1.0


class Thresholds:
    def __init__(self) -> None:
        self._read: dict[tuple[int, int], tuple[float, InForce]] = {}

    def of(self, session: Session) -> InForce:
        """The threshold for a turn of this session now."""
        key = (session.study_id, session.scenario_id)
        read_at, found = self._read.get(key, (float("-inf"), None))
        if found is None or time.monotonic() - read_at > FRESH_S:
            found = threshold_in_force(scenario=session.scenario, study_id=session.study_id)
            self._read[key] = (time.monotonic(), found)
        return found
