"""What annotation does when the simulator tells it something (simulator/signals.py)."""

from typing import Any

from django.dispatch import receiver

from simulator.selectors import ClosedTurn
from simulator.signals import (
    ErasedSession,
    erasures_settling,
    person_erased,
    sessions_erased,
    turn_disputed,
)


@receiver(sessions_erased)
def _erase_items(sender: Any, sessions: list[ErasedSession], **_more: Any) -> None:
    from annotation.services.erasure import items_erase

    items_erase(sessions=sessions)


@receiver(person_erased)
def _forget_person(sender: Any, person_id: int, **_more: Any) -> None:
    from annotation.services.erasure import person_forget

    person_forget(person_id=person_id)


@receiver(erasures_settling)
def _clear_elsewhere(sender: Any, **_more: Any) -> None:
    from annotation.services.erasure import elsewhere_delete
    from annotation.services.rebuild import rebuild_if_due

    rebuild_if_due()
    elsewhere_delete()


@receiver(turn_disputed)
def _look_again(sender: Any, turn: ClosedTurn, **_more: Any) -> None:
    from annotation.services.second_look import second_look_ask

    second_look_ask(turn=turn)
