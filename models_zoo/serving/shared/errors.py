"""Why a task model is refused or cannot be asked."""

from __future__ import annotations


class SharedBackboneError(Exception):
    """``code`` is stable; the message names the task, the fault and the mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
