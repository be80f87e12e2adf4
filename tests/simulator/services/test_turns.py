"""A turn gets one reply, whoever is quicker, and never a second one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from simulator import clock, errors
from simulator.models import Session, Turn, TurnStatus
from simulator.services import room, supervision
from simulator.services.message import message_post
from simulator.services.session import session_end
from simulator.services.supervision import Decision
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast

CANDIDATES = [
    {"text": "It is 6 cm.", "source": "rule", "score": 0.9, "rule": "value", "effects": []},
    {"text": "Six, I think.", "source": "rule", "score": 0.8, "rule": "value", "effects": []},
]


def prediction(joint: float = 0.1) -> Prediction:
    return Prediction({}, CANDIDATES, [], joint, 0.35, "test", 30, 1, "v1", 5)


def ask(session: Session, text: str = "How long is the blue one?", txn: str = "t1") -> Turn:
    message_post(session=session, teacher=session.teacher, client="tab", txn=txn, text=text)
    return session.turns.order_by("-number")[0]


def waiting_turn(cast: Cast, **options: object) -> tuple[Session, Turn]:
    session = cast.session(**options)
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    turn_predict(turn=taken, prediction=prediction(joint=0.9))
    return session, Turn.objects.get(pk=taken.pk)


def spoken(session: Session) -> list[str]:
    events = session.events.filter(type="message.posted", persona="student").order_by("seq")
    return [event.payload["text"] for event in events]


def decide(turn: Turn, user, epoch: int | None = None, txn: str = "d1", **options):
    options = {"action": "pick", "candidate": 0} | options
    return supervision.turn_decide(
        session=turn.session,
        number=turn.number,
        user=user,
        decision=Decision(client="console", txn=txn, epoch=turn.epoch if epoch is None else epoch, **options),
    )


def test_a_repeated_send_is_stored_once(cast: Cast):
    session = cast.session()
    first = message_post(session=session, teacher=cast.tess, client="tab", txn="t1", text="Hello")
    second = message_post(session=session, teacher=cast.tess, client="tab", txn="t1", text="Hello")
    assert first.pk == second.pk
    assert session.events.filter(type="message.posted").count() == 1


def test_a_second_message_waits_for_the_reply(cast: Cast):
    session = cast.session()
    ask(session)
    with pytest.raises(errors.StudentIsWriting):
        message_post(session=session, teacher=cast.tess, client="tab", txn="t2", text="And?")


@pytest.mark.parametrize("text", ["", "   \n", "\x00\x07", "\ud83d"])
def test_an_empty_message_is_refused(cast: Cast, text: str):
    with pytest.raises(errors.MessageEmpty):
        message_post(session=cast.session(), teacher=cast.tess, client="tab", txn="t", text=text)


def test_a_message_of_four_thousand_characters_is_the_longest(cast: Cast):
    session = cast.session()
    with pytest.raises(errors.MessageTooLong):
        message_post(session=session, teacher=cast.tess, client="tab", txn="t", text="x" * 4001)
    assert message_post(session=session, teacher=cast.tess, client="tab", txn="t", text="x" * 4000)


def test_a_certain_turn_is_answered_by_the_machine(cast: Cast):
    session = cast.session()
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    assert turn_predict(turn=taken, prediction=prediction(joint=0.1))
    clock.tick()
    assert spoken(session) == ["It is 6 cm."]


def test_an_engine_leaves_a_turn_that_it_could_not_read_in_time(cast: Cast):
    turn = ask(cast.session())
    Turn.objects.filter(pk=turn.pk).update(opened_at=timezone.now() - timedelta(seconds=9))
    assert turns_take(engine="engine:a", limit=5) == []


def test_two_engines_never_take_the_same_turn(cast: Cast):
    ask(cast.session())
    assert len(turns_take(engine="engine:a", limit=5)) == 1
    assert turns_take(engine="engine:b", limit=5) == []


def test_a_dead_engines_turn_is_taken_by_the_next_and_its_late_answer_refused(cast: Cast):
    session = cast.session()
    ask(session)
    (dead,) = turns_take(engine="engine:a", limit=5)
    Turn.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (alive,) = turns_take(engine="engine:b", limit=5)
    assert not turn_predict(turn=dead, prediction=prediction())
    assert turn_predict(turn=alive, prediction=prediction())
    clock.tick()
    assert len(spoken(session)) == 1


def test_a_turn_without_an_engine_reaches_the_supervisors(cast: Cast):
    turn = ask(cast.session())
    Turn.objects.update(opened_at=timezone.now() - timedelta(seconds=11))
    clock.tick()
    turn.refresh_from_db()
    assert (turn.status, turn.route) == (TurnStatus.BACKUP_WAIT, "timeout")


def test_of_two_supervisors_one_answers(cast: Cast):
    _session, turn = waiting_turn(cast)
    claimed = supervision.turn_claim(session=turn.session, number=1, user=cast.will)
    with pytest.raises(errors.TurnHeld):
        supervision.turn_claim(session=turn.session, number=1, user=cast.wanda)
    with pytest.raises(errors.TurnHeld):
        decide(turn, cast.wanda, epoch=claimed.epoch)
    decide(claimed, cast.will)
    assert spoken(turn.session) == ["It is 6 cm."]


def test_a_repeated_decision_is_one_reply(cast: Cast):
    _session, turn = waiting_turn(cast)
    claimed = supervision.turn_claim(session=turn.session, number=1, user=cast.will)
    assert decide(claimed, cast.will).pk == decide(claimed, cast.will).pk
    assert len(spoken(turn.session)) == 1


def test_a_reply_to_a_turn_that_moved_on_is_refused_and_kept(cast: Cast):
    _session, turn = waiting_turn(cast)
    claimed = supervision.turn_claim(session=turn.session, number=1, user=cast.will)
    Turn.objects.update(fallback_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    with pytest.raises(errors.TurnMovedOn):
        decide(claimed, cast.will, action="type", text="It is six.", candidate=None)
    late = turn.session.events.get(type="turn.late_reply")
    assert late.payload["text"] == "It is six."
    assert len(spoken(turn.session)) == 1


def test_a_claim_whose_supervisor_fell_asleep_lapses(cast: Cast):
    _session, turn = waiting_turn(cast)
    supervision.turn_claim(session=turn.session, number=1, user=cast.will)
    Turn.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    clock.tick()
    again = supervision.turn_claim(session=turn.session, number=1, user=cast.wanda)
    assert again.holder == cast.wanda.actor


def test_an_unanswered_turn_stalls_and_then_falls_back(cast: Cast):
    session, _turn = waiting_turn(cast)
    Turn.objects.update(stall_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    clock.tick()
    assert len(spoken(session)) == 1
    Turn.objects.update(fallback_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    kinds = [event.payload["kind"] for event in session.events.filter(persona="student").order_by("seq")]
    assert kinds == ["stall", "fallback"]


def test_a_claimed_turn_gets_one_extension(cast: Cast):
    _session, turn = waiting_turn(cast)
    supervision.turn_claim(session=turn.session, number=1, user=cast.will)
    before = Turn.objects.get(pk=turn.pk).fallback_at
    Turn.objects.update(stall_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    clock.tick()
    extension_s = cast.scenario.content.timing.extension_s
    assert Turn.objects.get(pk=turn.pk).fallback_at == before + timedelta(seconds=extension_s)


def test_seizing_takes_back_a_machine_reply_that_has_not_appeared(cast: Cast):
    session = cast.session(pacing_scale=1000.0)
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    turn_predict(turn=taken, prediction=prediction(joint=0.1))
    room.session_seize(session=session, user=cast.will)
    turn = Turn.objects.get(pk=taken.pk)
    assert (turn.status, turn.holder) == (TurnStatus.BACKUP_WAIT, cast.will.actor)
    with pytest.raises(errors.RoomSeized):
        room.session_seize(session=session, user=cast.wanda)


def test_a_handed_back_turn_that_was_certain_is_answered_by_the_machine(cast: Cast):
    session = cast.session(pacing_scale=1000.0)
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    turn_predict(turn=taken, prediction=prediction(joint=0.1))
    room.session_seize(session=session, user=cast.will)
    room.session_hand_back(session=session, user=cast.will)
    turn = Turn.objects.get(pk=taken.pk)
    assert (turn.status, turn.route) == (TurnStatus.AUTO, "certain")


def test_a_handed_back_turn_that_was_uncertain_waits_for_any_supervisor(cast: Cast):
    session, turn = waiting_turn(cast)
    room.session_seize(session=session, user=cast.will)
    room.session_hand_back(session=session, user=cast.will)
    turn.refresh_from_db()
    assert (turn.status, turn.holder) == (TurnStatus.BACKUP_WAIT, "")
    assert supervision.turn_claim(session=session, number=1, user=cast.wanda).holder == cast.wanda.actor


def test_in_verify_mode_every_reply_is_checked(cast: Cast):
    session = cast.session(mode="verify")
    ask(session)
    (taken,) = turns_take(engine="engine:a", limit=5)
    turn_predict(turn=taken, prediction=prediction(joint=0.0))
    clock.tick()
    assert spoken(session) == []
    assert Turn.objects.get(pk=taken.pk).status == TurnStatus.VERIFY_WAIT


def test_what_a_supervisor_types_is_remembered_as_an_exchange(cast: Cast):
    _session, turn = waiting_turn(cast)
    decide(turn, cast.will, action="type", text="The blue one is 6 long.", candidate=None)
    assert turn.exchange.reply_text == "The blue one is 6 long."


def test_an_ended_session_abandons_its_turn_and_takes_no_message(cast: Cast):
    session, turn = waiting_turn(cast)
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    turn.refresh_from_db()
    assert turn.status == TurnStatus.ABANDONED
    with pytest.raises(errors.SessionEnded):
        message_post(session=session, teacher=cast.tess, client="tab", txn="t9", text="Hello?")
    with pytest.raises(errors.TurnMovedOn):
        decide(turn, cast.will)


def test_seq_is_gapless_and_in_order(cast: Cast):
    session, turn = waiting_turn(cast)
    decide(turn, cast.will)
    seqs = list(session.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert Session.objects.get(pk=session.pk).head == seqs[-1]


def test_time_up_ends_the_session(cast: Cast):
    session = cast.session()
    Session.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))
    clock.tick()
    session.refresh_from_db()
    assert session.end_reason == "time_up"


def test_whoever_waits_when_the_time_is_long_up_hears_a_reply_first(cast: Cast):
    """As when the clock jumps forward: deadline and grace are over at once, the fallback's moment is not."""
    session, turn = waiting_turn(cast)
    Session.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
    clock.tick()
    turn.refresh_from_db()
    assert (turn.status, turn.reply.payload["kind"]) == (TurnStatus.REPLIED, "fallback")
    session.refresh_from_db()
    assert session.end_reason == "time_up"
    assert list(session.events.order_by("seq").values_list("type", flat=True))[-1] == "session.ended"


def test_a_message_that_comes_while_the_room_is_ended_is_answered_first(cast: Cast, monkeypatch):
    session = cast.session()
    Session.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))
    looked_at = list(clock._overdue_sessions(timezone.now()))
    turn = ask(session)
    monkeypatch.setattr(clock, "_overdue_sessions", lambda _now: looked_at)
    clock.tick_rooms()
    turn.refresh_from_db()
    session.refresh_from_db()
    assert (session.is_open, turn.status) == (True, TurnStatus.OPEN)


def test_a_room_that_was_silent_until_a_moment_ago_stays_open(cast: Cast, monkeypatch):
    session = cast.session()
    Session.objects.update(last_active_at=timezone.now() - clock.INACTIVE_AFTER)
    looked_at = list(clock._overdue_sessions(timezone.now()))
    assert looked_at == [session]
    ask(session)
    monkeypatch.setattr(clock, "_overdue_sessions", lambda _now: looked_at)
    clock.tick_rooms()
    session.refresh_from_db()
    assert session.is_open
