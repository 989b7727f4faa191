"""Types in a person's words, and where a None comes from."""

import ast

from nexus_server.phrases import gettext_noop, phrase
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
    "str": gettext_noop("text (str)"),
    "int": gettext_noop("a whole number (int)"),
    "float": gettext_noop("a decimal number (float)"),
    "list": gettext_noop("a list"),
    "tuple": gettext_noop("a tuple"),
    "dict": gettext_noop("a dictionary"),
    "set": gettext_noop("a set"),
    "bool": gettext_noop("a truth value (bool)"),
    "NoneType": gettext_noop("None, that is: no value"),
    "function": gettext_noop("a function"),
    "builtin_function_or_method": gettext_noop("a function"),
    "method": gettext_noop("a method"),
    "type": gettext_noop("a type"),
    "generator": gettext_noop("a generator"),
    "range": gettext_noop("a range"),
    "ndarray": gettext_noop("a NumPy array"),
}


def type_name(name: str) -> str:
    """Return a type's name in words."""
    return _NAMES.get(name, f"a {code(name)}")


def origin_of_none(failure: Failure) -> str:
    """Return in words why a value of the failing line is None, or how to find out."""
    for name in [node.id for node in on_line(failure, ast.Name) if isinstance(node, ast.Name)]:
        line, value = last_assignment(name, failure.cell_source, failure.line_number) or (0, None)
        if value is not None and (reason := _why_none(value, failure.cell_source)):
            return phrase("{name} gets its value on line {line}: {reason}", name=code(name), line=line, reason=reason)
    for call in _calls_used_as_values(failure):
        if reason := _why_none(call, failure.cell_source):
            return phrase("This makes it None: {reason}", reason=reason)
    return phrase(
        "Find the value that is None here: follow it back to the line that made it, with `print(...)` on the way."
    )


def _calls_used_as_values(failure: Failure) -> list[ast.AST]:
    alone = {id(node.value) for node in on_line(failure, ast.Expr) if isinstance(node, ast.Expr)}
    return [node for node in on_line(failure, ast.Call) if id(node) not in alone]


def _why_none(value: ast.AST, source: str) -> str | None:
    match value:
        case ast.Constant(value=None):
            return phrase("it is set to None there.")
        case ast.Call(func=ast.Attribute(attr=method)) if method in IN_PLACE_METHODS:
            return phrase("{method} changes the object itself and gives back None.", method=code(f".{method}()"))
        case ast.Call(func=ast.Name(id="print")):
            return phrase("`print()` shows a value and gives back None.")
        case ast.Call(func=ast.Name(id=name)) if (f := find_function(name, source)) and not has_return_value(f):
            return phrase(
                "the function {name} (line {line}) has no `return` with a value, so it gives back None.",
                name=code(name),
                line=f.lineno,
            )
        case _:
            return None
