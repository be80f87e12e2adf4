"""Label Studio's ``result`` lists, read and written. The controls are those of ``labelling_config``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

TYPE, SECOND, ISSUE, COMMENT = "type", "second", "issue", "comment"
TEXT = "question"
DATA_ISSUES = "Data Issues"
AUTHOR = "acts_annotator"  # a key of an annotation in files of ours, which Label Studio passes over


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an annotation says: types in order of preference, a flag, a note."""

    labels: tuple[str, ...] = ()
    data_issue: bool = False
    comment: str = ""


def judgement_of(result: Any) -> Judgement:
    """Read a result list, also one of another project: choices in the order in which they are stored.

    Our own second choice stands behind the first, whatever the order of the list.
    """
    judged = Judgement()
    parts = [part for part in result or [] if isinstance(part, dict)] if isinstance(result, list) else []
    for part in sorted(parts, key=lambda part: part.get("from_name") == SECOND):
        value = part.get("value") if isinstance(part.get("value"), dict) else {}
        assert isinstance(value, dict)  # noqa: S101 - said in the line above
        judged = _with_choices(judged, _texts(value.get("choices")))
        notes = _texts(value.get("text")) if part.get("type") == "textarea" else []
        judged = replace(judged, comment="\n".join(filter(None, [judged.comment, *notes])))
    return judged


def _with_choices(judged: Judgement, choices: Iterable[str]) -> Judgement:
    labels, issue = list(judged.labels), judged.data_issue
    for choice in choices:
        if choice == DATA_ISSUES:
            issue = True
        elif choice not in labels:
            labels.append(choice)
    return replace(judged, labels=tuple(labels), data_issue=issue)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _choices(control: str, choices: Sequence[str]) -> dict[str, Any]:
    return {"from_name": control, "to_name": TEXT, "type": "choices", "value": {"choices": list(choices)}}


def result_of(judged: Judgement) -> list[dict[str, Any]]:
    """Write a judgement as a result list. A third and fourth choice go where the second does."""
    result = []
    if judged.labels:
        result.append(_choices(TYPE, judged.labels[:1]))
    if judged.labels[1:]:
        result.append(_choices(SECOND, judged.labels[1:]))
    if judged.data_issue:
        result.append(_choices(ISSUE, [DATA_ISSUES]))
    if judged.comment:
        note = {"from_name": COMMENT, "to_name": TEXT, "type": "textarea"}
        result.append({**note, "value": {"text": [judged.comment]}})
    return result
