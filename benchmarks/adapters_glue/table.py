"""The figures as a Markdown table: a line for each method, a column for each task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from benchmarks.adapters_glue.plot import TITLES

Row = Mapping[str, Any]  # of the figures


def table(rows: Sequence[Row]) -> str:
    """Scores with their intervals; parameters, and the mean CPU seconds of a training over the tasks."""
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    methods: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        methods.setdefault((row["method"], row["rank"], row["kind"]), {})[row["task"]] = row
    heading = ["method", *(TITLES.get(task, task) for task in tasks), "trained", "CPU s"]
    lines = [_line(heading), _line(["---"] * len(heading))]
    for method, found in methods.items():
        title = " ".join(str(part) for part in method if part is not None).replace("_", " ")
        scores = [_score(found.get(task)) for task in tasks]
        params = max(row["params"] for row in found.values())  # heads differ with the classes
        lines.append(
            _line([title, *scores, f"{params:,}", f"{mean(r['train_s'] for r in found.values()):.1f}"])
        )
    return "\n".join(lines)


def _score(row: Row | None) -> str:
    return "" if row is None else f"{row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
