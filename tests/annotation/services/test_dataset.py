import pytest
from django.core.management import CommandError, call_command

from annotation.errors import FileRefused
from annotation.models import Codebook, Dataset, Item
from annotation.services.dataset import demo_load, dialogues_import
from models_zoo.labels import QUESTION_TYPES

GOOD = b"qid,conversation\n1,Teacher: (focus)What is it?\n2,Teacher: (telling)It is nine.\n"
WRONG = GOOD + b"3,Teacher: (focus)Fine so far|EOM|nobody speaks\n"

pytestmark = pytest.mark.django_db


def test_a_file_is_imported_once():
    assert dialogues_import(name="d", content=GOOD, file_format="mathdial")[1] == 2
    assert dialogues_import(name="d", content=GOOD, file_format="mathdial")[1] == 0
    assert Item.objects.count() == 2


def test_nothing_of_a_wrong_file_is_kept():
    with pytest.raises(FileRefused, match="Line 4"):
        dialogues_import(name="d", content=WRONG, file_format="mathdial")
    assert Item.objects.count() == 0
    assert Dataset.objects.count() == 0


def test_labels_of_the_file_count_as_gold_only_when_asked():
    dialogues_import(name="plain", content=GOOD, file_format="mathdial")
    dialogues_import(name="gold", content=GOOD, file_format="mathdial", with_gold=True)
    assert set(Item.objects.filter(dataset__name="plain").values_list("gold", flat=True)) == {""}
    assert set(Item.objects.filter(dataset__name="gold").values_list("gold", flat=True)) == {
        "Procedural and Factual",
        "Expository and Cueing",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"qid,conversation\n", "no teacher utterance"),
        (GOOD + b"3,\xff\xfe\n", "not UTF-8"),
        (b"\x00\x01", "NUL"),
    ],
)
def test_a_file_that_holds_no_dialogue_is_refused(content: bytes, reason: str):
    with pytest.raises(FileRefused, match=reason):
        dialogues_import(name="d", content=content, file_format="mathdial")


def test_the_line_of_a_wrong_byte_is_named():
    with pytest.raises(FileRefused, match="Line 3"):
        dialogues_import(name="d", content=b"\n\n\xff", file_format="jsonl")


def test_the_demonstration_has_every_type_and_loads_once():
    first, again = demo_load(), demo_load()
    assert first == again
    assert first.items.count() >= 55
    assert set(first.items.values_list("gold", flat=True)) == set(QUESTION_TYPES)
    assert [each["label"] for each in Codebook.objects.get().types] == list(QUESTION_TYPES)


def test_the_command_imports_a_file(tmp_path, capsys):
    path = tmp_path / "talks.csv"
    path.write_bytes(GOOD)
    call_command("import_dialogues", str(path), "--gold")
    assert "2 new questions in 'talks'" in capsys.readouterr().out
    assert Item.objects.exclude(gold="").count() == 2


def test_the_command_names_file_line_and_reason(tmp_path):
    path = tmp_path / "talks.csv"
    path.write_bytes(WRONG)
    with pytest.raises(CommandError, match=r"talks\.csv: Line 4: .*does not start with who speaks"):
        call_command("import_dialogues", str(path))


def test_the_command_says_when_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_dialogues", str(tmp_path / "none.csv"))
