"""Everything is destroyed and comes back; what is damaged is refused before anything is touched."""

import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.backup.archive import backup_verify
from config.backup.errors import BackupError
from tests.live import Live
from tests.live_scenarios import SURE
from tests.ws_client import TeacherTab, Visitor

COUNTS = """
    select (select count(*) from simulator_event), (select count(*) from simulator_turn),
        (select count(*) from annotation_item), (select count(*) from simulator_user)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, live_template: Path) -> Iterator[Live]:
    with Live(var=tmp_path_factory.mktemp("backup"), template=live_template) as one:
        yield one


@pytest.fixture(scope="module")
def backup(running: Live, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup made while a teacher chats, of a product that is then stopped."""
    file = tmp_path_factory.mktemp("backups") / "acts.tar"
    with Visitor(running, "theo") as theo:
        session = theo.begin(SURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send("How long is the red rectangle?")
            tab.until_reply()
            writer = threading.Thread(target=lambda: tab.send("And the blue one?"))
            writer.start()
            running.manage("backup", str(file))
            writer.join()
            tab.until_reply()
    return file


def counts(one: Live) -> tuple[int, ...]:
    return one.rows(COUNTS)[0]


@pytest.mark.slow
def test_everything_is_destroyed_and_comes_back(running: Live, backup: Path, tmp_path: Path):
    running.stop()
    *_, items, people = counts(running)
    shutil.rmtree(running.var)
    running.var.mkdir()
    running.manage("restore", str(backup))
    events, turns, *rest = counts(running)
    assert rest == [items, people]
    assert turns >= 1
    assert events >= 3
    running.start()
    with Visitor(running, "theo") as theo, TeacherTab(theo, theo.begin(SURE)) as tab:
        tab.hello()
        tab.send("How wide is it?")
        assert tab.until_reply()


@pytest.mark.slow
def test_shows_one_moment(backup: Path, tmp_path: Path):
    """Every session's head is the number of its events, though the backup was made while it grew."""
    with tarfile.open(backup) as archive:
        archive.extract("database.sqlite3", tmp_path, filter="data")
    with sqlite3.connect(tmp_path / "database.sqlite3") as copy:
        torn = copy.execute(
            "select s.id from simulator_session s left join simulator_event e on e.session_id = s.id "
            "group by s.id having count(e.id) != s.head"
        ).fetchall()
    assert torn == []


@pytest.mark.slow
def test_only_its_owner_may_read_it(backup: Path):
    assert backup.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_is_not_put_over_data_unless_told_to(running: Live, backup: Path, capfd: pytest.CaptureFixture[str]):
    before = counts(running)
    with pytest.raises(Exception, match="returned non-zero"):
        running.manage("restore", str(backup))
    assert counts(running) == before


@pytest.mark.slow
def test_a_changed_byte_is_found(backup: Path, tmp_path: Path):
    spoilt = tmp_path / "spoilt.tar"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt.write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged at|cannot be read"):
        backup_verify(spoilt)


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\\0" * 10_240])
def test_something_else_is_refused(content: bytes, tmp_path: Path):
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    with pytest.raises(BackupError):
        backup_verify(other)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BackupError, match=r"nowhere\.tar"):
        backup_verify(tmp_path / "nowhere.tar")


def test_a_member_that_climbs_out_is_refused(tmp_path: Path):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        archive.add(__file__, "../../outside.py")
    with pytest.raises(BackupError):
        backup_verify(evil)
    assert not (tmp_path.parent / "outside.py").exists()
