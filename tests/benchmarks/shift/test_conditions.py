"""Damaged turns and other corpora, as conditions that say which moves a turn may be."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks.routing.data import MOVES, read_turns
from benchmarks.shift.conditions import Condition, conditions
from benchmarks.shift.damage import cut, typos
from tests.benchmarks.routing.conftest import write_dialogues


def test_damage_is_repeatable_and_leaves_something():
    text = "Can you explain how you got that number?"
    assert typos(text) == typos(text) != text
    assert sum(a != b for a, b in zip(text, typos(text, every=4), strict=False)) > 3
    assert cut(text) == "Can you explain how"
    assert cut("Why?") == "Why?"


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACTS_DATA", str(tmp_path))
    (tmp_path / "talkmoves").mkdir()
    with (tmp_path / "talkmoves" / "transcripts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["transcript", "speaker", "sentence", "teacher_tag"])
        writer.writerow(["one", "T", "Why is that?", "9 - Press for Reasoning"])
        writer.writerow(["one", "Ann", "Because.", ""])
        writer.writerow(["one", "T", "How many are there?", "8 - press for  accuracy"])
        writer.writerow(["one", "T", "Everybody, listen.", "2 - Keeping Everyone Together"])
    (tmp_path / "cima").mkdir()
    exercise = {
        "past_convo": "['What is tree?', 'alto?']",
        "tutorResponses": ["What is red?", "It is l'albero.", "Both, is it?"],
        "tutorActions": [
            [True, False, False, False, False],
            [False, True, False, False, False],
            [True, True, False, False, False],
        ],
    }
    (tmp_path / "cima" / "dataset.json").write_text(json.dumps({"part": {"0": exercise}}))
    return tmp_path


def allowed(condition: Condition) -> dict[str, set[str]]:
    rows = zip(condition.turns, condition.allowed, strict=True)
    return {turn.text: {move for move, may in zip(MOVES, row, strict=True) if may} for turn, row in rows}


def test_each_condition_says_which_moves_a_turn_may_be(tmp_path: Path, corpora: Path):
    turns = read_turns(write_dialogues(tmp_path / "dialogues.csv", 10))
    found = {condition.name: condition for condition in conditions(turns, most=12)}
    assert len(found["held-out problems"].turns) == 40
    assert len(found["typos, 1 letter in 4"].turns) == 12  # whole dialogues of four turns
    assert allowed(found["TalkMoves, marked turns"]) == {
        "Why is that?": {"probing"},
        "How many are there?": {"focus"},
    }
    assert allowed(found["CIMA, marked turns"]) == {
        "What is red?": {"probing", "focus"},
        "It is l'albero.": {"telling"},
    }
    assert found["CIMA, marked turns"].turns[0].previous == "alto?"
    assert found["strangers to any rehearsal"].foreign
    assert not found["cut in half"].foreign
    assert "news" not in found  # its corpus is not there
