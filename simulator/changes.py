"""Whether somebody has written to the database since the last look, asked as cheaply as the database allows.

SQLite keeps a number that moves with every commit of another connection. Asking for it takes some ten
microseconds, a look at the tables a hundred times as long; so it is asked for often, and a wait for another
process's word is short. Elsewhere there is no such number: a look is due every tick.
"""

import threading
from time import monotonic

from django.conf import settings
from django.db import connection

OFTEN_S = 0.01


class Watch:
    """Belongs to one thread, whose own connection it asks; what that connection writes is no change.

    Args:
        anyway_s: a look is due after so many seconds even if nobody wrote, since time makes work, too: leases
            run out, deadlines come.
    """

    def __init__(self, *, anyway_s: float) -> None:
        self._anyway_s = anyway_s
        self._seen: int | None = None
        self._looked_at = 0.0

    def wait(self, stopping: threading.Event) -> None:
        """Return when a look may be worth while, or when ``stopping`` is set."""
        pause_s = OFTEN_S if connection.vendor == "sqlite" else settings.ACTS_ENGINE_TICK_S
        while not stopping.wait(pause_s):
            if self._changed() or monotonic() - self._looked_at >= self._anyway_s:
                break
        self._looked_at = monotonic()

    def _changed(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            before, self._seen = self._seen, cursor.fetchone()[0]
        return before != self._seen
