import re
from pathlib import Path

import models_zoo
from models_zoo.cli import _parser
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES

PACKAGE = Path(models_zoo.__file__).parent
PAGE = (PACKAGE.parent / "docs" / "models.md").read_text(encoding="utf-8")


def test_every_error_code_of_the_store_is_documented():
    raised = re.compile(r'ModelStoreError\(\s*"(\w+)"')
    codes = {code for path in PACKAGE.rglob("*.py") for code in raised.findall(path.read_text())}
    assert len(codes) >= 10
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_every_command_is_documented():
    (commands,) = (action for action in _parser()._actions if action.choices)
    assert {name for name in commands.choices if f"python -m models_zoo {name}" not in PAGE} == set()


def test_every_label_is_documented():
    labels = {label.split("/")[-1] for label in (*DIALOGUE_ACTS, *QUESTION_TYPES)}
    assert {label for label in labels if label not in PAGE} == set()
