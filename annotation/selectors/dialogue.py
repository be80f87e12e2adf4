"""The dialogue around an item, as far as it is stored."""

from typing import Any

from annotation.access import Viewer
from annotation.models import Item

from .queue import item_to_label


def whole_dialogue(viewer: Viewer, item_id: int) -> list[dict[str, Any]]:
    """All turns of the item's dialogue: persona, text, and whether it is the item itself.

    Each question of a dialogue carries the turns before it, so the latest one carries them all. What
    disagrees with the item's own turns belongs to another dialogue of the same name and is left out.

    Raises:
        NotFound: see ``item_to_label``.
    """
    item = item_to_label(viewer, item_id)
    own = [*item.context, _turn(item)]
    longest = own
    if item.group:
        others = Item.objects.filter(dataset=item.dataset, group=item.group, withdrawn_at=None)
        for other in others.exclude(pk=item.pk):
            turns = [*other.context, _turn(other)]
            if len(turns) > len(longest) and turns[: len(own)] == own:
                longest = turns
    return [{**turn, "current": place == len(own) - 1} for place, turn in enumerate(longest)]


def _turn(item: Item) -> dict[str, Any]:
    return {"persona": "teacher", "text": item.text}
