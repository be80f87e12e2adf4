"""What the simulator does when annotation tells it something (simulator/signals.py)."""

import uuid
from typing import Any

from django.dispatch import receiver

from simulator.signals import second_look_settled


@receiver(second_look_settled)
def _reissue(sender: Any, event_id: uuid.UUID, label: str, **_more: Any) -> None:
    from simulator.services.dispute import dispute_settle

    dispute_settle(event_id=event_id, label=label)
