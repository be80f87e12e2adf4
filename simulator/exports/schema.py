"""What an export holds, said from the one table of event kinds: page, document, data card, JSON Schema."""

from typing import Any

from simulator.projection import KINDS, EventKind

from .envelope import ENVELOPE, VERSION


def _kind_section(name: str, kind: EventKind) -> list[str]:
    lines = [f"## {name}", "", kind.summary, "", f"Seen by: {_seen_by(kind)}.", ""]
    if kind.fields:
        lines += ["| field of the payload | what it is |", "| --- | --- |"]
        lines += [f"| `{field}` | {meaning} |" for field, meaning in kind.fields.items()]
        lines.append("")
    return lines


def _seen_by(kind: EventKind) -> str:
    if kind.teacher is None:
        kept = ", ".join(f"`{field}`" for field in kind.fields if field in kind.blind)
        return "supervisors and researchers" + (f"; only researchers get {kept}" if kept else "")
    shown = ", ".join(f"`{field}`" for field in sorted(kind.teacher))
    return f"everybody; the teacher gets {shown or 'no field'} of the payload"


def events_document() -> str:
    """docs/events.md: every kind of event with its payload."""
    lines = [
        "# Events",
        "",
        "Written by `manage.py write_docs` from `simulator/projection.py`; a test compares.",
        "",
        "The log of a session holds these kinds of events. What a role may see is an allow-list: a kind or",
        "a field that is not listed here leaves the server for nobody. A teacher never gets the envelope",
        "(`seq`, `actor`, `turn`, `cause`), since it would tell who spoke.",
        "",
        "## The envelope",
        "",
        "| key | what it is |",
        "| --- | --- |",
        *(f"| `{key}` | {meaning} |" for key, meaning in ENVELOPE.items()),
        "",
    ]
    for name, kind in KINDS.items():
        lines += _kind_section(name, kind)
    return "\n".join(lines)


def json_schema() -> dict[str, Any]:
    """The envelope and all payload fields as JSON Schema (2020-12), for programs that read an export."""
    uuid, moment = {"type": "string", "format": "uuid"}, {"type": "string", "format": "date-time"}
    shapes: dict[str, dict[str, Any]] = {
        "v": {"const": VERSION},
        "session": uuid,
        "seq": {"type": "integer", "minimum": 1},
        "id": uuid,
        "type": {"enum": list(KINDS)},
        "persona": {"type": "string"},
        "turn": {"type": ["integer", "null"], "minimum": 1},
        "cause": {**uuid, "type": ["string", "null"]},
        "ts_client": {**moment, "type": ["string", "null"]},
        "ts_server": moment,
        "audience": {"enum": ["everyone", "team"]},
        "payload": {"type": "object"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ACTS session export, one line",
        "type": "object",
        "required": list(ENVELOPE),
        "additionalProperties": False,
        "properties": {
            key: {"description": meaning, **shapes.get(key, {"type": "string"})}
            for key, meaning in ENVELOPE.items()
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {
                    "description": kind.summary,
                    "properties": {
                        "payload": {
                            "properties": {
                                field: {"description": text} for field, text in kind.fields.items()
                            }
                        }
                    },
                },
            }
            for name, kind in KINDS.items()
        ],
    }


def data_card(sessions: int, events: int) -> str:
    """README.md of a dataset folder, with the metadata block that dataset hubs read."""
    kinds = "\n".join(f"| `{name}` | {kind.summary} |" for name, kind in KINDS.items())
    columns = "\n".join(f"| `{key}` | {meaning} |" for key, meaning in ENVELOPE.items())
    return CARD.format(sessions=sessions, events=events, kinds=kinds, columns=columns)


CARD = """\
---
pretty_name: ACTS rehearsals
language:
- en
task_categories:
- text-classification
- text-generation
tags:
- education
- dialogue
- wizard-of-oz
---

# Rehearsals with a simulated student

{events} events of {sessions} sessions. In a session a teacher chats with a simulated student about a maths
task. A program answers as the student where it is sure of what the teacher meant; otherwise a trained
supervisor answers in the student's voice. The teacher did not see which of the two it was.

## How to load it

```python
from datasets import load_from_disk

events = load_from_disk(".")
spoken = events.filter(lambda event: event["type"] == "message.posted")
```

## Columns

One row is one event, in the order of the log: by session, then by `seq`. `payload` is JSON text, because its
fields depend on `type`; `schema.json` lists them. `text` repeats what was said, for `message.posted`.

| column | what it is |
| --- | --- |
{columns}
| `text` | what was said, or null |

## Kinds of events

| type | when |
| --- | --- |
{kinds}

## Before this is shared

- Teachers agreed to a study's consent text; its version stands in `session.started`. Share the data only as
  that text allows. What was recorded before a teacher withdrew is not in here.
- Names are not exported: people appear as `user:<key>`. What they typed is not altered and may hold names or
  other personal details. Read it before publishing.
- Who answered (`actor`) must not reach people who may still rehearse in the same study.
- The share of turns that a person answered depends on the threshold and the model version of the time; both
  are in `turn.predicted`. It is not a property of the teachers. Turns with `audited` in `turn.routed` reached
  a person by lot, with the chance `audit_share`.
"""
