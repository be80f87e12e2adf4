"""The lineage of an item as boxes and lines, in units of its SVG view box. Pure functions.

Four columns, as the words flow: label, training row, version, replies. A row for each version, newest on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.selectors.lineage import Use

COLUMNS = (1.0, 250.0, 450.0, 650.0)
WIDTHS = (200.0, 150.0, 150.0, 150.0)
ROW, BOX, TOP = 64.0, 44.0, 30.0
WIDTH = COLUMNS[3] + WIDTHS[3] + 1
MOST = 8  # versions; the table under the drawing has all


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a column: its corner, its width, and what it stands for."""

    column: int
    y: float
    of: int | Use
    css: str = ""

    @property
    def x(self) -> float:
        return COLUMNS[self.column]

    @property
    def width(self) -> float:
        return WIDTHS[self.column]

    @property
    def text_y(self) -> float:
        return self.y + 18

    @property
    def note_y(self) -> float:
        return self.y + 35

    @property
    def middle(self) -> float:
        return self.y + BOX / 2

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Line:
    """A curve from one box to another."""

    path: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    labels: list[Box]
    rows: list[Box]
    versions: list[Box]
    replies: list[Box]
    lines: list[Line]
    height: float
    box: float = BOX
    width: float = WIDTH


def lineage_drawing(uses: Sequence[Use], labels: Sequence[int], *, stale: Sequence[str]) -> Drawing:
    """Args: labels: keys of the item's labels, oldest first; stale: versions that learned a corrected one."""
    shown = list(uses[:MOST])
    versions = [_box(2, place, use, stale) for place, use in enumerate(shown)]
    rows = [_box(1, place, use, stale) for place, use in enumerate(shown) if use.how != "parent"]
    replies = [_box(3, place, use, stale) for place, use in enumerate(shown) if use.served.replies]
    count = max(len(labels), len(shown), 1)
    spread = count / max(1, len(labels))
    boxes = {key: Box(0, TOP + ROW * (spread * (place + 0.5) - 0.5), key) for place, key in enumerate(labels)}
    by_version = {box.of.version: box for box in versions if isinstance(box.of, Use)}
    lines = []
    for row in rows:
        use = row.of
        if isinstance(use, Use):
            lines += [_line(boxes[key], row) for key in use.labels if key in boxes]
            lines.append(_line(row, by_version[use.version], "is-scored" if not use.learned else ""))
    for box in versions:
        if isinstance(box.of, Use) and box.of.parent in by_version:
            lines.append(_inherited(by_version[box.of.parent], box))
    lines += [_line(by_version[box.of.version], box) for box in replies if isinstance(box.of, Use)]
    return Drawing(list(boxes.values()), rows, versions, replies, lines, TOP + ROW * count)


def _box(column: int, place: int, use: Use, stale: Sequence[str]) -> Box:
    return Box(column, TOP + ROW * place, use, "is-stale" if use.version in stale else "")


def _line(start: Box, end: Box, css: str = "") -> Line:
    half = (start.end + end.x) / 2
    return Line(
        f"M{start.end:.1f},{start.middle:.1f} C{half:.1f},{start.middle:.1f} {half:.1f},{end.middle:.1f} "
        f"{end.x:.1f},{end.middle:.1f}",
        css,
    )


def _inherited(parent: Box, child: Box) -> Line:
    """From version to version, on the left of the column."""
    out = parent.x - 34
    return Line(
        f"M{parent.x:.1f},{parent.middle:.1f} C{out:.1f},{parent.middle:.1f} {out:.1f},{child.middle:.1f} "
        f"{child.x:.1f},{child.middle:.1f}",
        "is-inherited",
    )
