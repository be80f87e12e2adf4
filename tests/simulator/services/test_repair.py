"""A supervisor puts one layer right, and the machine finishes the line."""

import pytest

from annotation.models import Item
from annotation.selectors.training_data import training_data
from annotation.services.item import items_collect
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from simulator import clock, errors
from simulator.models import Session, Turn, User
from simulator.selectors import repaired_turns, room_detail
from simulator.services import supervision
from simulator.services.message import message_post
from simulator.services.repair import Repair, turn_repair
from simulator.services.session import session_end
from simulator.services.supervision import Decision
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast

VALUE, BLUE_LENGTH = "Pump/Value", (("object", "blue"), ("dimension", "length"))
REMEMBERED = {
    "text": "Six, as I said.",
    "source": "retrieval",
    "score": 0.9,
    "rule": "exchange:1",
    "effects": [],
}


def distribution(labels: tuple[str, ...], best: str) -> dict[str, object]:
    rest = 0.4 / (len(labels) - 1)
    measures = dict.fromkeys(("predictive_entropy", "expected_entropy", "mutual_information"), 0.2)
    shares = [0.6 if label == best else rest for label in labels]
    return {"labels": list(labels), "probabilities": shares, "uncertainty": measures}


def misread(
    cast: Cast, text: str = "And what about that one there, how far is it across?"
) -> tuple[Session, Turn]:
    """A waiting turn whose question the machine took for a remark about something red."""
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text=text)
    (turn,) = turns_take(engine="engine:test", limit=1)
    understanding = {
        "dialogue_act": distribution(DIALOGUE_ACTS, "Inform"),
        "question_type": distribution(QUESTION_TYPES, "Other"),
        "entities": [],
    }
    stages = [{"name": "dialogue_act", "label": "Inform", "confidence": 0.6, "uncertainty": 0.7},
              {"name": "entities", "label": "", "confidence": 1.0, "uncertainty": 0.2}]  # fmt: skip
    prediction = Prediction(understanding, [REMEMBERED], stages, 0.9, 0.35, "t", 30, 1, "v1", 3)
    turn_predict(turn=turn, prediction=prediction)
    return session, session.turns.get()


def put_right(turn: Turn, user: User, *, txn: str = "r1", epoch: int | None = None, **layers: object) -> Turn:
    repair = Repair("console", txn, turn.epoch if epoch is None else epoch, elapsed_ms=2500, **layers)
    return turn_repair(session=turn.session, number=turn.number, user=user, repair=repair)


def test_the_machine_finishes_the_line(cast: Cast):
    _session, turn = misread(cast)
    repaired = put_right(turn, cast.will, dialogue_act=VALUE, entities=BLUE_LENGTH)
    assert "6" in repaired.candidates[0]["text"]
    assert REMEMBERED["text"] in [candidate["text"] for candidate in repaired.candidates]
    assert repaired.prediction["candidates"] == [REMEMBERED]


def test_a_person_overrules_what_the_line_says(cast: Cast):
    _session, turn = misread(cast, "How long is the red one?")
    repaired = put_right(turn, cast.will, dialogue_act=VALUE, entities=BLUE_LENGTH)
    assert "6" in repaired.candidates[0]["text"]
    assert "18" not in repaired.candidates[0]["text"]


def test_one_key_sends_what_the_machine_proposes_anew(cast: Cast):
    session, turn = misread(cast)
    repaired = put_right(turn, cast.will, dialogue_act=VALUE, entities=BLUE_LENGTH)
    decision = Decision("console", "d1", repaired.epoch, "pick", candidate=0)
    supervision.turn_decide(session=session, number=1, user=cast.will, decision=decision)
    clock.tick()
    turn.refresh_from_db()
    assert turn.decision["repaired"]
    assert turn.reply is not None
    assert turn.reply.payload["text"] == repaired.candidates[0]["text"]
    session.refresh_from_db()
    assert "blue.length" in session.student_state.claims


def test_the_log_tells_before_and_after(cast: Cast):
    session, turn = misread(cast)
    put_right(turn, cast.will, dialogue_act=VALUE)
    turn.refresh_from_db()
    put_right(turn, cast.will, txn="r2", entities=BLUE_LENGTH, question_type="Procedural and Factual")
    first, second = session.events.filter(type="turn.repaired").order_by("seq")
    assert (first.payload["before"], first.payload["after"]) == (
        {"dialogue_act": "Inform"}, {"dialogue_act": VALUE})  # fmt: skip
    assert second.payload["before"]["entities"] == []
    assert second.payload["after"]["entities"] == [["object", "blue"], ["dimension", "length"]]
    assert second.payload["elapsed_ms"] == 2500
    turn.refresh_from_db()
    assert turn.repair["layers"]["dialogue_act"] == VALUE


