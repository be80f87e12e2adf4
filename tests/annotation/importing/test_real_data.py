"""The readers on the real files, where they lie beside the project."""

import pytest

from annotation.importing.dialogues import ImportedQuestion
from annotation.importing.formats import records_of
from benchmarks.tools.data import data_folder


@pytest.mark.parametrize(
    ("path", "least"), [("mathdial/dialogues.csv", 1500), ("talkmoves/transcripts.csv", 7000)]
)
def test_real_files_are_read_without_a_fault(path: str, least: int):
    file = data_folder() / path
    if not file.exists():
        pytest.skip(f"{file} is not here; ACTS_DATA names the folder of the real data")
    records = list(records_of(file))
    assert [record for record in records if not isinstance(record, ImportedQuestion)] == []
    assert len(records) >= least
    assert len({record.key for record in records}) == len(records)
