"""What can be read off a cell's source: names, functions, where a value came from. Pure; never runs the code."""

import ast
import builtins
import difflib
import keyword
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

from nexus_server.tutor.failure import Failure

#: list, dict and set methods that change the object in place and give back None
IN_PLACE_METHODS = frozenset({"append", "extend", "insert", "sort", "reverse", "remove", "clear", "update", "add"})


#: longer names are not compared with others, which takes the square of their length
MAX_NAME_CHARS = 60
#: names that one name is compared with
MAX_CANDIDATES = 500


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
    if len(name) > MAX_NAME_CHARS:
        return None
    others = [c for c in dict.fromkeys(candidates) if c != name and len(c) <= MAX_NAME_CHARS][:MAX_CANDIDATES]
    by_case = next((c for c in others if c.casefold() == name.casefold()), None)
    close = difflib.get_close_matches(name, others, n=1, cutoff=0.7)
    return by_case or (close[0] if close else None)


def nearest_known_name(name: str, source: str) -> str | None:
    """Return the cell's own name, built-in or keyword spelled most like `name`."""
    public = [n for n in dir(builtins) if not n.startswith("_")]
    return nearest(name, defined_names(source)) or nearest(name, [*public, *keyword.kwlist])


def find_function(name: str, source: str) -> ast.FunctionDef | None:
    """Return the cell's last definition of function or method `name`."""
    return _functions(source).get(name)


@lru_cache(maxsize=8)
def _functions(source: str) -> dict[str, ast.FunctionDef]:
    found = (node for node in walk(source) if isinstance(node, ast.FunctionDef))
    return {node.name: node for node in sorted(found, key=lambda node: node.lineno)}


@lru_cache(maxsize=64)
def has_return_value(function: ast.FunctionDef) -> bool:
    """Return whether any `return` of the function gives a value back."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def last_assignment(name: str, source: str, before: int | None) -> tuple[int, ast.expr] | None:
    """Return the line and the right side of the last plain ``name = ...`` above line `before`."""
    found = _assignments(source).get(name, [])
    above = bisect_left(found, before, key=itemgetter(0)) if before is not None else len(found)
    return found[above - 1] if above else None


@lru_cache(maxsize=8)
def _assignments(source: str) -> dict[str, list[tuple[int, ast.expr]]]:
    """Return the lines and right sides of each name's plain assignments, from top to bottom."""
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for node in walk(source):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append((node.lineno, node.value))
    for places in found.values():
        places.sort(key=itemgetter(0))
    return found


def on_line(failure: Failure, *kinds: type[ast.AST]) -> list[ast.AST]:
    """Return the nodes of `kinds` that cover the failing line, innermost (shortest) last."""
    number = failure.line_number
    if number is None:
        return []
    covering = [node for node in walk(failure.cell_source) if isinstance(node, kinds) and number in _lines_of(node)]
    return sorted(covering, key=_extent, reverse=True)


def _extent(node: ast.AST) -> tuple[int, int]:
    """Return how far a node reaches, as lines and characters. What is inside of another one reaches less far."""
    placed = node.iter if isinstance(node, ast.comprehension) else node
    lines = (getattr(placed, "end_lineno", None) or 0) - getattr(placed, "lineno", 0)
    return lines, (getattr(placed, "end_col_offset", None) or 0) - getattr(placed, "col_offset", 0)


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
    nodes = on_line(failure, ast.BinOp, ast.Compare, ast.AugAssign)
    pairs = [pair for node in nodes for pair in _sides(node, operator)]
    if len(pairs) != 1:
        return None
    left, right = pairs[0]
    return text_of(left), text_of(right)


def _sides(node: ast.AST, operator: str) -> list[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.BinOp() if _SYMBOLS.get(type(node.op)) == operator:
            return [(node.left, node.right)]
        case ast.AugAssign() if _SYMBOLS.get(type(node.op)) == operator.removesuffix("="):
            return [(node.target, node.value)]
        case ast.Compare() if len(node.ops) == 1 and _SYMBOLS.get(type(node.ops[0])) == operator:
            return [(node.left, node.comparators[0])]
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
