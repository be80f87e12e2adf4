"""What was measured about stored versions after they were sealed: ``root/measurements.jsonl``, append-only.

A version's folder never changes once it is published, and its latency is the machine's as much as its own; so
it is kept beside the versions. The last line of a version counts. No torch here.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "measurements.jsonl"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a version takes for one utterance.

    Attributes:
        p50_ms: median time to understand an utterance, in ``passes`` passes: one where a version has learned
            what many would say.
        ratio: one pass with the adapter over one without, text by text in turn, the median: how much the
            adapter costs, whatever the machine.
        texts: how many utterances were read.
        at: ISO 8601, UTC.
    """

    version: str
    p50_ms: float
    ratio: float
    passes: int
    threads: int
    texts: int
    at: str


def latency_record(root: Path, latency: Latency) -> None:
    root.mkdir(parents=True, exist_ok=True)
    with (root / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(latency)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def latencies(root: Path) -> dict[str, Latency]:
    """Version -> its last measurement; lines that a crash tore are skipped."""
    try:
        lines = (root / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for line in lines:
        try:
            latency = Latency(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[latency.version] = latency
    return found
