"""Where the marks of the page that explains a decision go, in units of its SVG view boxes. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.selectors.decision import StagePart

WIDTH = 600.0
LEAST_GAP = 46.0  # between two moments of the time line, so that their numbers stay apart
DOT = 14.0
MOST_LESSONS, LEAST_LESSON = 8, 0.01


@dataclass(frozen=True)
class Piece:
    """A stage's part of the joint score's bar."""

    name: str
    place: int
    share: float
    x: float
    width: float


@dataclass(frozen=True)
class Gauge:
    """The joint score as a bar of parts, against the threshold."""

    joint: float
    threshold: float | None
    pieces: Sequence[Piece]
    length: float
    mark: float | None

    @property
    def above(self) -> bool:
        return self.threshold is not None and self.joint >= self.threshold


@dataclass(frozen=True)
class StageBar:
    """A stage's doubt, 0..1 of the bar; ``knows`` is the part in which the passes contradict each other."""

    stage: StagePart
    place: int
    width: float
    knows: float


@dataclass(frozen=True)
class Moment:
    """Something that happened ``after_s`` seconds after the teacher's line."""

    number: int
    what: str
    who: str
    after_s: float
    x: float
    payload: Mapping[str, Any]


def gauge_of(prediction: Mapping[str, Any], stages: Sequence[StagePart]) -> Gauge | None:
    """The joint score; None when the machine never got as far. Without shares the bar has no parts."""
    joint = prediction.get("joint")
    if joint is None:
        return None
    pieces, x = [], 0.0
    length = min(1.0, max(0.0, joint)) * WIDTH
    for place, stage in enumerate(stages, start=1):
        share = abs(stage.share or 0.0)
        if share * length >= 1:
            pieces.append(Piece(stage.name, place, share, round(x, 1), round(share * length, 1)))
        x += share * length
    threshold = prediction.get("threshold")
    mark = None if threshold is None else round(min(1.0, threshold) * WIDTH, 1)
    return Gauge(joint, threshold, pieces, round(length, 1), mark)


@dataclass(frozen=True)
class Lesson:
    """What verdicts taught about one signal: how far it moved the logarithm of the odds of being wrong."""

    signal: str
    value: float
    x: float
    width: float


def lessons_of(prediction: Mapping[str, Any]) -> list[Lesson]:
    """The signals that moved the score most, as bars to both sides of the middle; empty before any lesson."""
    parts = {
        name: value for name, value in (prediction.get("joint_parts") or {}).items() if abs(value) >= 0.01
    }
    most = max((abs(value) for value in parts.values()), default=1.0)
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))[:MOST_LESSONS]
    lessons = []
    for name, value in ordered:
        width = WIDTH / 2 * abs(value) / most
        x = WIDTH / 2 if value > 0 else WIDTH / 2 - width
        lessons.append(Lesson(name, value, round(x, 1), round(width, 1)))
    return lessons


def stage_bars(stages: Sequence[StagePart]) -> list[StageBar]:
    bars = []
    for place, stage in enumerate(stages, start=1):
        doubt = min(1.0, max(0.0, stage.uncertainty or 0.0))
        whole, between = stage.predictive_entropy, stage.mutual_information
        knows = doubt * min(1.0, between / whole) if whole and between else 0.0
        bars.append(StageBar(stage, place, round(doubt * WIDTH, 1), round(knows * WIDTH, 1)))
    return bars


def moments_of(events: Sequence[Mapping[str, Any]]) -> list[Moment]:
    """The events of a turn along a line of time; those close together are spread so that each can be read."""
    if not events:
        return []
    at = [datetime.fromisoformat(event["ts"]) for event in events]
    after = [(moment - at[0]).total_seconds() for moment in at]
    span = max(after[-1], 0.001)
    gap = min(LEAST_GAP, (WIDTH - 2 * DOT) / max(1, len(events) - 1))
    places: list[float] = []
    for seconds in after:
        wanted = DOT + (WIDTH - 2 * DOT) * seconds / span
        places.append(max(wanted, places[-1] + gap) if places else wanted)
    for index in range(len(places) - 1, -1, -1):  # what was pushed over the end moves back
        most = WIDTH - DOT - gap * (len(places) - 1 - index)
        places[index] = min(places[index], most)
    return [
        Moment(number, event["type"], event["actor"], seconds, round(x, 1), event["payload"])
        for number, (event, seconds, x) in enumerate(zip(events, after, places, strict=True), start=1)
    ]
