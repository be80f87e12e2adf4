"""Rooms full of teachers, simulated: what a rule for the threshold does to waiting, error and load.

A teacher writes, waits for the reply, thinks and writes again; a turn above the threshold joins the
supervisors' queue. Time is simulated, so an hour of fifty rooms takes a moment, and one seed gives one
result.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .governor import Load
from .queue import Desk

Rule = Callable[[Load], float]


@dataclass(frozen=True)
class Line:
    """One turn of a script: the teacher's pause before it, and the machine's doubt about it."""

    pause_s: float
    score: float
    wrong: bool = False


@dataclass(frozen=True)
class Room:
    """A rehearsal: when it begins, and its turns."""

    begins_s: float
    lines: Sequence[Line]


@dataclass(frozen=True)
class Routed:
    """A turn as it went: when it was asked, under which threshold, who answered, how long it waited."""

    at_s: float
    threshold: float
    expected_wait_s: float
    alone: bool
    wait_s: float
    wrong: bool


@dataclass(frozen=True)
class Setting:
    """Time at a turn is log-normal with the median ``service_s``; ``supervisors`` people share one queue."""

    service_s: float = 20.0
    sigma: float = 0.5
    supervisors: int = 1
    machine_s: float = 3.0
    seed: int = 0


def play(rooms: Sequence[Room], rule: Rule, setting: Setting | None = None) -> list[Routed]:
    """Play all rooms to their end under a rule; the turns in the order they were asked."""
    given = setting or Setting()
    draw = random.Random(given.seed)  # noqa: S311 (no secret)
    desk = Desk(given.supervisors)
    mean_s = given.service_s * 2.718281828 ** (given.sigma**2 / 2)
    coming = [
        (room.begins_s + room.lines[0].pause_s, index, 0) for index, room in enumerate(rooms) if room.lines
    ]
    heapq.heapify(coming)
    routed = []
    while coming:
        at_s, index, place = heapq.heappop(coming)
        line = rooms[index].lines[place]
        load = Load(desk.before_them(at_s), mean_s, given.supervisors)
        threshold = rule(load)
        service_s = draw.lognormvariate(0.0, given.sigma) * given.service_s
        alone = line.score < threshold
        wait_s = 0.0 if alone else desk.take(at_s, service_s)
        routed.append(Routed(at_s, threshold, load.expected_wait_s, alone, wait_s, line.wrong and alone))
        if place + 1 < len(rooms[index].lines):
            answered_s = at_s + (given.machine_s if alone else wait_s + service_s)
            heapq.heappush(coming, (answered_s + rooms[index].lines[place + 1].pause_s, index, place + 1))
    return routed
