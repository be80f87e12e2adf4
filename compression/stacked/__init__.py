"""Many adapters over one frozen backbone: a batch whose rows have each their own, in one forward pass."""

from compression.stacked.adapter import FrozenAdapter
from compression.stacked.cache import HalvesCache
from compression.stacked.errors import AdapterMismatch
from compression.stacked.stack import StackedAdapters

__all__ = ["AdapterMismatch", "FrozenAdapter", "HalvesCache", "StackedAdapters"]
