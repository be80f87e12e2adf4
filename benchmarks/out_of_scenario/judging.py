"""The shipped detector over many lines at once."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models_zoo.serving.predictor import load_predictor
from models_zoo.store import ModelStore
from simulator.engine.scope.detector import Detector, Scope
from simulator.engine.scope.lines import read_lines
from simulator.engine.scope.references import embedded
from simulator.student.schema import Scenario, parse_scenario

from .sources import RealLine

SCENARIOS = Path(__file__).parents[2] / "simulator" / "scenarios"


@dataclass(frozen=True)
class Judged:
    """A line and what the detector says; lines of one group are resampled together."""

    text: str
    group: str
    cluster: str
    scope: Scope


class Judge:
    """The detector on the shipped encoder."""

    def __init__(self, slug: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = ModelStore(Path(folder))
            store.ensure_demo()
            self._predictor = load_predictor(store)
        self._detector = Detector(embedded(self._predictor), self._predictor.embed)
        self._scenario = parse_scenario((SCENARIOS / f"{slug}.yaml").read_text(encoding="utf-8"))

    def named(self, name: str) -> list[Judged]:
        """A list of the project, in the scale factor scenario; every line is a cluster of its own."""
        lines = read_lines(name)
        scopes = self._judge([line.text for line in lines], [self._scenario] * len(lines))
        return [
            Judged(line.text, line.heading, str(number), scope)
            for number, (line, scope) in enumerate(zip(lines, scopes, strict=True))
        ]

    def abroad(self, lines: Sequence[RealLine]) -> list[Judged]:
        """Real lines in the scale factor scenario."""
        scopes = self._judge([line.text for line in lines], [self._scenario] * len(lines))
        return self._judged(lines, scopes)

    def real(self, lines: Sequence[RealLine]) -> tuple[list[Judged], list[Judged]]:
        """Real lines in their own scenario, and in the scale factor scenario."""
        own = self._judge([line.text for line in lines], [line.scenario or self._scenario for line in lines])
        return self._judged(lines, own), self.abroad(lines)

    def _judged(self, lines: Sequence[RealLine], scopes: Sequence[Scope]) -> list[Judged]:
        return [
            Judged(line.text, line.group, line.group, scope)
            for line, scope in zip(lines, scopes, strict=True)
        ]

    def _judge(self, texts: Sequence[str], scenarios: Sequence[Scenario]) -> list[Scope]:
        vectors = self._predictor.embed(texts)
        return [
            self._detector.judge(scenario, text, vector)
            for scenario, text, vector in zip(scenarios, texts, vectors, strict=True)
        ]
