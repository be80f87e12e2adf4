"""Damaged files of every kind that people upload: refused line by line or as a whole, and never a crash."""

import io
import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.importing.dialogues import ImportedQuestion, ReadError
from annotation.importing.formats import READERS, format_of, names_in
from annotation.importing.mapping import Columns
from annotation.importing.source import ENCODINGS, Source, encoding_of
from simulator.services.scenario import SCENARIO_DIR
from simulator.student.errors import ScenarioError
from simulator.student.schema import parse_scenario
from tests.fuzz import nasty
from tests.fuzz.amount import no_hang, tries

pytestmark = pytest.mark.slow

QUESTION = {"id": "1", "text": "Why is that?", "context": [{"speaker": "student", "text": "It is 6."}]}
TASK = {
    "id": 1, "data": {"text": "Why so?", "dialogue": [{"author": "Teacher", "text": "Why so?"}]},
    "annotations": [{"result": [{"type": "choices", "from_name": "type", "to_name": "text",
                                 "value": {"choices": ["Other"]}}]}],
}  # fmt: skip
GOOD = {
    "csv": b"id,text,dialogue,speaker\n1,Why is that?,d,T\n2,It is 6.,d,S\n3,How so?,d,T\n",
    "jsonl": b"\n".join(json.dumps(QUESTION | {"id": str(n)}).encode() for n in range(3)),
    "label_studio": json.dumps([TASK, TASK | {"id": 2}]).encode(),
    "doccano": b'{"id": 1, "text": "Why so?", "label": ["Other"]}\n{"id": 2, "text": "And?", "label": []}\n',
    "mathdial": b"qid,conversation\n1,Teacher: (probing)Why so?|EOM|Sam: It is.|EOM|Teacher: (generic)Oh.\n",
    "talkmoves": b"Timestamp,Turn,Speaker,Sentence,Teacher Tag\n0,1,T,Why so?,8 - Press\n0,2,S,It is.,\n",
}
columns = st.one_of(
    st.just(Columns()), st.builds(Columns, text=nasty.text, dialogue=nasty.text, labels=nasty.text)
)


def read_all(content: bytes, encoding: str, kind: str, chosen: Columns) -> None:
    """As the import page does: name the format, show the columns, read."""
    assert format_of(Source(io.BytesIO(content), encoding_of(content[:4])), f"a.{kind}") in READERS
    for read in (names_in, lambda source, kind: list(READERS[kind](source, chosen))):
        try:
            found = read(Source(io.BytesIO(content), encoding, "file"), kind)
        except ReadError:
            continue  # refused as a whole
        assert all(isinstance(one, str | ImportedQuestion | ReadError) for one in found)


def test_every_format_is_tried():
    assert set(READERS) <= set(GOOD)


@pytest.mark.parametrize("name", sorted(READERS))
@tries(40)
@given(
    harms=nasty.harm,
    chosen=columns,
    encoding=st.sampled_from(sorted(ENCODINGS)),
    as_format=st.sampled_from([None, *sorted(READERS)]),
)
def test_a_damaged_import_gives_questions_and_faults(
    name: str, harms, chosen: Columns, encoding: str, as_format
):
    with no_hang():
        read_all(nasty.harmed(GOOD[name], harms), encoding, as_format or name, chosen)


BOMBS = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a deep value": b'{"id": 1, "text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "a deep task": b'[{"id": 1, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "a long number": b'{"id": ' + b"9" * 100_000 + b', "text": "Why so?"}\n',
    "numbers that are none": "Timestamp,Turn,Speaker,Sentence\n²,٣,T,Why is it so?\n".encode(),
    "a context of nothing": b'{"id": 1, "text": "Why so?", "context": [null, 1, {"text": {}}]}\n',
    "half an emoji": b'{"id": "\\ud83d", "text": "Why \\ud83d so?"}\n',
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_file_that_was_made_to_break_readers_is_refused(name: str, bomb: str):
    with no_hang():
        read_all(BOMBS[bomb], "utf-8", name, Columns())


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_large_file_of_nonsense_costs_no_memory(name: str):
    """Without a single good record: what is held at a time does not grow with the faults."""
    size = 256 * 1024
    lines = GOOD[name].splitlines(keepends=True)
    filler = b'"x", [{"a": \xff\n' * 64
    content = lines[0] + filler * (size // len(filler))
    tracemalloc.start()
    try:
        for record in READERS[name](Source(io.BytesIO(content), "utf-8", "file"), Columns(text="text")):
            assert isinstance(record, ImportedQuestion | ReadError)
    except ReadError:
        pass  # refused as a whole
    _kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * size


SCENARIO = (SCENARIO_DIR / "fractions.yaml").read_bytes()


@tries(40)
@given(harms=nasty.harm)
@example(harms=[])
def test_a_damaged_scenario_is_refused_with_its_place(harms):
    with no_hang(), suppress(ScenarioError):
        parse_scenario(nasty.harmed(SCENARIO, harms))


@pytest.mark.parametrize(
    "text",
    [
        b"a: &a [x]\nb: [*a, *a]", b"!!python/object/apply:os.system ['true']", b"[" * 100_000,
        b"{" * 100_000, b"a: " * 50_000, b"? " * 50_000, b"- " * 100_000, b"\xff\xfe",
        b"a: " + b"9" * 100_000, b"%YAML 9.9\n---\n{}", b"x" * 300_000, b"a: 2026-99-99",
        b"a: 0x" + b"f" * 50_000, b"<<: {slug: a}",
        b"a: .inf", b"--- \n---\n", b"a: 1:" + b"1:" * 50_000 + b"1",
    ],
)  # fmt: skip
def test_what_yaml_can_do_beyond_a_scenario_is_refused(text: bytes):
    with no_hang(), pytest.raises(ScenarioError):
        parse_scenario(text)
