"""The whole rehearsal against the real product: real sockets, real engine, cut connections."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.live import Live, free_port
from tests.simulator.rehearsal.test_dialogues import write

FIGURES = [
    "rooms", "turns", "auto_share", "takeovers", "auto_ms", "human_ms", "missing", "doubled", "betrayals",
]  # fmt: skip


def rehearse(live: Live, tmp_path: Path, *options: str) -> dict:
    path = write(tmp_path / "dialogues.csv", {}, {"qid": "78"})
    report = tmp_path / "report.json"
    printed = live.manage(
        "rehearse", "--dialogues", str(path), "--url", live.url, "--json", str(report), *options
    )
    figures = json.loads(printed.splitlines()[-1])
    assert figures == json.loads(report.read_text())
    assert list(figures) == FIGURES
    return figures


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["backup", "verify"])
def test_two_rooms_lose_nothing_double_nothing_and_betray_nothing(live: Live, tmp_path: Path, mode: str):
    figures = rehearse(live, tmp_path, "--rooms", "2", "--turns", "2", "--mode", mode, "--drop", "0.5")
    assert figures["rooms"] == 2
    assert figures["turns"] == 4
    assert (figures["missing"], figures["doubled"], figures["betrayals"]) == (0, 0, 0)
    if mode == "verify":
        assert figures["auto_share"] == 0.0
        assert figures["human_ms"]["p50"] > 0
    accounts = live.rows("SELECT is_active, password FROM simulator_user WHERE username LIKE 'rehearsal-%'")
    assert accounts
    assert all(not is_active and password.startswith("!") for is_active, password in accounts)
    ends = live.rows(
        "SELECT end_reason FROM simulator_session JOIN simulator_study ON study_id = simulator_study.id "
        "WHERE slug = 'rehearsal'"
    )
    assert set(ends) == {("finished",)}


def test_without_a_server_nothing_is_prepared(tmp_path: Path, db: None):
    path = write(tmp_path / "dialogues.csv", {})
    with pytest.raises(CommandError, match="No server answers"):
        call_command("rehearse", "--dialogues", str(path), "--url", f"http://127.0.0.1:{free_port()}")


def test_a_file_without_dialogues_is_refused(tmp_path: Path):
    path = write(tmp_path / "dialogues.csv", {"conversation": "Ann: Hello?"})
    with pytest.raises(CommandError, match="no dialogue"):
        call_command("rehearse", "--dialogues", str(path))
