"""A file as a job: received, checked, imported, cancelled, gone on with; nothing doubled and nothing lost."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.errors import FileGone, FileRefused, FileTooLarge, RunActive
from annotation.models import Annotation, Dataset, FileImport, Item, OutsideAnnotator, RunStatus, TrainingRun
from annotation.selectors.imports import preview_of
from annotation.services import file_import
from annotation.services.file_import import (
    file_import_configure,
    file_import_discard,
    file_import_request,
    file_receive,
)
from annotation.services.run import run_cancel, run_execute
from tests.cast import Cast

ROWS = 2600  # more than five batches
HEAD = "id,text,gold,label,who\n"


def lines(count: int, start: int = 0) -> str:
    return "".join(f"q{n},What is {n} times two?,Other,,\n" for n in range(start, start + count))


def received(cast: Cast, content: str | bytes, name: str = "talks.csv") -> FileImport:
    data = content.encode() if isinstance(content, str) else content
    return file_receive(viewer=cast.rosa, upload=SimpleUploadedFile(name, data))


def execute(cast: Cast, one: FileImport, *, dry_run: bool = False, watch=None) -> TrainingRun:
    run = file_import_request(viewer=cast.rosa, import_id=one.pk, dry_run=dry_run)
    done = run_execute(run_id=run.pk, watch=watch)
    one.refresh_from_db()
    return done


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path


def test_an_upload_is_looked_at_and_nothing_is_imported(cast: Cast):
    one = received(cast, HEAD + lines(3))
    assert (one.format, one.dataset_name, one.columns["text"], one.columns["key"]) == (
        "csv", "talks", "text", "id",
    )  # fmt: skip
    assert [question.key for question in preview_of(one).questions] == ["q0", "q1", "q2"]
    assert Item.objects.count() == 0


def test_a_check_counts_and_stores_nothing(cast: Cast):
    one = received(cast, HEAD + lines(3) + "q1,What is 1 times two?,Other,,\nq9,,,,\n")
    run = execute(cast, one, dry_run=True)
    assert run.status == RunStatus.DONE
    assert one.counts == {"new": 3, "known": 1, "labels": 0, "wrong": 1}
    assert (Item.objects.count(), Dataset.objects.count()) == (0, 0)
    assert Path(one.path).exists()


def test_good_records_are_imported_and_wrong_ones_listed(cast: Cast):
    one = received(cast, HEAD + "q1,,Other,,\n" + lines(ROWS) + "q,nul\0byte here,,,\n")
    run = execute(cast, one)
    assert run.status == RunStatus.DONE, run.message
    assert Item.objects.count() == ROWS
    assert [fault.line for fault in one.faults.all()] == [2, ROWS + 3]
    assert one.finished_at is not None
    assert not list((Path(file_import.import_folder())).iterdir())


def test_importing_again_adds_nothing_and_a_changed_text_is_a_fault(cast: Cast):
    execute(cast, received(cast, HEAD + lines(5)))
    one = received(cast, HEAD + lines(6).replace("3 times", "three times"))
    execute(cast, one)
    assert one.counts == {"new": 1, "known": 4, "labels": 0, "wrong": 1}
    assert "belongs to a question with other words" in one.faults.get().reason
    assert Item.objects.get(key="q3").text == "What is 3 times two?"


def test_rows_without_a_name_are_known_by_their_words(cast: Cast):
    content = "text\n" + "Why is that?\nWhy is that?\nHow so?\n"
    execute(cast, received(cast, content))
    execute(cast, received(cast, content))
    assert Item.objects.count() == 2


def test_a_cancelled_import_goes_on_where_it_stopped(cast: Cast):
    one = received(cast, HEAD + lines(ROWS))

    def cancel_midway(share: float, _message: str) -> None:
        if share > 0.4:
            TrainingRun.objects.update(cancel_requested=True)

    run = execute(cast, one, watch=cancel_midway)
    assert run.status == RunStatus.CANCELLED
    assert 0 < one.position < ROWS
    assert Item.objects.count() == one.position
    assert str(one.position) in run.message
    assert execute(cast, one).status == RunStatus.DONE
    assert Item.objects.count() == ROWS
    assert one.counts["new"] == ROWS
    assert Item.objects.values("key").distinct().count() == ROWS


def test_a_worker_that_died_leaves_an_import_that_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    one = received(cast, HEAD + lines(ROWS))
    settle, done = file_import._settle, []

    def dies(*arguments: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        settle(*arguments)  # type: ignore[arg-type]
        done.append(1)

    monkeypatch.setattr(file_import, "_settle", dies)
    with pytest.raises(KeyboardInterrupt):
        execute(cast, one)
    monkeypatch.setattr(file_import, "_settle", settle)
    one.refresh_from_db()
    assert (one.position, Item.objects.count()) == (1000, 1000)
    assert execute(cast, one).status == RunStatus.DONE
    assert Item.objects.count() == ROWS


def test_a_check_after_a_part_does_not_pass_for_the_part(cast: Cast):
    one = received(cast, HEAD + lines(4))
    execute(cast, one, dry_run=True)
    execute(cast, one)
    assert one.counts["new"] == 4


def test_another_way_of_reading_begins_anew(cast: Cast):
    one = received(cast, HEAD + lines(4))
    execute(cast, one, dry_run=True)
    reading = file_import.Reading("csv", "utf-8", "elsewhere", file_import.Columns(text="id"))
    changed = file_import_configure(viewer=cast.rosa, import_id=one.pk, reading=reading)
    assert (changed.position, changed.counts, changed.dataset_name) == (0, {}, "elsewhere")


def labelled(cast: Cast, content: str, **kept: bool) -> FileImport:
    one = received(cast, content)
    FileImport.objects.filter(pk=one.pk).update(
        columns={"text": "text", "key": "id", "gold": "gold", "labels": "label", "annotator": "who"}, **kept
    )
    execute(cast, one)
    return one


def test_labels_become_those_of_people_outside_once(cast: Cast):
    content = HEAD + "q1,Why so?,,Other|Probing and Exploring,ann\nq1,Why so?,,Other,bob\nq2,And now?,,,\n"
    labelled(cast, content, with_labels=True)
    labelled(cast, content, with_labels=True)
    said = {(each.annotator.display_name, tuple(each.labels)) for each in Annotation.objects.all()}
    assert said == {("ann", ("Other", "Probing and Exploring")), ("bob", ("Other",))}
    assert Annotation.objects.count() == 2
    accounts = [each.user for each in OutsideAnnotator.objects.select_related("user")]
    assert not any(user.is_active or user.has_usable_password() for user in accounts)


def test_a_label_that_says_otherwise_is_a_fault_and_overwrites_nothing(cast: Cast):
    labelled(cast, HEAD + "q1,Why so?,,Other,ann\n", with_labels=True)
    one = labelled(cast, HEAD + "q1,Why so?,,Procedural and Factual,ann\n", with_labels=True)
    assert "that label was kept" in one.faults.get().reason
    assert Annotation.objects.get().labels == ["Other"]


def test_labels_are_kept_only_when_asked_and_unknown_ones_are_faults(cast: Cast):
    labelled(cast, HEAD + "q1,Why so?,Other,Other,ann\n")
    assert (Annotation.objects.count(), Item.objects.get().gold) == (0, "")
    one = labelled(cast, HEAD + "q2,Why now?,Funny,,\n", with_gold=True)
    assert "'Funny' is no question type" in one.faults.get().reason
    labelled(cast, HEAD + "q1,Why so?,Other,,\n", with_gold=True)
    assert Item.objects.get().gold == "Other"


def test_a_file_that_breaks_off_keeps_what_came_before(cast: Cast):
    tasks = ",\n".join(f'{{"id": {n}, "data": {{"text": "What is {n}?"}}}}' for n in range(700))
    one = received(cast, f"[{tasks}, nonsense", name="tasks.json")
    run = execute(cast, one)
    assert run.status == RunStatus.FAILED
    assert "Line 700" in run.message
    assert "500 records before it are settled" in run.message
    assert Item.objects.count() == 500
    assert one.path


def test_limits_and_empty_files_are_told(cast: Cast, settings):
    with pytest.raises(FileRefused, match="empty"):
        received(cast, b"")
    settings.ACTS_IMPORT_MOST_MB = 0
    with pytest.raises(FileTooLarge, match="larger than 0 MB"):
        received(cast, b"x")


def test_one_file_at_a_time_and_none_after_its_end(cast: Cast):
    one, other = received(cast, HEAD + lines(1)), received(cast, HEAD + lines(1))
    run = file_import_request(viewer=cast.rosa, import_id=one.pk, dry_run=False)
    for again in (one, other):
        with pytest.raises(RunActive):
            file_import_request(viewer=cast.rosa, import_id=again.pk, dry_run=False)
    with pytest.raises(RunActive):
        file_import_discard(viewer=cast.rosa, import_id=one.pk)
    run_cancel(viewer=cast.rosa, run_id=run.pk)
    execute(cast, one)
    with pytest.raises(FileGone):
        file_import_request(viewer=cast.rosa, import_id=one.pk, dry_run=False)


def test_a_discarded_upload_is_deleted(cast: Cast, django_capture_on_commit_callbacks):
    one = received(cast, HEAD + lines(1))
    with django_capture_on_commit_callbacks(execute=True):
        file_import_discard(viewer=cast.rosa, import_id=one.pk)
    assert not Path(one.path).exists()
    assert not FileImport.objects.exists()


def test_the_pages_lead_from_upload_to_questions(cast: Cast):
    client = Client()
    client.force_login(cast.rosa)
    upload = io.BytesIO((HEAD + lines(3) + 'q8,"broken" x,,,\n').encode())
    upload.name = "talks.csv"
    answer = client.post(reverse("annotation:import"), {"file": upload})
    one = FileImport.objects.get()
    address = reverse("annotation:file-import", args=[one.pk])
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "What is 2 times two?" in page
    posted = {"format": "csv", "encoding": "utf-8", "dataset_name": "talks", "text": "text", "key": "id"}
    client.post(address, {**posted, "text": "nowhere", "do": "check"})
    assert FileImport.objects.get().run is None
    client.post(address, {**posted, "do": "import"})
    run_execute(run_id=FileImport.objects.get().run_id)
    assert Item.objects.count() == 3
    faults = b"".join(client.get(reverse("annotation:file-import-faults", args=[one.pk])))
    assert faults.decode().splitlines()[1].startswith("5,")
    assert "imported" in client.get(reverse("annotation:data")).content.decode()


@pytest.mark.slow
def test_a_hundred_thousand_rows_cancelled_and_gone_on_with(cast: Cast):
    one = received(cast, HEAD + lines(100_000))

    def cancel_midway(share: float, _message: str) -> None:
        if share > 0.5:
            TrainingRun.objects.update(cancel_requested=True)

    assert execute(cast, one, watch=cancel_midway).status == RunStatus.CANCELLED
    assert 0 < Item.objects.count() < 100_000
    assert execute(cast, one).status == RunStatus.DONE
    assert Item.objects.count() == 100_000
    assert one.counts == {"new": 100_000, "known": 0, "labels": 0, "wrong": 0}
