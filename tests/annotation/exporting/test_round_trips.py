"""What goes out comes in again as the same questions and labels, and holds nothing that was withdrawn."""

import json
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Annotation, Dataset, Item, Source, Suggestion
from annotation.services.codebook import codebook_current
from annotation.services.dataset import dialogues_import
from tests.cast import Cast

CONTEXT = [{"persona": "student", "text": 'It is "nine", so\nI think é 🙂'}]
OTHER, PROBING = "Other", "Probing and Exploring"


@pytest.fixture
def talks(cast: Cast) -> Dataset:
    """Four questions: labelled by two, by one with an issue, by nobody, and one that was withdrawn."""
    dataset = Dataset.objects.create(
        name="Talks", source=Source.IMPORT, licence="CC BY 4.0", origin="Recorded by us | with leave."
    )
    texts = ["Why is it, then; nine?", "So\u2028what?", "=1+1 is what?", "A secret of a teacher"]
    items = [
        Item.objects.create(
            dataset=dataset, key=f"k{number}", text=text, context=CONTEXT * number, group="g",
            gold=OTHER if number == 0 else "", shuffle_key=number, holdout=number == 1,
            withdrawn_at=timezone.now() if number == 3 else None,
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    label(items[0], cast.ana, [PROBING, OTHER], active_ms=1200, idle_ms=300, comment='a, "b"')
    label(items[0], cast.rosa, [OTHER], suggestion_shown=True, suggested_label=OTHER, outcome="kept")
    label(items[1], cast.ana, [], data_issue=True)
    label(items[3], cast.ana, [OTHER])
    Suggestion.objects.create(
        item=items[0], model_version="v1", label=OTHER, probabilities=[0.1, 0.1, 0.1, 0.7],
        predictive_entropy=0.9,
    )  # fmt: skip
    return dataset


def label(item: Item, person: Any, labels: list[str], **more: Any) -> None:
    Annotation.objects.create(
        item=item, annotator=person, codebook=codebook_current(), labels=labels, txn=f"t{item.pk}", **more
    )


def exported(cast: Cast, dataset: Dataset | None, file_format: str) -> bytes:
    client = Client()
    client.force_login(cast.rosa)
    query = {"format": file_format, "dataset": str(dataset.pk) if dataset else ""}
    return b"".join(client.get(reverse("annotation:export"), query))


def content_of(dataset: Dataset, *, times: bool = True) -> list[Any]:
    """Everything about a dataset that a round trip must keep, without ids."""
    return [
        (
            item.key, item.text, item.context, item.group, item.gold,
            [
                (one.labels, one.data_issue, one.comment, (one.active_ms, one.idle_ms) if times else None)
                for one in item.annotations.filter(is_standing=True).order_by("pk")
            ],
        )
        for item in dataset.items.filter(withdrawn_at=None).order_by("key")
    ]  # fmt: skip


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "label_studio"])
def test_what_is_exported_comes_in_again_the_same(cast: Cast, talks: Dataset, file_format: str):
    first = exported(cast, talks, file_format)
    again, _ = dialogues_import(
        name="Again", content=first, file_format=file_format, with_gold=True, with_labels=True
    )
    times = file_format != "label_studio"  # which knows one time, not two
    assert content_of(again, times=times) == content_of(talks, times=times)
    count = Annotation.objects.count()
    dialogues_import(name="Again", content=first, file_format=file_format, with_gold=True, with_labels=True)
    assert Annotation.objects.count() == count


def test_a_second_trip_gives_the_same_bytes(cast: Cast, talks: Dataset):
    dialogues_import(
        name="Again", content=exported(cast, talks, "label_studio"), file_format="label_studio",
        with_gold=True, with_labels=True,
    )  # fmt: skip
    again = Dataset.objects.get(name="Again")
    strip = [
        {key: value for key, value in task.items() if key != "predictions"}
        for task in json.loads(exported(cast, talks, "label_studio"))
    ]
    found = json.loads(exported(cast, again, "label_studio"))
    assert [{key: value for key, value in task.items() if key != "predictions"} for task in found] == strip


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "label_studio", "datasets"])
def test_nothing_withdrawn_leaves(cast: Cast, talks: Dataset, file_format: str):
    everything = exported(cast, None, file_format)
    assert everything
    assert b"A secret of a teacher" not in everything


def test_kept_outcomes_survive_json_lines(cast: Cast, talks: Dataset):
    again, _ = dialogues_import(
        name="Again", content=exported(cast, talks, "jsonl"), file_format="jsonl", with_labels=True
    )
    kept = Annotation.objects.get(item__dataset=again, suggestion_shown=True)
    assert (kept.outcome, kept.suggested_label) == ("kept", OTHER)


def test_an_email_address_of_an_annotator_is_not_passed_on(cast: Cast, talks: Dataset):
    line = {"key": "k9", "text": "Why so?", "labels": [{"annotator": "ann@example.org", "labels": [OTHER]}]}
    again, _ = dialogues_import(
        name="Again", content=json.dumps(line).encode(), file_format="jsonl", with_labels=True
    )
    out = exported(cast, again, "jsonl")
    assert b"ann@example.org" not in out
    assert b'"annotator": "outside-' in out


def test_the_dataset_folder_loads_with_its_splits_and_card(
    cast: Cast, talks: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    folder = tmp_path / "talks"
    call_command("export_labels", "--format", "datasets", "--out", str(folder), "--dataset", "Talks")
    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {name: split.num_rows for name, split in loaded.items()} == {"train": 2, "test": 1}
    assert loaded["train"][0]["labels"][0]["labels"] == [PROBING, OTHER]
    assert loaded["train"][0]["suggestion"]["label"] == OTHER
    assert loaded["train"][1]["context"] == CONTEXT * 2
    card = (folder / "README.md").read_text()
    for part in ("CC BY 4.0", "Recorded by us \\| with leave.", "| 1 |", "codebook version 1", "## People"):
        assert part in card


def test_the_zip_file_holds_the_folder(cast: Cast, talks: Dataset, tmp_path: Path):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(exported(cast, talks, "datasets"))) as zipped:
        assert sorted(zipped.namelist()) == ["README.md", "data/test.parquet", "data/train.parquet"]


def test_an_empty_choice_is_an_empty_array_or_an_error(cast: Cast, tmp_path: Path):
    assert json.loads(exported(cast, None, "label_studio")) == []
    assert exported(cast, None, "jsonl") == b""
    with pytest.raises(CommandError, match="no such questions"):
        call_command("export_labels", "--out", str(tmp_path / "none"))


def test_an_unknown_dataset_or_format_is_not_there(cast: Cast):
    client = Client()
    client.force_login(cast.rosa)
    for query in ({"dataset": "99"}, {"dataset": "x"}, {"format": "xls"}):
        assert client.get(reverse("annotation:export"), query).status_code == 404


def test_many_rows_need_few_queries(cast: Cast, talks: Dataset, django_assert_max_num_queries):
    from annotation.exporting.rows import exported_rows

    Item.objects.bulk_create(
        Item(dataset=talks, key=f"m{n}", text="What is it?", shuffle_key=n) for n in range(2500)
    )
    with django_assert_max_num_queries(14):  # one for names, then at most three a thousand rows
        assert sum(1 for _ in exported_rows(Item.objects.all())) == 2503
