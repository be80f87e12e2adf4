"""``model.json``: what a stored version is, what it was made of and how good it is."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Metric(BaseModel):
    """A figure with its percentile bootstrap interval over ``n`` examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
    n: int


class ReliabilityBin(BaseModel):
    """Answers of like confidence: their number, mean confidence and share of right ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
    confidence: float
    accuracy: float


class Reliability(BaseModel):
    """The bins of a head's reliability diagram on held-out examples, without and with its temperature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: tuple[ReliabilityBin, ...]
    after: tuple[ReliabilityBin, ...]


class Ranking(BaseModel):
    """How the one-pass figures of a head rank beside those of drawn passes: Spearman's rho over ``n``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mutual_information: float
    predictive_entropy: float
    n: int


class Distillation(BaseModel):
    """How the one-pass estimator of a version was made, and how it ranks on held-out texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: int
    passes: int  # drawn of each text
    reference_passes: int  # drawn of each held-out text
    ranking: dict[str, Ranking]  # by head


class StoredFile(BaseModel):
    """The checksum that a file must still have when it is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size_bytes: int


class Manifest(BaseModel):
    """Everything known about a version but its weights.

    ``version`` and ``files`` are filled in by the store when it publishes. The version ends in a digest of
    the rest of the manifest, which holds the files' checksums: changing either shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = ""
    task: Literal["understanding"] = "understanding"
    created: str  # ISO 8601, UTC, to the second
    labels: dict[str, tuple[str, ...]]  # head -> labels in the order of its output units
    metrics: dict[str, Metric] = Field(default_factory=dict)
    calibration: dict[str, float] = Field(default_factory=dict)  # head -> softmax temperature
    reliability: dict[str, Reliability] = Field(default_factory=dict)  # head -> diagram on held-out examples
    lineage: dict[str, Any] = Field(default_factory=dict)  # corpus, annotation_ids, event_ids, ...
    training: dict[str, Any] = Field(default_factory=dict)  # the training configuration
    seed: int = 0
    code_version: str = ""
    backbone: str
    backbone_sha256: str
    compression: dict[str, Any] = Field(default_factory=dict)  # the adapter's method and settings
    distillation: Distillation | None = None  # None: only drawn passes can say how much it doubts
    parent: str | None = None
    files: dict[str, StoredFile] = Field(default_factory=dict)

    def derived_version(self) -> str:
        """``task-date-digest``: ordered by time, and a checksum of this manifest."""
        content = self.model_dump(mode="json", exclude={"version"})
        if not self.reliability:  # versions from before there were diagrams keep their names
            del content["reliability"]
        if self.distillation is None:  # as in versions made before there was any
            del content["distillation"]
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        stamp = "".join(c for c in self.created if c.isdigit())[:14]
        return f"{self.task}-{stamp}-{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"
