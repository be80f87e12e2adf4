"""How questions get into the queue."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotation.draws import draw, falls_within
from annotation.models import Dataset, Item, Source
from annotation.questions import is_question_item
from simulator.selectors import closed_teacher_turns

SESSIONS = "Rehearsals"
BATCH = 500
LOOK_BACK = timedelta(minutes=10)


def people_wanted(dataset: Dataset, key: str) -> int:
    """How many people label the item of this key: those of the overlapping share several, the others one."""
    overlaps = falls_within(key, "overlap", dataset.overlap_share)
    return dataset.annotators_per_item if overlaps else 1


def is_held_out(key: str) -> bool:
    """Whether the item of this key belongs to the share that never shows a suggestion."""
    return falls_within(key, "holdout", settings.ACTS_HOLDOUT_SHARE)


@transaction.atomic
def items_withdraw() -> int:
    """Take the questions of teachers who withdrew out of labelling and training; returns how many.

    Compares with everything that sessions still offer, so it belongs into the worker, before training.
    """
    offered = {turn.event_id for turn in closed_teacher_turns()}
    ours = Item.objects.filter(dataset__name=SESSIONS, withdrawn_at=None).values_list("pk", "source_event")
    gone = [pk for pk, event in ours if event not in offered]
    return Item.objects.filter(pk__in=gone).update(withdrawn_at=timezone.now())


@transaction.atomic
def items_collect() -> int:
    """Take over the questions of rehearsals that have ended since; returns how many were new.

    Called wherever somebody looks at the queue, and by the worker. A second call adds nothing. It looks back
    a little further than it got, since a session that ended earlier may have become visible later.
    """
    dataset, _ = Dataset.objects.get_or_create(name=SESSIONS, defaults={"source": Source.SESSIONS})
    until = dataset.collected_until
    turns = closed_teacher_turns(after=until - LOOK_BACK if until else None)
    known = set(dataset.items.exclude(source_event=None).values_list("source_event", flat=True))
    new = []
    latest = until
    for turn in turns:
        latest = max(latest, turn.ended_at) if latest else turn.ended_at
        if turn.event_id in known or not is_question_item(turn.text):
            continue
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
    if latest != until:
        dataset.collected_until = latest
        dataset.save(update_fields=["collected_until"])
    return len(new)
