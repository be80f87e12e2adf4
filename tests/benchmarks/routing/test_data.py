from pathlib import Path

import pytest

from benchmarks.routing.data import MOVES, folds, read_turns, train_and_test
from benchmarks.routing.surface import surface

from .conftest import write_dialogues


def test_a_turn_knows_what_was_said_before_it(dialogues: Path):
    turns = read_turns(dialogues)
    assert len(turns) == 60 * 4
    second = turns[1]
    assert second.position == 1
    assert second.own_previous == turns[0].text
    assert second.previous.startswith("I think")
    assert (turns[0].previous, turns[0].position) == ("", 0)
    assert {turn.move for turn in turns} == set(range(len(MOVES)))


def test_one_file_given_twice_is_split_by_problem(dialogues: Path):
    train, test, how = train_and_test(dialogues, dialogues, seed=0)
    assert len(train) + len(test) == 240
    assert not {turn.problem for turn in train} & {turn.problem for turn in test}
    assert "overlap" in how


def test_a_shared_problem_leaves_the_training(tmp_path: Path):
    first = write_dialogues(tmp_path / "a.csv", 30)
    second = write_dialogues(tmp_path / "b.csv", 30, first=25)
    train, test, how = train_and_test(first, second, seed=0)
    assert {turn.problem for turn in train} == {str(number) for number in range(25)}
    assert len(test) == 120
    assert "5 shared" in how


def test_folds_keep_problems_together_and_are_of_like_size(dialogues: Path):
    turns = read_turns(dialogues)
    place = folds(turns, 5)
    where: dict[str, set[int]] = {}
    for turn, fold in zip(turns, place, strict=True):
        where.setdefault(turn.problem, set()).add(fold)
    assert all(len(found) == 1 for found in where.values())
    assert max(map(place.count, range(5))) - min(map(place.count, range(5))) <= 4


def test_a_file_without_marked_turns_is_refused(tmp_path: Path):
    path = tmp_path / "empty.csv"
    path.write_text("qid,conversation\n1,Teacher: hello\n")
    with pytest.raises(SystemExit, match="marked"):
        read_turns(path)
    with pytest.raises(SystemExit, match="cannot be read"):
        read_turns(tmp_path / "missing.csv")


def test_the_surface_sees_where_a_number_comes_from(dialogues: Path):
    turns = read_turns(dialogues)
    table = surface(turns)
    assert table.shape[0] == len(turns)
    assert table.std(0).max() > 0
