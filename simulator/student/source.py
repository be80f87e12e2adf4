"""Reading a scenario file: plain data plus the line every entry stands on.

YAML can do much more than a scenario needs, and some of it is dangerous (aliases that unfold without
end, tags that build objects). Only maps, lists and plain scalars get through here.
"""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from simulator.student.errors import ScenarioError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NUMBER = 40  # characters; YAML's "1:30:00" makes a number of any length, in quadratic time

Path = tuple[str | int, ...]


def read_source(text: str | bytes) -> tuple[Any, dict[Path, int]]:
    """Return the data of a YAML text and the line (from 1) of every path in it.

    Raises:
        ScenarioError: too big, not UTF-8, not YAML, or YAML beyond plain maps, lists and scalars.
    """
    text = _decode(text)
    try:
        _refuse_tricks(text)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Path, int] = {}
            return (None if node is None else _build(loader, node, (), lines)), lines
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _syntax_error(error) from error


def show_path(path: Path) -> str:
    """A path as people count: ``("replies", 2, "act")`` is ``replies.3.act``."""
    return ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path)


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """The line of ``path``, or of its nearest parent that is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _decode(text: str | bytes) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise ScenarioError(
            None, "", f"the file has {size} bytes, {MAX_BYTES} are allowed — shorten or split the scenario"
        )
    try:
        return text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ScenarioError(
            line, "", "the file is not UTF-8 text — save it with the encoding UTF-8"
        ) from error


def _refuse_tricks(text: str) -> None:
    """Aliases and deep nesting are refused on the flat stream of events, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else None
        if isinstance(event, yaml.AliasEvent):
            raise ScenarioError(
                line,
                "",
                f"the alias *{event.anchor} is not allowed in a scenario — write the entry out in full",
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ScenarioError(line, "", f"nested deeper than {MAX_DEPTH} levels — flatten the entry")


def _build(loader: yaml.SafeLoader, node: Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        return [_build(loader, item, (*path, i), lines) for i, item in enumerate(node.value)]
    if isinstance(node, MappingNode):
        return _build_mapping(loader, node, path, lines)
    try:
        if node.tag.endswith((":int", ":float")) and len(node.value) > MAX_NUMBER:
            raise ValueError("a number that nobody means")
        return loader.construct_object(node)
    except ValueError as error:  # a date that does not exist, a number of thousands of digits
        raise ScenarioError(
            lines[path], show_path(path), "cannot be read as a value — put it in quotation marks"
        ) from error


def _build_mapping(
    loader: yaml.SafeLoader, node: MappingNode, path: Path, lines: dict[Path, int]
) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise ScenarioError(line, show_path(path), "a key must be a plain word — remove the brackets")
        key = key_node.value
        if key in built:
            raise ScenarioError(line, show_path((*path, key)), "the key is written twice — keep one of them")
        lines[(*path, key)] = line
        built[key] = _build(loader, value_node, (*path, key), lines)
    return built


def _syntax_error(error: yaml.YAMLError) -> ScenarioError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    return ScenarioError(
        mark.line + 1 if mark is not None else None,
        "",
        f"this is not valid YAML ({problem}) — check the indentation, colons and quotation marks here",
    )
