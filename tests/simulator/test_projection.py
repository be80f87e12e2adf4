"""What each role may see."""

from datetime import UTC, datetime

import pytest

from simulator.projection import KINDS, LoggedEvent, project

TEACHER_SEES = {
    "session.started": set(),
    "message.posted": {"text"},
    "session.ended": {"reason"},
}


def event(kind: str, **payload: object) -> LoggedEvent:
    filled = dict.fromkeys(KINDS[kind].fields, "x") if kind in KINDS else {}
    return LoggedEvent(
        seq=7, id="e1", type=kind, actor="user:3", persona="student", turn=2, cause="e0",
        client="tab", txn="t1", ts_server=datetime(2026, 1, 1, tzinfo=UTC),
        payload=filled | {"secret": "x"} | payload,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_teacher_sees_exactly_what_the_table_allows(kind: str):
    shown = project(event(kind), viewer="teacher", client="tab")
    if kind not in TEACHER_SEES:
        assert shown is None
        return
    assert shown is not None
    assert set(shown) == {"id", "type", "persona", "ts", "payload"}
    assert set(shown["payload"]) == TEACHER_SEES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_team_sees_the_envelope_and_documented_fields(kind: str):
    shown = project(event(kind), viewer="researcher")
    assert shown is not None
    assert set(shown["payload"]) == set(KINDS[kind].fields)
    assert shown["actor"] == "user:3"


def test_supervisors_get_nothing_that_tells_a_sure_turn_from_an_unsure_one():
    hidden = {
        "turn.predicted": {
            "understanding",
            "candidates",
            "stages",
            "joint",
            "prior",
            "joint_version",
            "joint_parts",
            "threshold",
            "threshold_origin",
            "engine_ms",
        },
        "turn.routed": {"audited", "audit_share"},
        "turn.repaired": {"candidates"},
        "turn.decided": {"machine_wrong"},
    }
    for kind in KINDS:
        shown = project(event(kind), viewer="supervisor")
        assert shown is not None
        assert set(KINDS[kind].fields) - set(shown["payload"]) == hidden.get(kind, set())


def test_an_unknown_kind_is_hidden_from_everybody():
    for viewer in ("teacher", "supervisor", "researcher"):
        assert project(event("unknown.kind"), viewer=viewer) is None


def test_only_the_senders_own_tab_gets_the_txn_back():
    mine = LoggedEvent(
        1, "e", "message.posted", "user:1", "teacher", 1, None, "tab", "t1", datetime.now(UTC), {"text": "x"}
    )
    assert "txn" in (project(mine, viewer="teacher", client="tab") or {})
    assert "txn" not in (project(mine, viewer="teacher", client="other") or {})
