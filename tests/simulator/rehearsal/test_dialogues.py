"""MathDial's CSV: read as it is, refused with line and reason where it is something else."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from simulator.models import ScenarioVersion
from simulator.rehearsal.dialogues import DialogueFileInvalid, Exchange, read_dialogues, read_rows
from simulator.rehearsal.stage import scenarios_for_dialogues

COLUMNS = ("qid", "question", "student_incorrect_solution", "student_profile", "conversation")
ROW = {
    "qid": "77",
    "question": "Ann has 3 apples.\nShe buys 4 more. How many are there?",
    "student_incorrect_solution": "3 times 4 is 12\n 12",
    "student_profile": "Ann is a 7th grade student.",
    "conversation": "Teacher: (probing)How did you get 12?|EOM|Ann: I multiplied.|EOM|Ann: Was that wrong?"
    "|EOM|Teacher: (focus)What does buy mean?|EOM|Teacher: (generic)Think.|EOM|Ann: Oh, add!"
    "|EOM|Teacher: (generic)Yes: well done.",
}


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return path


def test_what_one_person_says_in_a_row_is_taken_together(tmp_path: Path):
    (dialogue,) = read_dialogues(write(tmp_path / "d.csv", {}))
    assert dialogue.problem == "77"
    assert dialogue.exchanges == (
        Exchange("How did you get 12?", "I multiplied. Was that wrong?"),
        Exchange("What does buy mean? Think.", "Oh, add!"),
        Exchange("Yes: well done.", ""),
    )


def test_a_student_who_begins_is_passed_over(tmp_path: Path):
    spoken = "Ann: Hi!|EOM|Teacher: (generic)Hello.|EOM|Ann: Shall I begin?"
    (dialogue,) = read_dialogues(write(tmp_path / "d.csv", {"conversation": spoken}))
    assert dialogue.exchanges == (Exchange("Hello.", "Shall I begin?"),)


def test_a_dialogue_in_which_nobody_asks_is_left_out(tmp_path: Path):
    assert read_dialogues(write(tmp_path / "d.csv", {"conversation": "Ann: Hi!"})) == []


def test_a_row_knows_the_line_that_it_begins_on(tmp_path: Path):
    rows = read_rows(write(tmp_path / "d.csv", {}, {"qid": "78"}))
    assert [(row.line, row.cells["qid"]) for row in rows] == [(2, "77"), (5, "78")]


def test_a_missing_column_is_named(tmp_path: Path):
    path = write(tmp_path / "d.csv", {}, columns=("qid", "question"))
    with pytest.raises(DialogueFileInvalid, match="line 1: the column 'conversation' is missing"):
        read_dialogues(path)


def test_a_turn_without_speaker_is_refused_with_its_line(tmp_path: Path):
    path = write(tmp_path / "d.csv", {}, {"conversation": "Teacher: (generic)Hi|EOM|what"})
    with pytest.raises(DialogueFileInvalid, match="line 5: the turn 'what'"):
        read_dialogues(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"qid,conversation\n1\n", "line 2: the row does not have 2 cells"),
        (b"qid,conversation\n1,a,b\n", "line 2: the row does not have 2 cells"),
        (b'qid,conversation\n1,"a"b\n', "not valid CSV"),
        (b"qid,conversation\n1,\xff\n", "UTF-8"),
        (b"", "the column 'qid' is missing"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, reason: str):
    (tmp_path / "d.csv").write_bytes(content)
    with pytest.raises(DialogueFileInvalid, match=reason):
        read_dialogues(tmp_path / "d.csv")


@pytest.mark.django_db
def test_each_problem_becomes_one_scenario(tmp_path: Path, capsys):
    path = write(tmp_path / "d.csv", {}, {"conversation": "Teacher: Hi"}, {"qid": "78"}, {"qid": "79"})
    call_command("import_scenarios", str(path), "--limit", "2")
    assert set(ScenarioVersion.objects.values_list("slug", flat=True)) == {"mathdial-77", "mathdial-78"}
    call_command("import_scenarios", str(path), "--problem", "79", "77")
    assert ScenarioVersion.objects.count() == 3
    assert ScenarioVersion.objects.get(slug="mathdial-77").content.persona.name == "Ann"


@pytest.mark.django_db
def test_a_row_that_makes_no_scenario_imports_nothing(tmp_path: Path):
    path = write(tmp_path / "d.csv", {}, {"qid": "78", "question": " "})
    with pytest.raises(CommandError, match=r"line 5: question: .*Nothing was imported"):
        call_command("import_scenarios", str(path))
    assert ScenarioVersion.objects.count() == 0


@pytest.mark.django_db
def test_a_problem_that_the_file_lacks_is_named(tmp_path: Path):
    with pytest.raises(CommandError, match="no problem 99"):
        call_command("import_scenarios", str(write(tmp_path / "d.csv", {})), "--problem", "99")


@pytest.mark.django_db
def test_scenarios_imported_to_be_played_are_not_offered_to_teachers(tmp_path: Path, capsys):
    path = write(tmp_path / "d.csv", {}, {"qid": "78"})
    call_command("import_scenarios", str(path), "--problem", "77")
    played = scenarios_for_dialogues(path, read_dialogues(path), slug=None)
    assert set(played) == {"77", "78"}
    offered = ScenarioVersion.objects.filter(is_active=True)
    assert [scenario.slug for scenario in offered] == ["mathdial-77"]


@pytest.mark.django_db
def test_a_scenario_file_is_installed_or_refused_with_its_line(tmp_path: Path, capsys):
    shipped = Path("simulator/scenarios/scale-factor.yaml").read_text()
    path = tmp_path / "scale-factor.yaml"
    path.write_text(shipped)
    call_command("install_scenario", str(path))
    assert ScenarioVersion.objects.get().slug == "scale-factor"
    path.write_text(shipped.replace("title:", "titel:", 1))
    with pytest.raises(CommandError, match=r"line \d+: .*Nothing was installed"):
        call_command("install_scenario", str(path))
    assert ScenarioVersion.objects.count() == 1
