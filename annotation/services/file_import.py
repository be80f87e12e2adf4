"""Files of any size on their way in: received, looked at, checked, taken over, gone on with."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import FileGone, FileRefused, FileTooLarge, NotFound, RunActive
from annotation.importing.dialogues import ReadError, Record
from annotation.importing.formats import READERS, WITH_COLUMNS, format_of, names_in
from annotation.importing.mapping import Columns, guess
from annotation.importing.source import Source, encoding_of
from annotation.models import Dataset, FileImport, ImportFault, RunKind, TrainingRun
from annotation.models import Source as Origin
from annotation.selectors.visible import imports_for
from simulator.selectors import studies_of

from .dataset import dataset_ensure
from .intake import BATCH, Counts, Intake
from .run import RunReporter, RunStopped, run_create
from .statistics import statistics_renew

MOST_FAULTS = 10_000


class Upload(Protocol):
    """An uploaded file, as Django has it."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterator[bytes]: ...


def import_folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def file_receive(*, viewer: Viewer, upload: Upload, study_id: int | None = None) -> FileImport:
    """Keep an upload, and guess how it is to be read; nothing is imported yet.

    Args:
        study_id: whose members alone see the file and what is imported of it; None is everybody. It is said
            before anything is kept, and never changes.

    Raises:
        NotFound: the viewer belongs to no such study.
        FileTooLarge: there is a limit (``ACTS_IMPORT_MOST_MB``).
        FileRefused: it is empty.
    """
    require_researcher(viewer)
    if study_id is not None and not studies_of(viewer.pk).filter(pk=study_id).exists():
        raise NotFound
    size = upload.size or 0
    if size > settings.ACTS_IMPORT_MOST_MB * 1024 * 1024:
        raise FileTooLarge(most_mb=settings.ACTS_IMPORT_MOST_MB)
    if size == 0:
        raise FileRefused(line=1, reason=_("The file is empty. Choose one that holds something."))
    path = import_folder() / uuid4().hex
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            digest.update(chunk)
            copy.write(chunk)
    one = _looked_at(path=path, name=upload.name or "file", digest=digest.hexdigest())
    one.created_by_id, one.study_id = viewer.pk, study_id
    one.save()
    return one


def _looked_at(*, path: Path, name: str, digest: str) -> FileImport:
    name = name.replace("\0", "")[:255]
    stem = name.rpartition(".")[0] or name
    with path.open("rb") as stream:
        encoding = encoding_of(stream.read(4))
        stream.seek(0)
        file_format = format_of(Source(stream, encoding), name)
        stream.seek(0)
        names = _names(stream, encoding, file_format)
    return FileImport(
        name=name,
        size_bytes=path.stat().st_size,
        sha256=digest,
        path=str(path),
        format=file_format,
        encoding=encoding,
        columns=guess(names).to_json() if file_format in WITH_COLUMNS else {},
        dataset_name=stem[:120],
    )


