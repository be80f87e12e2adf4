"""Nothing that a teacher can reach tells who answered.

The same rehearsal is held again and again, each time answered by somebody else. Every page, API answer and
export is then compared, with only ids and clock times blanked out, so unforeseen leaks show too.
"""

import re
from dataclasses import replace
from datetime import timedelta
from difflib import unified_diff

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from simulator import clock
from simulator.models import Session, Turn
from simulator.services import room
from simulator.services.message import message_post
from simulator.services.repair import Repair, turn_repair
from simulator.services.session import session_end
from simulator.services.supervision import Decision, candidate_reject, turn_claim, turn_decide
from simulator.services.turn import Prediction, turn_hand_over, turn_predict, turns_take
from simulator.student.claims import extract_claims
from tests.cast import Cast

QUESTIONS = ("How long is the blue one?", "Why do you think so?")
ANSWER = "It is 6 cm long."
OF_A_SESSION = (
    "session",
    "session-end",
    "ratings",
    "feedback",
    "export-session",
    "api-session",
    "api-session-events",
    "api-session-export",
)
OF_ALL = ("home", "lobby", "account", "api-sessions")
FOREIGN = ("session-detail", "decision")
BETRAYING = re.compile(
    r"machine:|engine:|user:\d|\bactor\b|candidates|joint_uncertainty|mutual_information|backup_wait|verify_wait"
    r"|model_version|answered_by|\bepoch\b|\bepistemic|\bWill\b|\bWanda\b"
)


def _distribution(labels: tuple[str, ...]) -> dict[str, object]:
    rest = 0.1 / (len(labels) - 1)
    measures = dict.fromkeys(("predictive_entropy", "expected_entropy", "mutual_information"), 0.2)
    return {
        "labels": list(labels),
        "probabilities": [0.9] + [rest] * (len(labels) - 1),
        "uncertainty": measures,
    }


def _prediction(turn: Turn, joint: float) -> Prediction:
    understanding = {
        "question_type": _distribution(QUESTION_TYPES),
        "dialogue_act": _distribution(DIALOGUE_ACTS),
        "entities": [],
    }
    effects = extract_claims(
        turn.session.scenario.content, ANSWER, state=turn.session.student_state, question=turn.text
    )
    candidate = {"text": ANSWER, "source": "rule", "score": 0.9, "rule": "r", "effects": effects}
    return Prediction(understanding, [candidate], [], joint, 0.35, "test", 30, 1, "v1", 3)


def _decide(turn: Turn, cast: Cast, **how: object) -> None:
    how = {"action": "pick", "candidate": 0} | how
    turn.refresh_from_db()
    decision = Decision(client="console", txn=f"d{turn.number}", epoch=turn.epoch, **how)
    turn_decide(session=turn.session, number=turn.number, user=cast.will, decision=decision)


def _by_machine(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.1))


def _by_pick(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.9))
    _decide(turn, cast)


def _by_typing(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.9))
    claimed = turn_claim(session=turn.session, number=turn.number, user=cast.will)
    candidate_reject(
        session=turn.session, number=turn.number, user=cast.will, epoch=claimed.epoch, candidate=0, reason=""
    )
    _decide(turn, cast, action="type", candidate=None, text=ANSWER)


def _by_repairing(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.9))
    turn.refresh_from_db()
    repair = Repair("console", f"r{turn.number}", turn.epoch, dialogue_act="Pump/Testing", entities=())
    turn_repair(session=turn.session, number=turn.number, user=cast.will, repair=repair)
    _decide(turn, cast, action="edit", text=ANSWER)


def _by_seizing(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.9))
    room.session_seize(session=turn.session, user=cast.will)
    _decide(turn, cast)
    room.session_hand_back(session=turn.session, user=cast.will)


def _by_audit(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=replace(_prediction(turn, 0.1), audit_share=1.0))
    assert Turn.objects.get(pk=turn.pk).audited
    _decide(turn, cast)


def _by_an_audit_that_nobody_answers(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=replace(_prediction(turn, 0.1), audit_share=1.0))
    Turn.objects.filter(pk=turn.pk).update(fallback_at=timezone.now())


