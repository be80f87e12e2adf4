"""When a reply appears: so that its moment tells nothing about who wrote it.

Every turn is held to one distribution, drawn before anybody knows who will answer. People are often slower
than that; so a turn that the machine answers also waits as long as a person did who answered lately.
"""

import math
import random
from datetime import datetime, timedelta
from statistics import NormalDist

from simulator.models import Session, Turn

LATELY = 2000  # turns of all rooms that are looked through for people's answers
NEWEST = 40  # of these answers count: where people become slower or quicker, the machine soon does, too
ENOUGH = 20  # answers of people; with fewer, as many more are supposed
SPREAD = 0.6  # of the logarithm of what is supposed


def reply_delay_s(*, session: Session, turn_number: int) -> float:
    """Seconds from the teacher's message to the reply: log-normal, cut at the scenario's maximum.

    Seeded by session and turn, so that a replay of the log meets the same moments.
    """
    pacing = session.scenario.content.pacing
    draw = random.Random(f"{session.seed}/{turn_number}").gauss(0.0, pacing.sigma)  # noqa: S311 (no secret)
    return session.pacing_scale * min(pacing.median_s * math.exp(draw), pacing.max_s)


def turn_times(*, session: Session, turn_number: int, opened_at: datetime) -> dict[str, datetime]:
    """The moments that a turn opened now is held to, as fields of Turn."""
    timing = session.scenario.content.timing
    delay_s = reply_delay_s(session=session, turn_number=turn_number)
    return {
        "due_at": opened_at + timedelta(seconds=delay_s),
        "stall_at": opened_at + timedelta(seconds=timing.stall_after_s),
        "fallback_at": opened_at + timedelta(seconds=timing.fallback_after_s),
    }


def due_as_of_a_person(*, session: Session, turn: Turn) -> datetime:
    """When a reply of the machine appears: when it is due, or when a person would have answered, if later."""
    median_s = session.scenario.content.pacing.people_median_s
    if not median_s or not session.pacing_scale:
        return turn.due_at
    times = _people_took_s(session, turn)
    if len(times) < ENOUGH:
        times += [median_s * math.exp(SPREAD * score) for score in _normal_scores()]
    waited_s = random.Random(f"{session.seed}/person/{turn.number}").choice(times)  # noqa: S311 (no secret)
    return max(turn.due_at, turn.opened_at + timedelta(seconds=waited_s))


def _people_took_s(session: Session, turn: Turn) -> list[float]:
    """Seconds from question to decision of people's newest answers in this study."""
    lately = Turn.objects.filter(
        pk__gt=turn.pk - LATELY, session__study_id=session.study_id, session__pacing_scale__gt=0
    )
    by_people = lately.filter(answered_by__startswith="user:", decided_at__isnull=False)
    moments = by_people.order_by("-pk").values_list("opened_at", "decided_at")[:NEWEST]
    return [(decided - opened).total_seconds() for opened, decided in moments if decided is not None]


def _normal_scores() -> list[float]:
    return [NormalDist().inv_cdf((place + 0.5) / ENOUGH) for place in range(ENOUGH)]
