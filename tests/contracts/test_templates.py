"""Pages obey their own content security policy: no code and no style inside the markup."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]", re.I),
}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_holds_no_code_and_no_style(path: Path):
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert [name for name, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_every_static_file_of_a_template_exists(path: Path):
    named = re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", path.read_text())
    assert [name for name in named if not (ROOT / "static" / name).is_file()] == []


def test_a_page_loads_nothing_from_elsewhere():
    """Neither markup, scripts nor styles name another host: no fonts, no counters, no libraries."""
    files = [*TEMPLATES, *(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    loads = re.compile(r"""(?:src|href|url|import)\s*[=(]?\s*["'(]?(?:https?:)?//[a-z]""", re.I)
    ours = [path for path in files if "vendor" not in path.parts]
    assert [shown(path) for path in ours if loads.search(path.read_text())] == []
