"""The part of Python that a labelling function may use. An allow-list: what is not named here is refused.

No imports, no names or attributes with an underscore, no exceptions caught (a time limit is one), no string
formatting (a format string reads attributes), no attributes but those of texts, lists, matches and questions.
"""

import ast

MOST_CHARACTERS = 20_000
VOTE = "vote"

STATEMENTS = (
    ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While,
    ast.If, ast.Break, ast.Continue, ast.Pass, ast.Expr,
)  # fmt: skip
EXPRESSIONS = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Constant,
    ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.NamedExpr, ast.Lambda, ast.Starred,
)  # fmt: skip
GRAMMAR = (ast.Module, ast.Load, ast.Store, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
ALLOWED = (*STATEMENTS, *EXPRESSIONS, *GRAMMAR)

OF_QUESTIONS = {"text", "words", "asks", "opens", "context", "persona"}
OF_TEXTS = {
    "lower", "upper", "casefold", "title", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines",
    "join", "startswith", "endswith", "removeprefix", "removesuffix", "replace", "find", "rfind", "index",
    "count", "isalpha", "isdigit", "isnumeric", "isalnum", "isspace", "isupper", "islower", "partition",
    "rpartition",
}  # fmt: skip
OF_COLLECTIONS = {
    "append", "extend", "insert", "pop", "remove", "sort", "reverse", "add", "discard", "union",
    "intersection", "difference", "issubset", "issuperset", "isdisjoint", "get", "items", "keys",
    "values", "copy",
}  # fmt: skip
OF_PATTERNS = {"search", "match", "fullmatch", "findall", "group", "groups", "start", "end", "span"}
ATTRIBUTES = OF_QUESTIONS | OF_TEXTS | OF_COLLECTIONS | OF_PATTERNS

WHY_NOT: dict[type[ast.AST], str] = {
    ast.Import: "Imports are not allowed. re.search, match, fullmatch and findall are there already.",
    ast.Try: "try is not allowed: an error is shown on the Rules page, and the function abstains.",
    ast.JoinedStr: "f-strings are not allowed; join texts with +.",
    ast.ClassDef: "Classes are not allowed; write functions.",
    ast.With: "with is not allowed: there is nothing to open.",
    ast.Global: "global is not allowed; pass values on.",
}
WHY_NOT[ast.ImportFrom] = WHY_NOT[ast.Import]


class SourceRefused(Exception):
    """What is wrong, and on which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def parse(source: str) -> ast.Module:
    """The source as a tree in which everything is allowed.

    Raises:
        SourceRefused: it is no Python, or uses what is not allowed, or has no ``vote(question)``.
    """
    if len(source) > MOST_CHARACTERS:
        raise SourceRefused(1, f"More than {MOST_CHARACTERS:,} characters. Split it into several functions.")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise SourceRefused(error.lineno or 1, f"This is not Python: {error.msg}.") from None
    except (ValueError, MemoryError, RecursionError):
        raise SourceRefused(1, "This cannot be read: too deeply nested, or not text.") from None
    for node in ast.walk(tree):
        _check(node)
    _check_vote(tree)
    return tree


def _check(node: ast.AST) -> None:
    line = getattr(node, "lineno", 1)
    if not isinstance(node, ALLOWED):
        name = type(node).__name__
        raise SourceRefused(line, WHY_NOT.get(type(node), f"{name} is not allowed in a labelling function."))
    if isinstance(node, ast.FunctionDef) and (node.decorator_list or node.name.startswith("_")):
        raise SourceRefused(line, "Decorators and names with a leading underscore are not allowed.")
    if isinstance(node, ast.Attribute):
        _check_attribute(node, line)
    if isinstance(node, (ast.Name, ast.arg)):
        name = node.id if isinstance(node, ast.Name) else node.arg
        if name.startswith("_"):
            raise SourceRefused(line, f"{name}: names with a leading underscore are not allowed.")
    if isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, float, type(None))):
        raise SourceRefused(line, f"{node.value!r} is not allowed; use text and numbers.")


def _check_attribute(node: ast.Attribute, line: int) -> None:
    if not isinstance(node.ctx, ast.Load):
        raise SourceRefused(line, f".{node.attr}: attributes cannot be set.")
    if node.attr not in ATTRIBUTES:
        raise SourceRefused(line, f".{node.attr} is not among what a labelling function may use.")


def _check_vote(tree: ast.Module) -> None:
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == VOTE]
    if len(found) != 1 or len(found[0].args.args) != 1 or found[0].args.posonlyargs:
        raise SourceRefused(1, "Write one function vote(question) that returns a type or ABSTAIN.")
