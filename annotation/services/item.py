"""How questions get into the queue."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from annotation.draws import draw, falls_within
from annotation.models import Dataset, Item, Source
from annotation.questions import is_question_item
from simulator.selectors import ClosedTurn, closed_teacher_turns

BATCH = 500
LOOK_BACK = timedelta(minutes=10)


def people_wanted(dataset: Dataset, key: str) -> int:
    """How many people label the item of this key: those of the overlapping share several, the others one."""
    overlaps = falls_within(key, "overlap", dataset.overlap_share)
    return dataset.annotators_per_item if overlaps else 1


def is_held_out(key: str) -> bool:
    """Whether the item of this key belongs to the share that never shows a suggestion."""
    return falls_within(key, "holdout", settings.ACTS_HOLDOUT_SHARE)


def _from_rehearsals() -> QuerySet[Item]:
    return Item.objects.filter(dataset__source=Source.SESSIONS).exclude(source_event=None)


def rehearsals_of(turn: ClosedTurn) -> Dataset:
    """The data set of the study that a rehearsal belongs to. Its members alone see what was said there."""
    found = Dataset.objects.filter(study_id=turn.study_id, source=Source.SESSIONS).first()
    if found is not None:
        return found
    dataset, _ = Dataset.objects.get_or_create(
        study_id=turn.study_id, source=Source.SESSIONS, defaults={"name": _free_name(turn)}
    )
    return dataset


def _free_name(turn: ClosedTurn) -> str:
    """A member may have imported a file under the name that rehearsals would take."""
    taken = set(Dataset.objects.filter(study_id=turn.study_id).values_list("name", flat=True))
    base = f"Rehearsals: {turn.study_title}"
    names = (base[:120], *(f"{base[:110]} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


@transaction.atomic
def items_withdraw() -> int:
    """Take the questions of teachers who withdrew out of labelling and training; returns how many.

    Compares with everything that sessions still offer, so it belongs into the worker, before training.
    """
    offered = {turn.event_id for turn in closed_teacher_turns()}
    ours = _from_rehearsals().filter(withdrawn_at=None).values_list("pk", "source_event")
    gone = [pk for pk, event in ours if event not in offered]
    return Item.objects.filter(pk__in=gone).update(withdrawn_at=timezone.now())


@transaction.atomic
def items_collect() -> int:
    """Take over what was asked in rehearsals that ended since, each to its study; returns how many were new.

    Called wherever somebody looks at the queue, and by the worker. A second call adds nothing. It looks back
    a little further than it got, since a session that ended earlier may have become visible later.
    """
    rehearsals = Dataset.objects.filter(source=Source.SESSIONS)
    until = rehearsals.aggregate(until=Max("collected_until"))["until"]  # all studies are collected together
    turns = list(closed_teacher_turns(after=until - LOOK_BACK if until else None))
    if not turns:
        return 0
    known = set(_from_rehearsals().values_list("source_event", flat=True))
    datasets: dict[int, Dataset] = {}
    new = []
    for turn in turns:
        if turn.study_id not in datasets:
            datasets[turn.study_id] = rehearsals_of(turn)
        if turn.event_id in known or not is_question_item(turn.text):
            continue
        dataset = datasets[turn.study_id]
        key = str(turn.event_id)
        new.append(
            Item(
                dataset=dataset,
                key=key,
                text=turn.text,
                context=[{"persona": persona, "text": text} for persona, text in turn.context],
                source_event=turn.event_id,
                group=turn.session_id,
                holdout=is_held_out(key),
                wanted=people_wanted(dataset, key),
                shuffle_key=draw(key, "place"),
                place=draw(key, "place"),
            )
        )
    Item.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    latest = turns[-1].ended_at
    if until is None or latest > until:
        rehearsals.filter(study=turns[-1].study_id).update(collected_until=latest)
    return len(new)
