"""What processes have used until now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds, and bytes that would be free if the processes ended."""

    cpu_s: float
    memory: int


def usage_of(processes: Sequence[psutil.Process]) -> Usage:
    cpu_s, memory = 0.0, 0
    for process in processes:
        spent = process.cpu_times()
        cpu_s += spent.user + spent.system
        memory += process.memory_full_info().uss
    return Usage(cpu_s, memory)
