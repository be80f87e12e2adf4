import pytest
from django.utils import timezone

from annotation.models import Dataset, Item
from annotation.selectors.queue import queue_for
from annotation.services.dataset import dialogues_import
from annotation.services.item import is_held_out, items_collect, items_withdraw
from simulator.models import Session, TurnStatus
from simulator.services.message import message_post
from simulator.services.session import session_end
from simulator.services.study import consent_withdraw
from tests.cast import Cast


def say(cast: Cast, session: Session, *texts: str) -> None:
    """The teacher says each of ``texts``; what came before counts as answered."""
    for text in texts:
        session.turns.update(status=TurnStatus.REPLIED, replied_at=timezone.now())
        message_post(session=session, teacher=cast.tess, client="c", txn=text, text=text)


def end(session: Session) -> None:
    session.turns.update(status=TurnStatus.REPLIED)
    session_end(session=session, reason="finished", actor="user:1")


def test_questions_of_an_ended_rehearsal_are_taken_over_with_what_was_said_before(cast: Cast):
    session = cast.session()
    say(cast, session, "How wide is it?", "Why is that?")
    end(session)
    assert items_collect() == 2
    second = Item.objects.get(text="Why is that?")
    assert second.group == str(session.public_id)
    assert [turn["text"] for turn in second.context] == ["How wide is it?"]
    assert second.source_event == session.events.filter(type="message.posted").last().pk


def test_collecting_again_adds_nothing(cast: Cast):
    session = cast.session()
    say(cast, session, "How wide is it?")
    end(session)
    assert (items_collect(), items_collect()) == (1, 0)


def test_a_rehearsal_that_goes_on_is_left_alone(cast: Cast):
    say(cast, cast.session(), "How wide is it?")
    assert items_collect() == 0


def test_a_withdrawn_rehearsal_is_left_out(cast: Cast):
    session = cast.session()
    say(cast, session, "How wide is it?")
    consent_withdraw(person=cast.tess, study=cast.study)
    assert items_collect() == 0


def test_a_teacher_who_withdraws_later_takes_the_questions_along(cast: Cast):
    session = cast.session()
    say(cast, session, "How wide is it?")
    end(session)
    items_collect()
    assert queue_for(cast.ana).exists()
    consent_withdraw(person=cast.tess, study=cast.study)
    assert not queue_for(cast.ana).exists()
    assert (items_withdraw(), items_collect()) == (0, 0)


def test_a_rehearsal_that_ended_earlier_but_was_seen_later_is_not_missed(cast: Cast):
    early, late = cast.session(), cast.session(cast.theo)
    say(cast, early, "How wide is it?")
    message_post(session=late, teacher=cast.theo, client="c", txn="1", text="How tall is it?")
    end(late)
    assert items_collect() == 1
    end(early)
    Session.objects.filter(pk=early.pk).update(ended_at=late.started_at)
    assert items_collect() == 1


def test_a_nod_is_no_question(cast: Cast):
    session = cast.session()
    say(cast, session, "Okay")
    end(session)
    assert items_collect() == 0


def test_an_exported_rehearsal_does_not_come_in_twice(cast: Cast):
    session = cast.session()
    say(cast, session, "How wide is it?")
    end(session)
    items_collect()
    event = session.events.get(type="message.posted")
    line = (
        f'{{"session": "s", "seq": 1, "id": "{event.pk}", "type": "message.posted", "persona": "teacher", '
        '"payload": {"text": "How wide is it?"}}'
    )
    _, count = dialogues_import(name="again", content=line.encode(), file_format="jsonl")
    assert count == 0


def test_the_held_out_share_is_as_large_as_asked(settings):
    settings.ACTS_HOLDOUT_SHARE = 0.15
    drawn = [is_held_out(f"key-{number}") for number in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.15, abs=0.01)


def test_holding_out_follows_from_the_key_alone(demo: Dataset):
    before = dict(demo.items.values_list("key", "holdout"))
    assert before == {key: is_held_out(key) for key in before}
    assert any(before.values())


@pytest.mark.parametrize(("share", "expected"), [(0.0, False), (1.0, True)])
def test_the_share_may_be_nothing_or_everything(settings, share: float, expected: bool):
    settings.ACTS_HOLDOUT_SHARE = share
    assert {is_held_out(str(number)) for number in range(200)} == {expected}
