"""The verdicts of a study on the machine's first replies, with the chance that each had of being given.

A turn counts when a person answered it in Verify, in Backup because the machine was unsure, or in a blind
audit. Turns of a room that somebody had taken over do not: nobody drew them at random. Only the model
version that predicted last counts, since its scores alone are those of the turns to come.
"""

from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from simulator.joint import risk_of
from simulator.models import Session, Turn, TurnStatus

from .joint import judging, newest_fit
from .session import without_withdrawn

ROUTES = ("uncertain", "verify")
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Verdicts:
    """One entry a turn, oldest first.

    ``propensities`` is the chance that the turn came to a person, ``floors`` the chance it would have had had
    the machine been sure: 1 in Verify, the audit share in Backup.
    """

    scores: Vector
    wrong: NDArray[np.bool_]
    propensities: Vector
    floors: Vector
    model_version: str


def newest_model(study_id: int, slug: str) -> str:
    """The model version that predicted this study's scenario last, or an empty string."""
    turns = Turn.objects.filter(session__study_id=study_id, session__scenario__slug=slug)
    found = turns.exclude(model_version="").order_by("-pk").values_list("model_version", flat=True).first()
    return found or ""


def verdicts_of(study_id: int, slug: str) -> Verdicts:
    """What the guarantee rests on; sessions of people who withdrew are left out."""
    version = newest_model(study_id, slug)
    sessions = without_withdrawn(Session.objects.filter(study_id=study_id, scenario__slug=slug))
    judged = Turn.objects.filter(
        session__in=sessions,
        status=TurnStatus.REPLIED,
        model_version=version,
        route__in=ROUTES,
        machine_wrong__isnull=False,
        answered_by__startswith="user:",
        audit_share__isnull=False,
    ).order_by("pk")
    rows = [
        (score, turn.machine_wrong, turn.audit_share, turn.audited)
        for turn, score in _scored(judged, version)
    ]
    scores, wrong, shares, audited = zip(*rows, strict=True) if rows else ((), (), (), ())
    floors = np.array(shares, dtype=np.float64)
    return Verdicts(
        scores=np.array(scores, dtype=np.float64),
        wrong=np.array(wrong, dtype=bool),
        propensities=np.where(np.array(audited, dtype=bool), floors, 1.0),
        floors=floors,
        model_version=version,
    )


def _scored(turns: QuerySet[Turn], version: str) -> list[tuple[Turn, float | None]]:
    """Each turn with the joint uncertainty that it would have now.

    A learned one scores the turns to come, so it scores these again; and only those of sessions that it was
    not learned from, since on the others it looks better than it is.
    """
    fit = newest_fit(version)
    if fit is None:
        return [(turn, turn.joint_uncertainty) for turn in turns]
    model = fit.model
    return [
        (turn, risk_of(model, turn.prediction, text=turn.text, number=turn.number)) for turn in judging(turns)
    ]
