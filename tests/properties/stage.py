"""A room in which anything may happen at any time, moved by random actions under a clock of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from simulator import clock, errors
from simulator.models import Mode, Session, Turn, User
from simulator.services import room, supervision
from simulator.services.message import message_post
from simulator.services.session import session_end
from simulator.services.supervision import Decision
from simulator.services.turn import turn_hand_over, turn_predict, turns_take
from tests.cast import Cast
from tests.simulator.services.test_turns import prediction

ENGINES = ("engine:a", "engine:b")


class Stage:
    """One session and the actions upon it; refusals are part of the game, errors are not."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast = cast
        self.now = now
        self.session = cast.session(pacing_scale=1.0)
        self.supervisors: tuple[User, ...] = (cast.will, cast.wanda)
        self._numbers = count()
        self._held: dict[str, list[Turn]] = {engine: [] for engine in ENGINES}
        self._epochs: dict[int, list[int]] = {0: [], 1: []}

    def act(self, name: str, who: int, choice: int) -> None:
        """Do one thing; what the product refuses is refused."""
        action: Callable[[int, int], object] = getattr(self, name)
        try:
            action(who, choice)
        except errors.SimulatorError:
            return

    def fresh(self) -> Session:
        return Session.objects.select_related("scenario", "seized_by").get(pk=self.session.pk)

    @property
    def _newest(self) -> int:
        return self.session.turns.count() or 1

    # -- what may happen

    def send(self, _who: int, choice: int) -> None:
        """A message, or (an even choice) the one before once more."""
        number = next(self._numbers) if choice % 2 else max(0, self.session.turns.count() - 1)
        message_post(
            session=self.session,
            teacher=self.session.teacher,
            client="tab",
            txn=f"t{number}",
            text=f"How long is it ({number})?",
        )

    def take(self, who: int, _choice: int) -> None:
        self._held[ENGINES[who]] += turns_take(engine=ENGINES[who], limit=5)

    def predict(self, who: int, choice: int) -> None:
        """The engine finishes what it took, perhaps long after its lease ran out."""
        for turn in self._held[ENGINES[who]]:
            turn_predict(turn=turn, prediction=prediction(joint=0.05 if choice % 2 else 0.9))
        self._held[ENGINES[who]] = []

    def crash(self, who: int, _choice: int) -> None:
        self._held[ENGINES[who]] = []

    def fail(self, who: int, _choice: int) -> None:
        for turn in self._held[ENGINES[who]]:
            turn_hand_over(turn=turn, route="failed", detail="broken")
        self._held[ENGINES[who]] = []

    def claim(self, who: int, _choice: int) -> None:
        turn = supervision.turn_claim(session=self.session, number=self._newest, user=self.supervisors[who])
        self._epochs[who].append(turn.epoch)

    def release(self, who: int, _choice: int) -> None:
        for epoch in self._epochs[who][-1:]:
            supervision.turn_release(
                session=self.session, number=self._newest, user=self.supervisors[who], epoch=epoch
            )

    def decide(self, who: int, choice: int) -> None:
        """Under one of the epochs that this supervisor ever held."""
        known = self._epochs[who] or [0]
        supervision.turn_decide(
            session=self.session,
            number=self._newest,
            user=self.supervisors[who],
            decision=Decision(
                client=f"console-{who}",
                txn=f"d{next(self._numbers)}",
                epoch=known[-1 - choice % len(known)],
                action="pick" if choice % 2 else "type",
                candidate=0 if choice % 2 else None,
                text=None if choice % 2 else "It is 6 cm.",
            ),
        )

    def seize(self, who: int, _choice: int) -> None:
        room.session_seize(session=self.session, user=self.supervisors[who])
        self._epochs[who] += self.session.turns.order_by("-number").values_list("epoch", flat=True)[:1]

    def hand_back(self, who: int, _choice: int) -> None:
        room.session_hand_back(session=self.session, user=self.supervisors[who])

    def mode(self, who: int, choice: int) -> None:
        room.session_mode_set(
            session=self.session, user=self.supervisors[who], mode=Mode.VERIFY if choice % 2 else Mode.BACKUP
        )

    def wait(self, _who: int, choice: int) -> None:
        """Time passes, a second to two minutes of it, and the clock ticks as it does in every web process."""
        self.now += timedelta(seconds=(1, 3, 8, 20, 60, 120)[choice % 6])
        clock.tick()

    def set_back(self, _who: int, choice: int) -> None:
        """The machine's clock is put right, which may mean back by hours."""
        self.now -= timedelta(seconds=(3, 30, 3600)[choice % 3])
        clock.tick()

    def end(self, _who: int, choice: int) -> None:
        if choice == 0:  # rarely: afterwards nothing more happens
            session_end(session=self.session, reason="finished", actor=self.session.teacher.actor)
