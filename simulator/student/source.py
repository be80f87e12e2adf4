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

Path = tuple[str | int, ...]


def read_source(text: str | bytes) -> tuple[Any, dict[Path, int]]:
    """Return the data of a YAML text and the line (from 1) of every path in it.

    Raises:
        ScenarioError: too big, not UTF-8, not YAML, or YAML beyond plain maps, lists and scalars.
    """
    text = _decode(text)
    loader = yaml.SafeLoader(text)
    try:
        _refuse_aliases(text)
        node = loader.get_single_node()
        if node is None:
            raise ScenarioError(None, "", "the file is empty — write at least slug, title, task and replies")
        lines: dict[Path, int] = {}
        return _build(loader, node, (), lines), lines
    except yaml.YAMLError as error:
        raise _syntax_error(error) from error
    finally:
        loader.dispose()


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


def _refuse_aliases(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ScenarioError(
                event.start_mark.line + 1,
                "",
                f"the alias *{event.anchor} is not allowed in a scenario — write the entry out in full",
            )


def _build(loader: yaml.SafeLoader, node: Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > MAX_DEPTH:
        raise ScenarioError(lines[path], "", f"nested deeper than {MAX_DEPTH} levels — flatten the entry")
    if isinstance(node, SequenceNode):
        return [_build(loader, item, (*path, i), lines) for i, item in enumerate(node.value)]
    if isinstance(node, MappingNode):
        return _build_mapping(loader, node, path, lines)
    assert isinstance(node, ScalarNode)  # noqa: S101 - the composer makes only these three kinds
    return loader.construct_object(node)  # type: ignore[no-untyped-call]


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
        mark.line + 1 if mark else None,
        "",
        f"this is not valid YAML ({problem}) — check the indentation, colons and quotation marks here",
    )
