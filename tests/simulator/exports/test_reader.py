"""The product's own JSON Lines: what is written is read back whole; what is wrong is named with its line."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.exports.envelope import ENVELOPE, EventRecord, line_of
from simulator.exports.reader import ExportInvalid, event_in, read_sessions, sessions_in
from simulator.projection import KINDS

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
SHORT = st.text(st.characters(exclude_categories=["Cs"]), max_size=64)
RECORDS = st.builds(
    EventRecord,
    session=st.uuids(),
    scenario=SHORT,
    seq=st.integers(1, 10**9),
    id=st.uuids(),
    type=st.sampled_from(sorted(KINDS)),
    actor=SHORT,
    persona=SHORT,
    turn=st.none() | st.integers(1, 10**6),
    cause=st.none() | st.uuids(),
    client=SHORT,
    txn=SHORT,
    ts_client=st.none() | MOMENTS,
    ts_server=MOMENTS,
    audience=st.sampled_from(["everyone", "team"]),
    payload=st.dictionaries(SHORT, VALUES, max_size=4),
)
START = EventRecord(
    session=uuid.UUID(int=1),
    scenario="scale-factor@1",
    seq=1,
    id=uuid.UUID(int=2),
    type="session.started",
    actor="user:1",
    persona="",
    turn=None,
    cause=None,
    client="",
    txn="",
    ts_client=None,
    ts_server=datetime(2026, 1, 1, tzinfo=UTC),
    audience="everyone",
    payload={"mode": "backup"},
)


def lines(*records: EventRecord) -> list[str]:
    return [line_of(record.to_json()) for record in records]


def later(seq: int, **changes: object) -> EventRecord:
    return replace(START, seq=seq, id=uuid.UUID(int=100 + seq), **changes)


@given(RECORDS)
def test_a_line_reads_back_to_the_same_event(record: EventRecord):
    assert event_in(line_of(record.to_json()), 1) == record


@given(RECORDS)
def test_a_line_is_one_line_for_every_reader(record: EventRecord):
    line = line_of(record.to_json())
    assert line.splitlines(keepends=True) == [line]
    assert list(json.loads(line)) == list(ENVELOPE)


def test_sessions_come_one_after_the_other_in_order(tmp_path):
    second = replace(START, session=uuid.UUID(int=9))
    path = tmp_path / "sessions.jsonl"
    path.write_text("".join(lines(START, later(2), second)) + "\n")
    first, other = read_sessions(path)
    assert [event.seq for event in first.events] == [1, 2]
    assert other.session == uuid.UUID(int=9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seq": 3}, "seq is 3 where 2 should follow"),
        ({"seq": 1}, "seq is 1 where 2 should follow"),
        ({"scenario": "other@1"}, "the scenario differs"),
        ({"type": "turn.guessed"}, "is no kind of event"),
        ({"v": 2}, "reads version 1"),
        ({"seq": "2"}, "seq:"),
        ({"id": "x"}, "id:"),
        ({"ts_server": "2026-01-01T00:00:00"}, "ts_server:"),
        ({"audience": "all"}, "audience:"),
        ({"payload": []}, "payload:"),
        ({"mood": "good"}, "mood:"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(change: dict, reason: str):
    wrong = later(2).to_json() | change
    with pytest.raises(ExportInvalid) as caught:
        list(sessions_in([*lines(START), line_of(wrong)]))
    assert caught.value.line == 2
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "must be a JSON object"),
        ('{"v": NaN}', "not JSON"),
        ("{}", "Field required"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_event_at_all_is_refused(line: str, reason: str):
    with pytest.raises(ExportInvalid, match="line 1: ") as caught:
        list(sessions_in([line]))
    assert reason in caught.value.reason


def test_a_session_that_stands_twice_is_refused():
    other = replace(START, session=uuid.UUID(int=9))
    with pytest.raises(ExportInvalid, match=r"line 3: .*a second time"):
        list(sessions_in(lines(START, other, START)))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "sessions.jsonl"
    path.write_bytes(b"\xff\xfe{}\n")
    with pytest.raises(ExportInvalid, match="UTF-8"):
        list(read_sessions(path))
