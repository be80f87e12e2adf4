"""Files as they come: every fault is named with line and mend, and costs only its own record."""

import io

import pytest

from annotation.importing.dialogues import ImportedQuestion, ReadError
from annotation.importing.formats import READERS, format_of
from annotation.importing.mapping import UNNAMED, Columns
from annotation.importing.source import Source

HEAD = b"id,text\n"


def read(content: bytes, file_format: str = "csv", encoding: str = "utf-8", columns: Columns = UNNAMED):
    """The questions' texts, and line and reason of the faults."""
    source = Source(io.BytesIO(content), encoding=encoding, name="file")
    records = list(READERS[file_format](source, columns))
    texts = [record.text for record in records if isinstance(record, ImportedQuestion)]
    return texts, [(record.line, record.reason) for record in records if isinstance(record, ReadError)]


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (b"", "utf-8", "file is empty"),
        (b"\n\n", "utf-8", "file is empty"),
        (b"id,text,text\n1,a b,c d\n", "utf-8", "Two columns are called 'text'"),
        (b'id,"text\n1,a b\n', "utf-8", "header is not valid CSV"),
        (b"id,te\0xt\n1,a b\n", "utf-8", "NUL"),
        (b"one,two\n1,a b\n", "utf-8", "Say which column holds the text"),
        (b"id,text\r1,Why so?\r2,And then?", "utf-8", "save the file as 'CSV UTF-8'"),
        (b"\xff\xfea\xd8", "utf-8", "not UTF-8"),
        (b"id,text\n1,Why so?\n", "utf-16", "not UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_why(content: bytes, encoding: str, reason: str):
    with pytest.raises(ReadError, match=reason):
        read(content, encoding=encoding)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b'2,"never closed', "never closed|not closed"),
        (b'2,"a "quote" inside"', "must be doubled"),
        (b"2,caf\xe9 au lait", "byte 0xE9"),
        (b"2", "cut off"),
        (b"2,one,two", "put cells that hold the separator into quotation marks"),
        (b"2,", "is empty"),
        (b"2,okay", "One word"),
        (b'2,"' + b"x" * 140_000 + b'"', "131,072"),
        (b"2," + b"x" * 1_100_000, "longer than a million"),
    ],
)
def test_a_broken_row_costs_itself_alone(row: bytes, reason: str):
    texts, faults = read(HEAD + b"1,Why is that?\n" + row + b"\n3,And then what?\n4,How so?\n")
    assert texts == ["Why is that?", "And then what?", "How so?"]
    ((line, said),) = faults
    assert line == 3
    assert any(part in said for part in reason.split("|"))


def test_a_quotation_mark_that_is_never_closed_swallows_no_row_however_far_the_next_one_is():
    rows = b"".join(b"%d,What is number %d?\n" % (number, number) for number in range(2, 3000))
    texts, faults = read(HEAD + b'1,"open\n' + rows + b'9000,"She said ""why"" to me"\n')
    assert len(texts) == 2999
    assert texts[-1] == 'She said "why" to me'
    assert [line for line, _ in faults] == [2]


