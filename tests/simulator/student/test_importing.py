"""A MathDial row becomes a scenario that can be played and written down."""

import pytest

from simulator.student.errors import ScenarioError
from simulator.student.importing import scenario_from_mathdial, to_yaml
from simulator.student.picture import render_picture
from simulator.student.schema import parse_scenario
from simulator.student.state import StudentState

from .cast import FRACTIONS, SCALE, hold

ROW = {
    "qid": "42",
    "question": "Tim packs 3 boxes with 4 {red} apples each.\nHe eats 2. How many apples are left?",
    "ground_truth": "3 x 4 = 12 apples.\n12 - 2 = 10\n 10",
    "student_incorrect_solution": "Tim packs 3 + 4 = 7 apples.\nHe eats 2, so 7 - 2 = 5 are left.\n 5",
    "student_profile": "Rosa is a 6th grade student. She mixes up adding and multiplying.",
    "teacher_described_confusion": "Adds where she should multiply.",
}


def test_the_rows_parts_find_their_places():
    scenario = scenario_from_mathdial(ROW)
    assert (scenario.slug, scenario.kind) == ("mathdial-42", "open")
    assert (scenario.persona.name, scenario.persona.grade) == ("Rosa", 6)
    assert scenario.task[0] == "Tim packs 3 boxes with 4 (red) apples each."
    assert scenario.objects["card"].lines[0] == "Tim packs 3 + 4 = 7 apples."
    assert [stage.believes["task.answer"] for stage in scenario.knowledge.stages] == [5, 10]


def test_the_student_explains_the_wrong_solution_and_the_card_fills():
    scenario = scenario_from_mathdial(ROW)
    state, said = hold(scenario, [("Connect", "Hi Rosa, could you walk me through your solution?")])
    assert "3 + 4 = 7" in said[0].text
    assert said[0].text.endswith("So I got 5.")
    assert "7 - 2 = 5" in render_picture(scenario, state)
    assert "7 - 2 = 5" not in render_picture(scenario, StudentState.initial(scenario))


def test_without_a_rule_only_a_generic_reply_is_offered_so_a_person_takes_over():
    scenario = scenario_from_mathdial(ROW)
    _, said = hold(scenario, [("Pump/Testing", "Could each box hold fewer?")])
    assert said[0].source == "generic"
    assert said[0].score < 0.2


def test_a_solution_without_numbers_has_no_answer_to_claim():
    scenario = scenario_from_mathdial({**ROW, "student_incorrect_solution": "I do not know."})
    assert not scenario.quantities


@pytest.mark.parametrize("column", ["qid", "question", "student_incorrect_solution"])
def test_a_row_without_a_needed_column_is_refused(column):
    with pytest.raises(ScenarioError, match=f"{column}: this column is missing"):
        scenario_from_mathdial({**ROW, column: " "})


@pytest.mark.parametrize("scenario", [SCALE, FRACTIONS, scenario_from_mathdial(ROW)])
def test_a_written_scenario_reads_back_equal(scenario):
    assert parse_scenario(to_yaml(scenario)) == scenario
