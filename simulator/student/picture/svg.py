"""A few helpers over ElementTree, which escapes everything that goes in.

Only classes are set, never styles: static/css/picture.css decides the colours, light and dark.
"""

import re
from xml.etree import ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ET.Element
Number = int | float


def element(parent: Element | None, tag: str, css: str = "", **attributes: Number | str) -> Element:
    """A child of ``parent``; a trailing or inner underscore in a name becomes a hyphen."""
    named = {name.strip("_").replace("_", "-"): _written(value) for name, value in attributes.items()}
    if css:
        named = {"class": css, **named}
    return ET.Element(tag, named) if parent is None else ET.SubElement(parent, tag, named)


def text(parent: Element, x: Number, y: Number, words: str, css: str, **attributes: Number | str) -> Element:
    """Words at a point; ``anchor`` is start, middle or end."""
    anchor = attributes.pop("anchor", "middle")
    node = element(parent, "text", css, x=x, y=y, text_anchor=anchor, **attributes)
    node.text = clean(words)
    return node


def line(parent: Element, x1: Number, y1: Number, x2: Number, y2: Number, css: str) -> Element:
    """A straight line."""
    return element(parent, "line", css, x1=x1, y1=y1, x2=x2, y2=y2)


def clean(words: str) -> str:
    """The words without the characters that XML cannot hold."""
    return _NOT_XML.sub("", words)


def to_text(root: Element) -> str:
    """The finished markup."""
    return ET.tostring(root, encoding="unicode")


def _written(value: Number | str) -> str:
    return clean(value) if isinstance(value, str) else f"{round(value, 2):g}"