def test_a_repair_claims_the_turn_and_makes_older_picks_stale(cast: Cast):
    session, turn = misread(cast)
    repaired = put_right(turn, cast.will, dialogue_act=VALUE)
    assert repaired.claimant == cast.will.actor
    with pytest.raises(errors.TurnHeld):
        put_right(repaired, cast.wanda, txn="r2", dialogue_act="None")
    stale = Decision("console", "d1", turn.epoch, "pick", candidate=0)
    with pytest.raises(errors.TurnMovedOn):
        supervision.turn_decide(session=session, number=1, user=cast.will, decision=stale)
    with pytest.raises(errors.TurnMovedOn):
        put_right(repaired, cast.will, txn="r3", epoch=turn.epoch, dialogue_act="None")


def test_the_same_repair_again_changes_nothing(cast: Cast):
    session, turn = misread(cast)
    first = put_right(turn, cast.will, dialogue_act=VALUE)
    again = put_right(turn, cast.will, dialogue_act=VALUE)
    assert first.epoch == again.epoch
    assert session.events.filter(type="turn.repaired").count() == 1


@pytest.mark.parametrize(
    "layers",
    [
        {},
        {"dialogue_act": "Pump/Shouting"},
        {"question_type": "Rhetorical"},
        {"entities": (("object", "purple"),)},
        {"entities": (("mood", "blue"),)},
    ],
)
def test_what_the_scenario_does_not_know_is_refused(cast: Cast, layers: dict[str, object]):
    session, turn = misread(cast)
    with pytest.raises(errors.LayerUnknown):
        put_right(turn, cast.will, **layers)
    assert not session.events.filter(type__in=["turn.repaired", "turn.claimed"]).exists()


def test_the_console_shows_layers_and_the_doubtful_one(cast: Cast):
    session, turn = misread(cast)
    detail = room_detail(cast.will, session)
    assert detail is not None
    assert detail["layers"]["doubtful"] == "dialogue_act"
    act, *entities, question_type = detail["layers"]["layers"]
    assert (act["chosen"], act["repaired"], act["doubt"]) == (["Inform"], False, 0.7)
    assert {"name": "Inform", "say": "Inform", "share": 0.6} in act["options"]
    assert [layer["name"] for layer in entities] == ["object", "dimension", "operation"]
    assert question_type["chosen"] == ["Other"]
    put_right(turn, cast.will, dialogue_act=VALUE)
    detail = room_detail(cast.will, session)
    assert detail is not None
    assert detail["layers"]["layers"][0]["repaired"]
    assert detail["mine"]


def test_a_turn_that_the_machine_could_not_read_can_be_put_right_too(cast: Cast):
    session, turn = misread(cast)
    Turn.objects.update(prediction={})
    turn.refresh_from_db()
    repaired = put_right(turn, cast.will, dialogue_act=VALUE, entities=BLUE_LENGTH)
    assert "6" in repaired.candidates[0]["text"]
    assert room_detail(cast.will, session) is not None


def test_what_was_put_right_becomes_a_training_example(cast: Cast):
    session, turn = misread(cast)
    put_right(turn, cast.will, dialogue_act=VALUE)
    turn.refresh_from_db()
    put_right(turn, cast.will, txn="r2", question_type="Procedural and Factual", dialogue_act="Pump/Testing")
    assert list(repaired_turns()) == []
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    (repair,) = repaired_turns()
    assert (repair.text, repair.dialogue_act, repair.question_type) == (
        turn.text, "Pump/Testing", "Procedural and Factual")  # fmt: skip
    data = training_data(None)
    (example,) = data.train
    assert (example.dialogue_act, example.question_type) == ("Pump/Testing", "Procedural and Factual")
    assert data.lineage["repair_event_ids"] == [str(repair.repair_event_id)]
    assert data.lineage["event_ids"] == [str(turn.asked_id)]


def test_a_question_that_versions_are_scored_on_stays_out_of_training(cast: Cast):
    session, turn = misread(cast, "What about that one there?")
    put_right(turn, cast.will, question_type="Procedural and Factual")
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    items_collect()
    Item.objects.update(holdout=True)
    assert training_data(None).train == []


def test_a_repair_of_entities_alone_is_no_label(cast: Cast):
    session, turn = misread(cast)
    put_right(turn, cast.will, entities=BLUE_LENGTH)
    session_end(session=session, reason="finished", actor=cast.tess.actor)
    assert list(repaired_turns()) == []
