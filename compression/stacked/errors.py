"""Why an adapter cannot be stacked on a backbone."""

from __future__ import annotations


class AdapterMismatch(ValueError):
    """The adapter does not fit, or is damaged. ``code`` is stable; the message names fault and mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
