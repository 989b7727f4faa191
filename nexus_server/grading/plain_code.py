"""Whether a learner's code is of the plain kind that cannot bend a test in its own process. Pure.

A value that cannot cross whole sends its test into the learner's kernel, and a learner can make such a value at will.
So that happens for code only that makes no classes, replaces nothing and reaches for nothing but data. Such code has no
way to an object that claims to equal everything.
"""

import ast
from collections.abc import Iterable

from nexus_server.notebook_format.names import BUILTINS, cell_names, parse

#: modules of data and arithmetic
DATA_MODULES = frozenset(
    [
        "array",
        "calendar",
        "collections",
        "copy",
        "csv",
        "datetime",
        "decimal",
        "fractions",
        "functools",
        "heapq",
        "http",
        "ipaddress",
        "itertools",
        "json",
        "math",
        "numpy",
        "pandas",
        "pathlib",
        "random",
        "re",
        "statistics",
        "string",
        "time",
        "urllib",
        "uuid",
        "zoneinfo",
    ]
)
#: names, of variables, members and imports, that lead to the process or make code, and functions that run text
REACHING = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "getattr",
        "setattr",
        "delattr",
        "globals",
        "locals",
        "vars",
        "type",
        "super",
        "open",
        "input",
        "breakpoint",
        "object",
        "property",
        "classmethod",
        "staticmethod",
        "get_ipython",
        "exit",
        "quit",
        "query",
        "load",
        "loads",
        "read_pickle",
        "to_pickle",
        "f2py",
        "ctypeslib",
        "testing",
        "mock",
        "sys",
        "os",
        "builtins",
        "inspect",
        "types",
        "operator",
        "gc",
        "ctypes",
        "abc",
        "enum",
        "importlib",
        "modules",
        "api",
        "extensions",
        "total_ordering",
        "singledispatch",
        "partialmethod",
        "cached_property",
        "ANY",
        "format_map",
        "memmap",
        "frompyfunc",
    ]
)


def is_plain_work(sources: Iterable[str], given: Iterable[str]) -> bool:
    """Whether all of a learner's cells are plain, and replace neither builtins nor `given` names."""
    trees = [parse(source) for source in sources]
    replaced = BUILTINS | frozenset(given)
    return all(tree is not None and _is_plain(tree) and not _redefines(tree, replaced) for tree in trees)


def _redefines(tree: ast.Module, names: frozenset[str]) -> bool:
    found = cell_names(tree)
    return bool((found.defines - found.imports) & names)


def _is_plain(tree: ast.Module) -> bool:
    imported = cell_names(tree).imports
    return all(_is_plain_node(node, imported) for node in ast.walk(tree))


def _is_plain_node(node: ast.AST, imported: frozenset[str]) -> bool:  # noqa: PLR0911  one line per kind
    match node:
        case ast.ClassDef():
            return False
        case ast.Import(names):
            return all(_is_data(alias.name) for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return _is_data(module) and all(_is_harmless(alias.name) for alias in names)
        case ast.ImportFrom():
            return False
        case ast.Attribute(attr=name):
            is_read = isinstance(node.ctx, ast.Load)
            return _is_harmless(name) and (is_read or _root(node) not in imported)
        case ast.Name(id=name):
            return name == "_" or _is_harmless(name)
    return True


def _is_data(module: str) -> bool:
    first, *rest = module.split(".")
    return first in DATA_MODULES and all(_is_harmless(part) for part in rest)


def _is_harmless(name: str) -> bool:
    return not name.startswith("_") and name not in REACHING and name != "*"


def _root(node: ast.expr) -> str:
    """Return the name that a chain of members begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
