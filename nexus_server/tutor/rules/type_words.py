"""Types in a person's words, and where a None comes from."""

import ast

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import code
from nexus_server.tutor.rules.source_facts import (
    IN_PLACE_METHODS,
    find_function,
    has_return_value,
    last_assignment,
    on_line,
)

_NAMES = {
    "str": "text (str)",
    "int": "a whole number (int)",
    "float": "a decimal number (float)",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dictionary",
    "set": "a set",
    "bool": "a truth value (bool)",
    "NoneType": "None, that is: no value",
    "function": "a function",
    "builtin_function_or_method": "a function",
    "method": "a method",
    "type": "a type",
    "generator": "a generator",
    "range": "a range",
    "ndarray": "a NumPy array",
}


def type_name(name: str) -> str:
    """Return a type's name in words."""
    return _NAMES.get(name, f"a {code(name)}")


def origin_of_none(failure: Failure) -> str:
    """Return in words why a value of the failing line is None, or how to find out."""
    for name in [node.id for node in on_line(failure, ast.Name) if isinstance(node, ast.Name)]:
        line, value = last_assignment(name, failure.cell_source, failure.line_number) or (0, None)
        if value is not None and (reason := _why_none(value, failure.cell_source)):
            return f"{code(name)} gets its value on line {line}: {reason}"
    for call in _calls_used_as_values(failure):
        if reason := _why_none(call, failure.cell_source):
            return reason[0].upper() + reason[1:]
    return "Find the value that is None here: follow it back to the line that made it, with `print(...)` on the way."


def _calls_used_as_values(failure: Failure) -> list[ast.AST]:
    alone = {id(node.value) for node in on_line(failure, ast.Expr) if isinstance(node, ast.Expr)}
    return [node for node in on_line(failure, ast.Call) if id(node) not in alone]


def _why_none(value: ast.AST, source: str) -> str | None:
    match value:
        case ast.Constant(value=None):
            return "it is set to None there."
        case ast.Call(func=ast.Attribute(attr=method)) if method in IN_PLACE_METHODS:
            return f"`.{method}()` changes the object itself and gives back None."
        case ast.Call(func=ast.Name(id="print")):
            return "`print()` shows a value and gives back None."
        case ast.Call(func=ast.Name(id=name)) if (f := find_function(name, source)) and not has_return_value(f):
            return f"the function {code(name)} (line {f.lineno}) has no `return` with a value, so it gives back None."
        case _:
            return None
