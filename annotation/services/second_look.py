"""Disputed questions on their way through the queue. Who labels one cannot tell it from any other.

It comes soon, without a suggestion (as the held-out share does), to somebody who has not labelled it. What
people then agree on, or an adjudicator decides, goes back to the teacher's report.
"""

from django.db import transaction
from django.utils import timezone

from annotation.draws import draw
from annotation.models import Action, Adjudication, Annotation, Item, SecondLook
from simulator.selectors import ClosedTurn, Prepared
from simulator.signals import second_look_settled

from .item import is_held_out, rehearsals_of

# Asked twice at every label, and nearly always in vain.
_looks: Prepared[SecondLook] = Prepared(lambda item: SecondLook.objects.filter(item_id=item), item=int)


@transaction.atomic
def second_look_ask(*, turn: ClosedTurn) -> SecondLook:
    """Put a question before everything else in the queue, for one person more than have labelled it."""
    item = Item.objects.filter(source_event=turn.event_id).first() or _item(turn)
    look, new = SecondLook.objects.get_or_create(item=item)
    if new:
        labelled = item.annotations.filter(is_standing=True, action=Action.LABEL).count()
        Item.objects.filter(pk=item.pk).update(place=0, wanted=labelled + 1)
    return look


def _item(turn: ClosedTurn) -> Item:
    """A line that was not collected yet, or is too short to have been."""
    key = str(turn.event_id)
    return Item.objects.create(
        dataset=rehearsals_of(turn),
        key=key,
        text=turn.text,
        context=[{"persona": persona, "text": text} for persona, text in turn.context],
        source_event=turn.event_id,
        group=turn.session_id,
        holdout=is_held_out(key),
        shuffle_key=draw(key, "place"),
    )


def under_second_look(item_id: int) -> bool:
    """Whether the item is labelled blindly because somebody disputes what is known about it."""
    return bool(_looks(item=item_id))


def second_look_review(*, item_id: int) -> None:
    """Tell the report what people say about the item now, if that is new. The caller's transaction."""
    look = next(iter(_looks(item=item_id)), None)
    if look is None or look.item.source_event is None:
        return
    outcome = _outcome(look)
    if outcome is None or (look.settled_at is not None and look.label == outcome):
        return
    look.label, look.settled_at = outcome, timezone.now()
    look.save(update_fields=["label", "settled_at"])
    second_look_settled.send(sender=SecondLook, event_id=look.item.source_event, label=outcome)


def _outcome(look: SecondLook) -> str | None:
    """A type, empty for what was put aside, None while it is open.

    A decision settles it, and so do labels that agree, once somebody has labelled it blindly since the
    dispute. Where they differ it is the adjudicators' turn.
    """
    decision = Adjudication.objects.filter(item=look.item, is_standing=True, action=Action.LABEL).first()
    if decision is not None:
        return "" if decision.data_issue else decision.label
    standing = Annotation.objects.filter(
        item=look.item, is_standing=True, action=Action.LABEL, planted_label=""
    )
    rows = list(standing)
    wanted = Item.objects.values_list("wanted", flat=True).get(pk=look.item_id)
    if len(rows) < wanted:
        return None
    if not any(row.created_at >= look.asked_at and not row.suggestion_shown for row in rows):
        # It lay on somebody's page, with its suggestion, when the dispute came: ask one person more.
        Item.objects.filter(pk=look.item_id).update(wanted=len(rows) + 1)
        return None
    said = {"" if row.data_issue or not row.labels else row.labels[0] for row in rows}
    return said.pop() if len(said) == 1 else None
