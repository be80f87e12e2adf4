from models_zoo.training import Example, load_corpus, split
from models_zoo.training.examples import GENERATED, normalised
from models_zoo.training.mathdial import mathdial_examples


def row(text: str, group: str) -> Example:
    return Example(text, None, None, None, group=group)


def test_no_group_and_no_text_is_on_both_sides():
    parts = split(load_corpus(), 0)
    assert {e.group for e in parts.train}.isdisjoint({e.group for e in parts.held_out})
    assert {normalised(e.text) for e in parts.train}.isdisjoint({normalised(e.text) for e in parts.held_out})


def test_generated_lines_are_never_held_out():
    parts = split(load_corpus(), 3)
    assert not any(e.group.startswith(GENERATED) for e in parts.held_out)
    assert any(e.group.startswith(GENERATED) for e in parts.train)


def test_a_seed_fixes_the_split_and_the_share_its_size():
    rows = [row(str(number), f"session-{number // 2}") for number in range(200)]
    parts = split(rows, 1, held_out_share=0.25)
    assert parts == split(rows, 1, held_out_share=0.25)
    assert parts != split(rows, 2, held_out_share=0.25)
    assert len(parts.held_out) == 50


def test_what_is_held_out_stays_so_when_examples_are_added():
    rows = [row(str(number), str(number)) for number in range(100)]
    before = {e.group for e in split(rows, 0).held_out}
    after = {e.group for e in split([*rows, row("new", "new")], 0).held_out}
    assert len(before & after) >= len(before) - 1


def test_marked_teacher_turns_are_read(tmp_path):
    path = tmp_path / "dialogues.csv"
    turns = [
        "Teacher: (probing)Why is that?",
        "Student: Because.",
        "Teacher: (telling) It is 4,\nyou see",
        "Teacher: (generic)  ",
        "Teacher: no mark",
    ]
    path.write_text('qid,conversation\n7,"' + "|EOM|".join(turns) + '"\n')
    assert [(e.text, e.question_type, e.group) for e in mathdial_examples(path)] == [
        ("Why is that?", "Probing and Exploring", "7"),
        ("It is 4,\nyou see", "Expository and Cueing", "7"),
    ]
