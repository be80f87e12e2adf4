"""The example in the documentation runs and prints what the page says."""

import re
from pathlib import Path

import pytest

from compression import DECOMPOSITIONS, TensorAdapterConfig

README = Path(__file__).parents[2] / "compression" / "README.md"
PAGE = Path(__file__).parents[2] / "docs" / "compression.md"


def test_the_example_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = PAGE.read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    exec(compile(example, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 2
    assert all(f"`{line}`" in text for line in printed)


def test_the_readmes_example_prints_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = README.read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, str(README), "exec"), {})  # noqa: S102 - our own page
    (printed,) = capsys.readouterr().out.splitlines()
    assert f"`{printed}`" in text


def test_every_decomposition_and_setting_is_documented() -> None:
    text = PAGE.read_text()
    own = set(TensorAdapterConfig.__annotations__) - {"init_weights"}  # PEFT's convention, for tests
    assert all(f"`{name}`" in text for name in [*DECOMPOSITIONS, *own])
