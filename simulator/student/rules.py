"""Which replies of a scenario apply to a teacher's line, and how well each one answers it."""

from simulator.student.numbers import same_value
from simulator.student.parts import Reply, When
from simulator.student.perceive import Perception
from simulator.student.schema import Scenario
from simulator.student.state import StudentState, true_value, value_of

_SAME_FAMILY = 0.85
_OTHER_ACT = 0.55
_LEFT_BY_CONDITION = 0.35


def fit(scenario: Scenario, state: StudentState, reply: Reply, seen: Perception) -> float:
    """How well ``reply`` answers, from 0 (does not apply) to 1.

    Everything under ``when`` must hold. The act decides softly, since it comes from a model: the
    right act counts in full, one of the same family (Pump, Feedback) 0.85, another 0.55. The more a
    reply asks of the line, the surer it is to be meant: each condition leaves 0.35 of what its ``fit``
    lacks to 1. A reply that asks nothing of the line is only there for its own act.
    """
    when = reply.when
    if not (_state_holds(state, when, seen) and _line_holds(scenario, state, when, seen)):
        return 0.0
    act = _act_fit(reply, seen.act)
    if act == _OTHER_ACT and not (when.about or when.mentions or when.words or when.number):
        return 0.0
    left: float = _LEFT_BY_CONDITION ** _weight(when, seen)
    return act * (1 - (1 - reply.fit) * left)


def _act_fit(reply: Reply, act: str) -> float:
    if not reply.act or not act or act in reply.act:
        return 1.0
    family = act.partition("/")[0]
    return _SAME_FAMILY if any(item.partition("/")[0] == family for item in reply.act) else _OTHER_ACT


def _weight(when: When, seen: Perception) -> float:
    exact = any("." in about for about in when.about)
    about = (1.5 if exact else 0.5 if "nothing" in when.about else 1.0) if when.about else 0.0
    number = 1.0 if when.number and when.number != "none" else 0.0
    on_state = sum(0.25 for condition in (when.stage, when.topic, when.said is not None) if condition)
    # "how can you be sure" says more than "how".
    words = max((0.5 * len(phrase.split()) for phrase in when.words if seen.says(phrase)), default=0)
    return about + number + min(words, 2.0) + bool(when.words) + len(when.mentions) + on_state


def _state_holds(state: StudentState, when: When, seen: Perception) -> bool:
    if when.stage and state.stage not in when.stage:
        return False
    if when.topic and when.topic not in state.topics:
        return False
    return when.said is None or when.said == (seen.about in state.claims)


def _line_holds(scenario: Scenario, state: StudentState, when: When, seen: Perception) -> bool:
    if when.about and not any(_is_about(about, seen) for about in when.about):
        return False
    if not seen.named.issuperset(when.mentions):
        return False
    if when.words and not any(seen.says(phrase) for phrase in when.words):
        return False
    return when.number is None or _number_holds(scenario, state, when.number, seen)


def _is_about(about: str, seen: Perception) -> bool:
    if "." not in about:
        return about == seen.clarity
    owner, _, dimension = about.partition(".")
    own, _, dim = seen.about.partition(".")
    return bool(seen.about) and owner in ("*", own) and dimension in ("*", dim)


def _number_holds(scenario: Scenario, state: StudentState, wanted: str, seen: Perception) -> bool:
    """ "right" and "mine" are judged on the quantity asked about, or on any hidden one."""
    if wanted in ("any", "none"):
        return bool(seen.numbers) == (wanted == "any")
    hidden = [seen.about] if seen.about else list(scenario.knowledge.answers)
    right = [true_value(scenario, ref) for ref in hidden]
    mine = [value_of(scenario, state, ref) for ref in hidden]
    is_right = any(same_value(number, value) for number in seen.numbers for value in right)
    is_mine = any(same_value(number, value) for number in seen.numbers for value in mine)
    return {"right": is_right, "mine": is_mine, "wrong": bool(seen.numbers) and not is_right}[wanted]