def test_a_cell_may_hold_line_breaks_and_the_next_row_keeps_its_number():
    texts, faults = read(HEAD + b'1,"Why\nis that?"\n2\n3,And then?\n')
    assert texts == ["Why\nis that?", "And then?"]
    assert [line for line, _ in faults] == [4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_other_encodings_are_read(encoding: str):
    content = "id;text\n1;Où est le café?\n".encode(encoding)
    assert read(content, encoding=encoding)[0] == ["Où est le café?"]


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    assert read(b"\xef\xbb\xbftext\nWhy so?\n")[0] == ["Why so?"]


def test_wrong_lines_of_json_are_named_and_the_others_read():
    content = b'{"text": "Why so?"}\n{"text": \n[1]\n{"words": "x"}\n{"text": "How come?"}\n'
    texts, faults = read(content, "jsonl")
    assert texts == ["Why so?", "How come?"]
    assert [line for line, _ in faults] == [2, 3, 4]
    assert "say which of them holds the text" in faults[2][1]


def test_a_mapping_names_the_keys_of_json_lines():
    content = b'{"words": "Why so?", "nr": 7}\n'
    source = Source(io.BytesIO(content))
    (question,) = READERS["jsonl"](source, Columns(text="words", key="nr"))
    assert isinstance(question, ImportedQuestion)
    assert (question.text, question.key) == ("Why so?", "7")


def test_a_label_studio_file_names_the_line_where_it_breaks_off():
    good = (
        b'[\n{"id": 1, "data": {"question": "Why so?"}},\n{"id": 2, "data": {"text": "How come?"}},\n{"id": 3'
    )
    source = Source(io.BytesIO(good))
    records = READERS["label_studio"](source, UNNAMED)
    assert [next(records).text, next(records).text] == ["Why so?", "How come?"]
    with pytest.raises(ReadError) as caught:
        next(records)
    assert caught.value.line == 4


def test_a_long_label_studio_file_without_line_breaks_is_read():
    tasks = b",".join(b'{"id": %d, "data": {"question": "Why is it %d?"}}' % (n, n) for n in range(5000))
    texts, faults = read(b"[" + tasks + b"]", "label_studio")
    assert (len(texts), faults) == (5000, [])


def test_label_studio_labels_come_with_author_order_and_flag():
    content = b"""[{"id": 1, "project": 4, "data": {"question": "Why so?"}, "annotations": [
        {"completed_by": 3, "lead_time": 2.5, "result": [
            {"from_name": "second", "type": "choices", "value": {"choices": ["Other"]}},
            {"from_name": "type", "type": "choices", "value": {"choices": ["Probing and Exploring"]}},
            {"from_name": "issue", "type": "choices", "value": {"choices": ["Data Issues"]}}]},
        {"completed_by": 4, "was_cancelled": true, "result": []}]}]"""
    (question,) = READERS["label_studio"](Source(io.BytesIO(content)), UNNAMED)
    (label,) = question.labels
    assert label.annotator == "3"
    assert label.labels == ("Probing and Exploring", "Other")
    assert (label.data_issue, label.active_ms) == (True, 2500)
    assert question.key == "label-studio:4:1"


def test_doccano_lines_are_read_and_spans_refused():
    content = b"""{"id": 5, "text": "Why so?", "label": ["Other"], "Comments": ["hm"]}
{"id": 6, "text": "And why?", "label": [[0, 3, "X"]]}
{"id": 7, "text": "How come?", "label": []}
"""
    texts, faults = read(content, "doccano")
    assert texts == ["Why so?", "How come?"]
    assert [line for line, _ in faults] == [2]


def test_a_transcript_sheet_gives_the_teachers_sentences_with_what_was_said_before():
    content = b"""TimeStamp,Turn,Speaker,Sentence,Teacher Tag,Student Tag
0,1,T,What is the red rod worth?,8,
0,2,Ann,One half.,,4
0,2,,[laughter],,
0,3,T,Why?,9,
0,3,T,Okay.,1,
"""
    source = Source(io.BytesIO(content), name="lesson 4")
    first, second = READERS["talkmoves"](source, UNNAMED)
    assert (first.text, first.gold, first.group) == ("What is the red rod worth?", "", "lesson 4")
    assert [(turn.persona, turn.text) for turn in second.context] == [
        ("teacher", "What is the red rod worth?"),
        ("student", "One half."),
    ]


def test_a_dialogue_in_two_places_is_told_apart_from_a_sorted_one():
    content = b"group,speaker,text\na,T,What now?\nb,T,Why so?\na,T,And then?\n"
    texts, faults = read(content)
    assert texts == ["What now?", "Why so?"]
    assert "sort the rows" in faults[0][1]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"qid,conversation\n", "mathdial"),
        ("a.csv", b"transcript,Speaker,Sentence\n", "talkmoves"),
        ("a.csv", b"id,text\n", "csv"),
        ("a.json", b'\n [{"data": {}}]', "label_studio"),
        ("a.json", b'[\n{"data": {}}]', "label_studio"),
        ("a.jsonl", b'{"text": "x", "label": []}', "doccano"),
        ("a.jsonl", b'{"dialogue": "x", "turns": []}', "jsonl"),
        ("a.jsonl", b"\xff\xff", "jsonl"),
    ],
)
def test_the_format_is_guessed_from_name_and_beginning(name: str, content: bytes, expected: str):
    assert format_of(Source(io.BytesIO(content)), name) == expected
