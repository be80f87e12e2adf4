import json

import pytest

from models_zoo.cli import main
from models_zoo.store import ModelStore


def test_the_shipped_model_is_installed_and_listed(tmp_path, capsys):
    main(["demo", "--store", str(tmp_path)])
    main(["versions", "--store", str(tmp_path)])
    assert "current" in capsys.readouterr().out
    assert ModelStore(tmp_path).current() is not None


def test_real_teachers_score_it_with_a_figure_line_last(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "data" / "mathdial"
    folder.mkdir(parents=True)
    turns = "Teacher: (probing)Why?|EOM|Teacher: (generic)Well done!|EOM|Teacher: (focus)What is 3 x 4?"
    (folder / "dialogues.csv").write_text(f'qid,conversation\n1,"{turns}"\n')
    monkeypatch.setenv("ACTS_DATA", str(tmp_path / "data"))
    figures = tmp_path / "figures.json"
    store = str(tmp_path / "models")
    main(
        [
            "evaluate",
            "--mathdial",
            "--passes",
            "2",
            "--threads",
            "1",
            "--store",
            store,
            "--json",
            str(figures),
        ]
    )
    last_line = capsys.readouterr().out.strip().splitlines()[-1]
    assert json.loads(last_line) == json.loads(figures.read_text())
    assert json.loads(last_line)["question_type_accuracy"]["n"] == 3


def test_absent_data_is_named_with_its_mend(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTS_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="ACTS_DATA"):
        main(["evaluate", "--mathdial", "--store", str(tmp_path / "models")])


def test_latency_is_reported_in_milliseconds(tmp_path, capsys):
    main(["latency", "--passes", "1", "--store", str(tmp_path)])
    figures = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert figures["passes"] == 1
    assert 0 < figures["p50_ms"] <= figures["p95_ms"]


def test_the_report_gives_size_and_latency_once_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("models_zoo.compression_commands.MEASURED_TEXTS", 1)
    monkeypatch.setattr("models_zoo.compression_commands.console._width", 200)
    main(["demo", "--store", str(tmp_path)])
    main(["report", "--store", str(tmp_path)])
    assert "not measured" in capsys.readouterr().out
    main(["report", "--measure", "--store", str(tmp_path)])
    out = capsys.readouterr().out
    assert "not measured" not in out
    (manifest,) = ModelStore(tmp_path).versions()
    assert f"{manifest.compression['trainable_parameters']:,}" in out
