"""Files become tasks; rows of another format are left out and said."""

from pathlib import Path

import pytest

from benchmarks.adapters_glue.tasks import NAMES, Task, load_task


def task(data: Path, name: str, *, train: int = 8, test: int = 8) -> Task:
    return load_task(name, glue=data / "glue", mathdial=data / "dialogues.csv", train=train, test=test)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_read(data: Path, name: str) -> None:
    found = task(data, name)
    assert len(found.train) == (4 if name in ("mrpc", "stsb") else 8)  # in texts
    assert len(found.test) == 8
    assert len(found.labels) == (0 if name == "stsb" else 2)
    assert all((row.second is not None) == (name in ("mrpc", "stsb")) for row in found.train)


def test_the_same_rows_are_drawn_again(data: Path) -> None:
    assert task(data, "sst2").digest() == task(data, "sst2").digest()
    assert task(data, "sst2").digest() != task(data, "sst2", train=7).digest()


def test_no_dialogue_is_on_both_sides(data: Path) -> None:
    found = task(data, "mathdial", train=999, test=999)
    assert {row.group for row in found.train}.isdisjoint(row.group for row in found.test)
    assert len(found.train) + len(found.test) == 120


def test_quotation_marks_stay_in_paraphrases(data: Path) -> None:
    path = data / "glue" / "mrpc_train.txt"
    path.write_text('1\t1\t2\tHe said "yes\tHe agreed\n0\t3\t4\tNo\tNever\n', encoding="utf-8")
    assert {row.first for row in task(data, "mrpc").train} == {'He said "yes', "No"}


def test_rows_of_another_format_are_left_out(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (data / "glue" / "sst2_train.tsv").open("a") as file:
        file.write("no label here\nan unknown one\t7\n\n")
    assert len(task(data, "sst2", train=99).train) == 12
    assert "1 rows of another format" in capsys.readouterr().err


def test_a_missing_file_is_named(data: Path) -> None:
    (data / "glue" / "stsb_dev.csv").unlink()
    with pytest.raises(SystemExit, match=r"stsb_dev\.csv is missing"):
        task(data, "stsb")
