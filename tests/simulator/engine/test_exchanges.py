"""An open scenario is carried by a person at first and by the machine as replies accumulate."""

import pytest

from simulator import clock
from simulator.engine.loop import Engine
from simulator.models import Session, Turn, TurnStatus
from simulator.services.message import message_post
from simulator.services.scenario import scenario_install
from simulator.services.supervision import Decision, turn_decide
from simulator.student.importing import scenario_from_mathdial, to_yaml
from tests.cast import Cast

ROW = {
    "qid": "77",
    "question": "A shelf holds 4 boxes with 6 pens each. 5 pens are taken. How many pens are left?",
    "ground_truth": "4 x 6 = 24 pens. 24 - 5 = 19.\n 19",
    "student_incorrect_solution": "4 + 6 = 10 pens in the boxes.\n10 - 5 = 5.\n 5",
    "student_profile": "Nadia is a 7th grade student. She mixes up operations.",
    "teacher_described_confusion": "adds where she should multiply",
}
QUESTION = "How many pens are in all the boxes together?"
REPLY = "10, because 4 plus 6 is 10."


@pytest.fixture
def engine(settings, tmp_path) -> Engine:
    settings.MODEL_STORE = tmp_path / "models"
    made = Engine()
    made.model.start()
    return made


def asked(session: Session, engine: Engine, text: str) -> Turn:
    message_post(
        session=session, teacher=session.teacher, client="tab", txn=text[:20].replace(" ", "-"), text=text
    )
    engine.step()
    clock.tick()
    return session.turns.order_by("-number")[0]


def test_the_machine_takes_over_what_a_supervisor_has_answered(cast: Cast, engine: Engine):
    cast.scenario = scenario_install(source=to_yaml(scenario_from_mathdial(ROW)))
    first = asked(cast.session(), engine, QUESTION)
    assert first.status == TurnStatus.BACKUP_WAIT
    decision = Decision("console", "d1", first.epoch, "type", text=REPLY)
    turn_decide(session=first.session, number=1, user=cast.will, decision=decision)

    again = asked(cast.session(cast.theo), engine, QUESTION)
    assert (again.status, again.route) == (TurnStatus.REPLIED, "certain")
    assert again.reply is not None
    assert again.reply.payload["text"] == REPLY
    assert again.prediction["candidates"][0]["source"] == "retrieval"

    unlike = asked(cast.session(cast.theo), engine, "Who is your favourite singer at the moment?")
    assert unlike.status == TurnStatus.BACKUP_WAIT


def test_no_study_hears_what_another_one_wrote(cast: Cast, engine: Engine):
    cast.scenario = scenario_install(source=to_yaml(scenario_from_mathdial(ROW)))
    first = asked(cast.session(), engine, QUESTION)
    decision = Decision("console", "d1", first.epoch, "type", text=REPLY)
    turn_decide(session=first.session, number=1, user=cast.will, decision=decision)

    elsewhere = asked(cast.session(cast.oscar), engine, QUESTION)
    assert elsewhere.status == TurnStatus.BACKUP_WAIT
    assert elsewhere.prediction["understanding"]["exchanges"] == []
    assert REPLY not in [one["text"] for one in elsewhere.prediction["candidates"]]
