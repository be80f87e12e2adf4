"""What goes with a dataset: a card for the Hugging Face hub that is also a datasheet (Gebru et al. 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from annotation.models import Codebook


@dataclass(frozen=True, slots=True)
class Collection:
    """One dataset that went in: where it is from, and how much of it."""

    name: str
    source: str
    licence: str
    origin: str
    items: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Sheet:
    collections: Sequence[Collection]
    codebook: Codebook
    labels: int
    annotators: int
    versions: Sequence[int]

    @property
    def items(self) -> int:
        return sum(each.items for each in self.collections)


COLLECTED = {
    "sessions": "Rehearsals: teachers chatted with a simulated student on this installation. Every teacher "
    "agreed to a consent text before the first rehearsal; what a withdrawal concerns is left out.",
    "import": "Imported from a file.",
    "demo": "Written by the authors of the project for demonstration; nobody's data.",
}


def card(sheet: Sheet, splits: Sequence[str]) -> str:
    """README.md of the folder.

    Args:
        splits: those that hold rows, for the loader.
    """
    head = {
        "pretty_name": "Teacher questions with question types",
        "language": ["en"],
        "task_categories": ["text-classification"],
        "license": "other",  # the hub wants one word; each dataset's own stands in the table below
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": f"data/{split}.parquet"} for split in splits],
            }
        ],
    }
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---",
        "# Teacher questions with question types",
        _what(sheet),
        _collected(sheet),
        _labels(sheet),
        _rest(),
    ]
    return "\n\n".join(parts) + "\n"


def _what(sheet: Sheet) -> str:
    return (
        "## What it holds\n\n"
        f"{sheet.items} utterances of teachers, each with the turns before it (`context`, oldest first), "
        f"and {sheet.labels} labels of {sheet.annotators} people. One row is one utterance; `labels` lists "
        "what each annotator said, types in order of preference. `key` names an utterance within its "
        "`dataset` for ever, `group` the dialogue: split by it and never within it.\n\n"
        "The `test` split is the held-out share, drawn from the key alone. Nobody who labelled it saw a "
        "suggestion and no model of the project was trained on it. Score on it and on nothing else."
    )


def _collected(sheet: Sheet) -> str:
    lines = [
        "## How it was collected, licences and consent",
        "",
        "| dataset | utterances | collected | licence | left out, withdrawn |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in sheet.collections:
        how = " ".join(filter(None, [COLLECTED.get(each.source, ""), each.origin]))
        licence = each.licence or "not stated: ask before passing it on"
        cells = (each.name, str(each.items), how, licence, str(each.withdrawn))
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _labels(sheet: Sheet) -> str:
    lines = [
        "## Labels",
        "",
        f"{sheet.codebook.title}, codebook version {sheet.codebook.version}. Labels in this file were given "
        f"under version {', '.join(map(str, sheet.versions)) or 'none'}; each names its own.",
        "",
        *(f"- **{each['label']}**: {each['definition']}" for each in sheet.codebook.types),
        "",
        sheet.codebook.guidelines,
        "",
        "`outcome` says what became of the suggestion: kept, changed, or unassisted when none was shown. "
        "`active_ms` is the time with page and hands in use, `idle_ms` the rest. `gold` is an expert's type, "
        "where there is one. `suggestion` is a model's answer and no label.",
    ]
    return "\n".join(lines)


def _rest() -> str:
    return (
        "## People\n\n"
        "Annotators are numbers, or names from the program where they labelled. Teachers are not named; what "
        "they wrote is unchanged, so a text may still tell who wrote it. Do not try to find out.\n\n"
        "## What it is not for\n\n"
        "It says what a teacher asked, not how well a person teaches: do not judge people by it."
    )
