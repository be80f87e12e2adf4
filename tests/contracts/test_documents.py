"""What the documents say is there, is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|ya?ml|css|js|html|toml|json|txt))`")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, made as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_relative_link_leads_somewhere(document: Path):
    text = re.sub(r"```.*?```|`[^`\n]+`", "", document.read_text(), flags=re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:src|srcset|href)=\"([^\"]+)\"", text)
    broken = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = (document.parent / path).resolve() if path else document
        if not goal.exists() or (anchor and anchor not in anchors(goal)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_command_exists(document: Path):
    text = document.read_text()
    managed = set(re.findall(r"manage\.py ([a-z_]+)", text))
    made = set(re.findall(r"^\s*make ([a-z-]+)|`make ([a-z-]+)", text, re.M))
    assert managed - set(get_commands()) - {"help"} == set()
    assert {name for pair in made for name in pair if name} - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_named_file_of_the_project_exists(document: Path):
    """`path/to/file.ext` in code marks is a promise; patterns and placeholders are not."""
    named = NAMED_FILE.findall(document.read_text())
    tops = {path.name for path in ROOT.iterdir()}
    ours = [name for name in named if name.split("/")[0] in tops - {"var"}]
    assert [name for name in ours if not (ROOT / name).exists()] == []