def _after_a_failure(turn: Turn, cast: Cast) -> None:
    turn_predict(turn=turn, prediction=_prediction(turn, 0.9))
    Turn.objects.filter(pk=turn.pk).update(status="predicting", holder="engine:test")
    turn.refresh_from_db()
    turn_hand_over(turn=turn, route="failed", detail="the model broke")
    _decide(turn, cast)


WAYS = [
    _by_machine,
    _by_pick,
    _by_typing,
    _by_repairing,
    _by_seizing,
    _by_audit,
    _by_an_audit_that_nobody_answers,
    _after_a_failure,
]


def hold(cast: Cast, way, questions: tuple[str, ...] = QUESTIONS) -> Session:
    """A rehearsal of these questions, every one answered in this way."""
    session = cast.session()
    Session.objects.filter(pk=session.pk).update(seed=7)
    for number, question in enumerate(questions):
        message_post(session=session, teacher=cast.tess, client="tab", txn=f"m{number}", text=question)
        (turn,) = turns_take(engine="engine:test", limit=1)
        way(turn, cast)
        clock.tick()
    assert session.turns.filter(status="replied").count() == len(questions)
    return session


def blank(text: str) -> str:
    """The text without what differs between any two rehearsals: ids, tokens, moments, seconds."""
    text = re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "ID", text)
    text = re.sub(r"(csrf[^>]*?value=\"|X-CSRFToken[^\w]+|nonce=\")[\w-]+", r"\1TOKEN", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?", "MOMENT", text)
    text = re.sub(r"<time.*?</time>|\b\d+:\d\d\b", "MOMENT", text, flags=re.S)
    return re.sub(r"\b\d+\.\d+\b", "SECONDS", text)


def changes(before: str, after: str) -> list[str]:
    """The lines that differ once ids and moments are blanked."""
    return list(unified_diff(blank(before).splitlines(), blank(after).splitlines(), lineterm="", n=0))


def reachable(cast: Cast, session: Session) -> dict[str, str]:
    """All that the session's teacher can get, address by address, while it runs and afterwards."""
    client = Client()
    client.force_login(cast.tess)
    found = {}
    for when in ("open", "ended"):
        for name in (*OF_A_SESSION, *OF_ALL, *FOREIGN):
            which = [session.public_id] if name in (*OF_A_SESSION, *FOREIGN) else []
            url = reverse(name, args=[*which, 1] if name == "decision" else which)
            response = client.get(url)
            body = b"".join(response) if response.streaming else response.content
            found[f"{name}, {when}"] = f"{response.status_code}\n{body.decode()}"
        session_end(session=session, reason="finished", actor=cast.tess.actor)
    return found


@pytest.fixture
def by_machine(cast: Cast) -> dict[str, str]:
    session = hold(cast, _by_machine)
    found = reachable(cast, session)
    _forget(session)
    return found


def _forget(session: Session) -> None:
    """Take the session out of the teacher's lists, so that the next one finds the same page."""
    Session.objects.filter(pk=session.pk).update(teacher=session.study.members.get(username="theo"))


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_whoever_answers_the_teacher_gets_the_same(cast: Cast, by_machine: dict[str, str], way):
    found = reachable(cast, hold(cast, way))
    assert len(found) > 20
    differing = {name: changes(by_machine[name], text) for name, text in found.items()}
    assert {name: lines for name, lines in differing.items() if lines} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_no_page_and_no_answer_holds_a_betraying_word(cast: Cast, way):
    found = reachable(cast, hold(cast, way))
    assert {name: BETRAYING.findall(text) for name, text in found.items() if BETRAYING.search(text)} == {}


@pytest.mark.django_db
def test_an_error_betrays_nothing_either(cast: Cast):
    session = hold(cast, _by_pick)
    Turn.objects.update(fallback_at=timezone.now() - timedelta(seconds=1))
    client = Client()
    client.force_login(cast.tess)
    for name in ("session", "api-session-events", "api-session-export"):
        for wrong in ({"after": "nonsense"}, {"cursor": "../.."}, {"format": "xml"}):
            answer = client.get(reverse(name, args=[session.public_id]), wrong)
            body = b"".join(answer) if answer.streaming else answer.content
            assert BETRAYING.findall(body.decode()) == []
