"""The labelling page that Label Studio draws, made from the codebook."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree  # only written here; what is read back is compared as text

from .results import COMMENT, DATA_ISSUES, ISSUE, SECOND, TEXT, TYPE

SECOND_KEYS = ("q", "w", "e", "r", "t", "y")


def labelling_config(types: Sequence[Mapping[str, Any]]) -> str:
    """Label Studio's XML: the dialogue, the question, a first and a second choice, a flag and a note.

    Its page forgets the order in which several choices were made. So the second choice is a control of its
    own, and the order of preference survives.

    Args:
        types: those of a codebook, in the order of the number keys.
    """
    view = ElementTree.Element("View")
    _add(view, "Header", value="The dialogue so far", size="5")
    _add(view, "Text", name="dialogue", value="$context")
    _add(view, "Header", value="What the teacher says now", size="5")
    _add(view, "Text", name=TEXT, value="$question")
    first = _add(
        view, "Choices", name=TYPE, toName=TEXT, choice="single", required="true", showInline="false"
    )
    for key, each in enumerate(types, start=1):
        _add(first, "Choice", value=each["label"], hotkey=str(key), hint=each.get("definition", ""))
    _add(view, "Header", value="If a second type weighs the same", size="5")
    second = _add(view, "Choices", name=SECOND, toName=TEXT, choice="single", showInline="true")
    for letter, each in zip(SECOND_KEYS, types, strict=False):
        _add(second, "Choice", value=each["label"], hotkey=letter)
    issue = _add(view, "Choices", name=ISSUE, toName=TEXT, choice="multiple", showInline="true")
    _add(issue, "Choice", value=DATA_ISSUES, hotkey="d")
    _add(
        view,
        "TextArea",
        name=COMMENT,
        toName=TEXT,
        placeholder="Note",
        rows="2",
        maxSubmissions="1",
        editable="true",
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)
