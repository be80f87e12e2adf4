import json
from uuid import UUID, uuid4

import pytest

from annotation.importing.dialogues import ImportedQuestion, ReadError, all_or_error
from annotation.importing.jsonl import read_jsonl
from annotation.importing.source import text_source


def read(content: str) -> list[ImportedQuestion]:
    return list(all_or_error(read_jsonl(text_source(content))))


def event(session: str, seq: int, persona: str, text: str, kind: str = "message.posted") -> dict[str, object]:
    return {
        "session": session,
        "seq": seq,
        "id": str(uuid4()),
        "type": kind,
        "persona": persona,
        "payload": {"text": text},
    }


def lines(*rows: object) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def test_a_dialogue_line_becomes_questions():
    turns = [{"persona": "student", "text": "5"}, {"persona": "teacher", "text": "Why 5?", "gold": "Other"}]
    (question,) = read(lines({"dialogue": "one", "turns": turns}))
    assert (question.key, question.group, question.text, question.gold) == ("one:1", "one", "Why 5?", "Other")


def test_an_export_of_rehearsals_is_put_together_by_seq():
    first, second = event("s", 4, "teacher", "How so?"), event("s", 2, "student", "It is 9.")
    started = event("s", 1, "", "", kind="session.started")
    (question,) = read(lines(first, started, second))
    assert question.event == UUID(str(first["id"]))
    assert [turn.text for turn in question.context] == ["It is 9."]


def test_sessions_of_one_file_do_not_mix():
    found = list(read(lines(event("a", 1, "teacher", "First one?"), event("b", 1, "teacher", "Other one?"))))
    assert [(question.group, question.context) for question in found] == [("a", ()), ("b", ())]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ('{"dialogue": "x", "turns": []}\nnonsense', 2, "this is not JSON"),
        ("[1]", 1, "must be a JSON object"),
        ("\n\n{}", 3, "neither an event"),
        ('{"dialogue": "", "turns": []}', 1, "'dialogue' must be a text"),
        ('{"dialogue": "x", "turns": 3}', 1, "'turns' must be a list"),
        ('{"dialogue": "x", "turns": [{"persona": "parent", "text": "no"}]}', 1, "'parent' is no persona"),
        (
            '{"dialogue": "x", "turns": [{"persona": "teacher", "text": "no", "gold": "Funny"}]}',
            1,
            "'Funny' is no question type",
        ),
        (lines({"type": "message.posted", "session": "s", "seq": "1"}), 1, "'seq'"),
        (lines({**event("s", 1, "teacher", "Hi"), "id": "nobody"}), 1, "is no event id"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(content: str, line: int, reason: str):
    with pytest.raises(ReadError) as caught:
        list(read(content))
    assert caught.value.line == line
    assert reason in caught.value.reason
