"""Who may do what. Annotators label; researchers see and do everything; for others there is nothing here."""

from typing import Protocol

from annotation.errors import NotAllowed, NotFound


class Viewer(Protocol):
    """What is read of a signed-in person. The class itself belongs to the simulator."""

    @property
    def pk(self) -> int: ...
    @property
    def may_annotate(self) -> bool: ...
    @property
    def is_researcher(self) -> bool: ...


def require_annotator(viewer: Viewer) -> None:
    """Raises NotFound: others need not learn that there are such pages."""
    if not viewer.may_annotate:
        raise NotFound


def require_researcher(viewer: Viewer) -> None:
    """Raises NotFound, or NotAllowed for an annotator, who sees the links around it."""
    require_annotator(viewer)
    if not viewer.is_researcher:
        raise NotAllowed