def _names(stream: BinaryIO, encoding: str, file_format: str) -> list[str]:
    try:
        return names_in(Source(stream, encoding), file_format)
    except ReadError:
        return []


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, and what is kept of it."""

    format: str
    encoding: str
    dataset_name: str
    columns: Columns
    with_gold: bool = False
    with_labels: bool = False
    licence: str = ""
    origin: str = ""


@transaction.atomic
def file_import_configure(*, viewer: Viewer, import_id: int, reading: Reading) -> FileImport:
    """Say how the file is to be read. What was found out before by reading it otherwise is forgotten.

    Raises:
        RunActive: it is being read just now.
        FileGone: it is imported already.
    """
    one = _idle_import(viewer, import_id)
    before = _reading_of(one)
    for name in Reading.__dataclass_fields__:
        value = getattr(reading, name)
        setattr(one, name, value.to_json() if isinstance(value, Columns) else value)
    if before != _reading_of(one):
        one.position, one.counts = 0, {}
        one.faults.all().delete()
    one.save()
    return one


def _reading_of(one: FileImport) -> tuple[Any, ...]:
    """What decides about the records."""
    return (one.format, one.encoding, one.dataset_name, one.columns, one.with_gold, one.with_labels)


def _idle_import(viewer: Viewer, import_id: int) -> FileImport:
    require_researcher(viewer)
    one = imports_for(viewer).select_for_update().filter(pk=import_id).first()
    if one is None:
        raise NotFound
    if one.run is not None and one.run.is_active:
        raise RunActive
    if not one.path:
        raise FileGone
    return one


@transaction.atomic
def file_import_request(*, viewer: Viewer, import_id: int, dry_run: bool) -> TrainingRun:
    """Queue a check, or the import itself, which goes on where an earlier one stopped.

    Raises:
        RunActive: a file is being read already; one at a time.
        FileGone: it is imported already.
    """
    from annotation.tasks import execute_run

    one = _idle_import(viewer, import_id)
    run = run_create(kind=RunKind.IMPORT, requested_by=viewer, study_id=one.study_id)
    begins_anew = dry_run or one.dry_run
    one.run, one.dry_run = run, dry_run
    if begins_anew:
        one.position, one.counts = 0, {}
        one.faults.all().delete()
    one.save(update_fields=["run", "dry_run", "position", "counts"])
    transaction.on_commit(lambda: execute_run.enqueue(run.pk))
    return run


@transaction.atomic
def file_import_discard(*, viewer: Viewer, import_id: int) -> None:
    """Forget an upload and delete the file. What was imported of it stays."""
    require_researcher(viewer)
    one = imports_for(viewer).filter(pk=import_id).first()
    if one is None:
        raise NotFound
    if one.run is not None and one.run.is_active:
        raise RunActive
    path = one.path
    one.delete()
    transaction.on_commit(lambda: _delete(path))


def _delete(path: str) -> None:
    if path:
        Path(path).unlink(missing_ok=True)


def file_import_execute(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Read the file of this run from where it stands to its end.

    Raises:
        RunStopped: it was cancelled; what was settled stays.
        FileRefused: the rest cannot be read; what was settled before stays.
    """
    one = FileImport.objects.get(run=run)
    try:
        with Path(one.path).open("rb") as stream:
            _read(one, stream, reporter)
    except FileNotFoundError:
        raise FileGone from None
    except RunStopped:
        raise RunStopped(_stopped(one)) from None
    if one.dry_run:
        return _("Checked: %(new)d new, %(known)d there already, %(wrong)d with faults") % one.counts, {}
    FileImport.objects.filter(pk=one.pk).update(finished_at=timezone.now(), path="")
    _delete(one.path)
    statistics_renew()
    return _("%(new)d new questions, %(labels)d labels; %(known)d there already, %(wrong)d with faults") % (
        one.counts
    ), {}


def _stopped(one: FileImport) -> str:
    if one.dry_run:
        return _("Cancelled; nothing was stored")
    return _("Cancelled after %(count)d records, which are stored; it can go on from there") % {
        "count": one.position
    }


def _read(one: FileImport, stream: BinaryIO, reporter: RunReporter) -> None:
    dataset = _dataset(one)
    intake = Intake(
        dataset,
        with_gold=one.with_gold,
        with_labels=one.with_labels,
        store=not one.dry_run,
        counts=Counts(**one.counts),
    )
    source = Source(stream, one.encoding, Path(one.name).stem)
    try:
        records = READERS[one.format](source, Columns.from_json(one.columns))
        _skip(records, one.position, reporter)
        while batch := list(islice(records, BATCH)):
            _settle(one, intake, batch)
            done = stream.tell() / max(1, one.size_bytes)
            reporter.step(done, _("%(count)d records") % {"count": one.position}, force=True)
    except ReadError as error:
        _note_faults(one, [error])
        raise FileRefused(line=error.line, reason=error.reason, stored=one.position) from None


def _skip(records: Iterator[Record], count: int, reporter: RunReporter) -> None:
    while count > 0:
        for _record in islice(records, min(count, 20 * BATCH)):
            pass
        count -= 20 * BATCH
        reporter.step(0.0, _("Going on where it stopped"))


def _dataset(one: FileImport) -> Dataset | None:
    if one.dry_run:
        return Dataset.objects.filter(study=one.study_id, name=one.dataset_name).first()
    dataset = dataset_ensure(
        study_id=one.study_id,
        name=one.dataset_name,
        source=Origin.IMPORT,
        licence=one.licence,
        origin=one.origin,
    )
    FileImport.objects.filter(pk=one.pk).update(dataset=dataset)
    return dataset


@transaction.atomic
def _settle(one: FileImport, intake: Intake, batch: list[Record]) -> None:
    """One batch and the mark that it is settled, or neither."""
    faults = intake.take(batch)
    _note_faults(one, faults)
    one.position += len(batch)
    one.counts = intake.counts.to_json()
    mine = FileImport.objects.filter(pk=one.pk, run=one.run)
    if not mine.update(position=one.position, counts=one.counts):
        raise RunStopped  # another run has taken over


def _note_faults(one: FileImport, faults: list[ReadError]) -> None:
    room = MOST_FAULTS - one.faults.count() if faults else 0
    ImportFault.objects.bulk_create(
        ImportFault(file_import=one, line=fault.line, reason=fault.reason) for fault in faults[: max(0, room)]
    )
