"""What can be read off a cell's source: names, functions, where a value came from. Pure; never runs the code."""

import ast
import builtins
import difflib
import keyword
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

from nexus_server.tutor.failure import Failure

#: list, dict and set methods that change the object in place and give back None
IN_PLACE_METHODS = frozenset({"append", "extend", "insert", "sort", "reverse", "remove", "clear", "update", "add"})


@lru_cache(maxsize=8)  # one hint asks for the same tree many times; nobody changes it
def parse(source: str) -> ast.Module | None:
    """Return the cell's syntax tree, or None when it has none; magics and shell lines count as empty."""
    plain = re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Deeply nested input ends in the last two; to a hint it is only a cell without a tree.
        return None


def walk(source: str) -> Iterator[ast.AST]:
    """Yield every node of the cell's tree, or nothing when it cannot be parsed."""
    tree = parse(source)
    if tree is not None:
        yield from ast.walk(tree)


def defined_names(source: str) -> dict[str, int]:
    """Return each name that the cell gives a meaning to, with the first line on which it does."""
    found: dict[str, int] = {}
    for node in walk(source):
        for name, line in _bound_by(node):
            found[name] = min(line, found.get(name, line))
    return found


def _bound_by(node: ast.AST) -> list[tuple[str, int]]:
    match node:
        case ast.Name(ctx=ast.Store()):
            return [(node.id, node.lineno)]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [(node.name, node.lineno)]
        case ast.arg():
            return [(node.arg, node.lineno)]
        case ast.Import() | ast.ImportFrom():
            return [((a.asname or a.name).split(".")[0], node.lineno) for a in node.names]
        case _:
            return []


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate spelled most like `name`, if any is close; upper and lower case count as close."""
    others = [c for c in dict.fromkeys(candidates) if c != name]
    by_case = next((c for c in others if c.casefold() == name.casefold()), None)
    close = difflib.get_close_matches(name, others, n=1, cutoff=0.7)
    return by_case or (close[0] if close else None)


def nearest_known_name(name: str, source: str) -> str | None:
    """Return the cell's own name, built-in or keyword spelled most like `name`."""
    public = [n for n in dir(builtins) if not n.startswith("_")]
    return nearest(name, defined_names(source)) or nearest(name, [*public, *keyword.kwlist])


def find_function(name: str, source: str) -> ast.FunctionDef | None:
    """Return the cell's last definition of function or method `name`."""
    found = [n for n in walk(source) if isinstance(n, ast.FunctionDef) and n.name == name]
    return max(found, key=lambda n: n.lineno) if found else None


def has_return_value(function: ast.FunctionDef) -> bool:
    """Return whether any `return` of the function gives a value back."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def last_assignment(name: str, source: str, before: int | None) -> tuple[int, ast.expr] | None:
    """Return the line and the right side of the last plain ``name = ...`` above line `before`."""
    found = [
        (node.lineno, node.value)
        for node in walk(source)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        and (before is None or node.lineno < before)
    ]
    return max(found, key=lambda pair: pair[0]) if found else None


def on_line(failure: Failure, *kinds: type[ast.AST]) -> list[ast.AST]:
    """Return the nodes of `kinds` that cover the failing line, innermost (shortest) last."""
    number = failure.line_number
    if number is None:
        return []
    covering = [node for node in walk(failure.cell_source) if isinstance(node, kinds) and number in _lines_of(node)]
    return sorted(covering, key=lambda n: -len(ast.unparse(n)))


def _lines_of(node: ast.AST) -> range:
    # A comprehension's `for` part has no place of its own; what it goes through has.
    placed = node.iter if isinstance(node, ast.comprehension) else node
    first = getattr(placed, "lineno", 0)
    return range(first, (getattr(placed, "end_lineno", None) or first) + 1)


def text_of(node: ast.AST) -> str:
    """Return the node as code on one line."""
    return " ".join(ast.unparse(node).split())


def operands(failure: Failure, operator: str) -> tuple[str, str] | None:
    """Return what stands left and right of the failing line's `operator` (+, -, <, ...), if there is just one such."""
    pairs: list[tuple[str, str]] = []
    for node in on_line(failure, ast.BinOp, ast.Compare, ast.AugAssign):
        pairs += _sides(node, operator)
    return pairs[0] if len(pairs) == 1 else None


def _sides(node: ast.AST, operator: str) -> list[tuple[str, str]]:
    match node:
        case ast.BinOp() if _SYMBOLS.get(type(node.op)) == operator:
            return [(text_of(node.left), text_of(node.right))]
        case ast.AugAssign() if _SYMBOLS.get(type(node.op)) == operator.removesuffix("="):
            return [(text_of(node.target), text_of(node.value))]
        case ast.Compare() if len(node.ops) == 1 and _SYMBOLS.get(type(node.ops[0])) == operator:
            return [(text_of(node.left), text_of(node.comparators[0]))]
        case _:
            return []


_SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
}
