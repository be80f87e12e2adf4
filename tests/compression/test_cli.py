"""``python -m compression``: the methods, their counts, and converting folders."""

from pathlib import Path

import peft
import pytest
import torch
from transformers import AutoModel

from compression import DECOMPOSITIONS, load_replaced
from compression.catalogue import DESCRIPTIONS
from compression.cli import console, main
from tests.compression.tiny_models import encoder, hidden


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_width", 200)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    encoder("distilbert").save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def test_every_method_is_listed_with_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list"])
    out = capsys.readouterr().out
    assert all(name in out and DESCRIPTIONS[name].purpose[:30] in out for name in DECOMPOSITIONS)


def test_describe_gives_the_dissertations_counts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["describe", "tensor_train", "--shape", "768x768", "--ranks", "4", "8"])
    out = capsys.readouterr().out
    assert "1,120" in out  # 13,440 / 12, table 4.1
    assert "4,032" in out  # 48,384 / 12
    assert "(24, 32) -> (24, 32)" in out


def test_a_model_folder_is_compressed(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["compress", str(base), str(tmp_path / "out"), "--targets", "lin1", "--rank", "2"])
    assert "tensor_train rank 2" in capsys.readouterr().out
    fresh = AutoModel.from_pretrained(base)
    plain = hidden(fresh.eval())
    assert not torch.allclose(hidden(load_replaced(fresh, tmp_path / "out")), plain, atol=1e-3)


def test_an_adapter_folder_is_compressed(base: Path, tmp_path: Path) -> None:
    config = peft.LoraConfig(r=2, target_modules=["q_lin"], init_lora_weights=False)
    lora = peft.get_peft_model(AutoModel.from_pretrained(base), config)
    lora.save_pretrained(tmp_path / "lora")
    given = ["--base", str(base), "--rank", "64"]
    main(["compress", str(tmp_path / "lora"), str(tmp_path / "out"), *given])
    loaded = peft.PeftModel.from_pretrained(AutoModel.from_pretrained(base), str(tmp_path / "out"))
    assert torch.allclose(hidden(loaded.eval()), hidden(lora.eval()), atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["describe", "unknown"], "unknown"),
        (["report", "."], "no safetensors"),
        (["compress", "BASE", "OUT"], "--targets"),
        (["compress", "BASE", "OUT", "--targets", "nothing"], "nothing"),
    ],
)
def test_what_cannot_be_done_is_said(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    filled = [{"BASE": str(base), "OUT": str(tmp_path / "out")}.get(word, word) for word in arguments]
    with pytest.raises(SystemExit, match=says):
        main(filled)


def test_a_folder_that_is_not_empty_is_kept(base: Path) -> None:
    with pytest.raises(SystemExit, match="not empty"):
        main(["compress", str(base), str(base), "--targets", "lin1"])
