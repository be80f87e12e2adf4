"""When a reply appears: one distribution for every turn, drawn before anybody knows who will answer."""

import math
import random
from datetime import datetime, timedelta

from simulator.models import Session


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
