"""A reply whose moment has passed while the engine read is said in the transaction that decides it."""

from simulator import clock
from simulator.models import Session, TurnStatus
from simulator.services.turn import turns_predict, turns_take
from tests.cast import Cast
from tests.simulator.services.test_turns import ask, prediction, spoken


def test_it_is_said_at_once(cast: Cast):
    session = cast.session()
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    assert turns_predict(found=[(taken, prediction(joint=0.1))]) == 1
    assert session.turns.get().status == TurnStatus.REPLIED
    assert spoken(session) == ["It is 6 cm."]


def test_before_its_moment_it_waits(cast: Cast):
    session = cast.session(pacing_scale=1000.0)
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    turns_predict(found=[(taken, prediction(joint=0.1))])
    assert session.turns.get().status == TurnStatus.AUTO
    assert spoken(session) == []


def test_one_that_cannot_be_said_keeps_no_other_back(cast: Cast):
    broken, sound = cast.session(), cast.session()
    ask(broken), ask(sound)
    taken = turns_take(engine="engine:a", limit=5)
    Session.objects.filter(pk=broken.pk).update(state={"nonsense": True})
    assert turns_predict(found=[(turn, prediction(joint=0.1)) for turn in taken]) == 2
    assert (spoken(broken), spoken(sound)) == ([], ["It is 6 cm."])
    assert broken.turns.get().status == TurnStatus.AUTO
    clock.tick()  # it fails again, and says so, and nothing else suffers
    assert broken.turns.get().status == TurnStatus.AUTO
