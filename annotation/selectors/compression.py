"""Every stored version with what it costs and how good it is."""

from dataclasses import dataclass

from annotation.access import Viewer
from annotation.compression_methods import form_title
from annotation.selectors.versions import VersionRow, versions_for
from annotation.store import model_store
from models_zoo.manifest import Metric
from models_zoo.measurements import Latency, latencies

WEIGHTS = ("adapter.safetensors", "heads.safetensors")


@dataclass(frozen=True, slots=True)
class CostRow:
    """A version with what was counted and measured; ``latency`` is None until somebody measures it."""

    version: VersionRow
    latency: Latency | None

    @property
    def form(self) -> str:
        manifest = self.version.manifest
        return form_title(manifest.compression, manifest.training)

    @property
    def size_bytes(self) -> int:
        """All its files; the encoder, which versions share, is none of them."""
        return sum(file.size_bytes for file in self.version.manifest.files.values())

    @property
    def weights_bytes(self) -> int:
        """Adapter and heads; the rest is the training utterances as vectors."""
        files = self.version.manifest.files
        return sum(files[name].size_bytes for name in WEIGHTS if name in files)

    @property
    def parameters(self) -> int:
        return int(self.version.manifest.compression.get("trainable_parameters", 0))

    @property
    def quality(self) -> Metric | None:
        return self.version.manifest.metrics.get("question_type_accuracy")


def version_costs(viewer: Viewer) -> list[CostRow]:
    """Newest first."""
    measured = latencies(model_store().root)
    return [CostRow(row, measured.get(row.name)) for row in versions_for(viewer)]
