"""What runs in a sandbox to find out why a check fails: the learner's cells, the check, and each call that it makes.

This module stands alone. Its text is sent to a kernel, with a call of `try_out` behind it, and what it prints last is
read. It is never trusted: the learner's code runs beside it.
"""

import ast
import contextlib
import copy
import io
import json
import math
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

_FILE = "<cell>"
_DEFINES = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
#: characters of a value that are told
_SHOWN = 120
_COLLECTIONS = (list, tuple, str, dict, set)

Call = dict[str, Any]


def try_out(cells: list[str], check: str, mark: str) -> None:
    """Run what `cells` define, then `check` up to what fails; print `mark` and what was found, as JSON."""
    names: dict[str, Any] = {"__name__": "__main__", "input": _no_input}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            _define(cell, names)
        found = _check(check, names)
    sys.stdout.write(f"\n{mark}{json.dumps(found)}\n")


def _no_input(*_prompt: object) -> str:
    raise EOFError


def _define(cell: str, names: dict[str, Any]) -> None:
    """Run a cell's definitions and assignments; what fails is left out, as in a notebook that goes on."""
    with contextlib.suppress(SyntaxError, ValueError):
        for statement in ast.parse(cell).body:
            if isinstance(statement, _DEFINES):
                with contextlib.suppress(Exception):
                    _run(statement, names)


def _run(statement: ast.stmt, names: dict[str, Any]) -> None:
    exec(compile(ast.Module([statement], []), _FILE, "exec"), names)  # noqa: S102  that is what a sandbox is for


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), _FILE, "eval"), names)  # noqa: S307  as above


def _check(check: str, names: dict[str, Any]) -> Call | None:
    """Run the check's statements one by one; return what the first one that fails found, or None."""
    calls: list[Call] = []
    for statement in ast.parse(check).body:
        _record_calls(names, calls)
        try:
            failed = _failed(statement, names, calls)
        except Exception as error:  # noqa: BLE001  a learner's function may raise anything
            return _raised(calls[-1], error) if calls else None
        if failed is not None:
            return failed
    return None


def _record_calls(names: dict[str, Any], calls: list[Call]) -> None:
    """Let every function of the learner's note how it is called."""
    for name, value in list(names.items()):
        if isinstance(value, FunctionType) and value.__code__.co_filename == _FILE:
            names[name] = _Recorded(name, value, calls)


class _Recorded:
    """A function that notes its calls from outside; those that it makes of itself are its own affair."""

    def __init__(self, name: str, function: Callable[..., Any], calls: list[Call]) -> None:
        self._name, self._function, self._calls = name, function, calls
        self._depth = 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self._depth:
            return self._function(*given, **named)
        before = _copied(given)
        call: Call = {"name": self._name, "call": _text(self._name, before, named), "given": before, "printed": ""}
        call["function"], call["named"] = self._function, named
        self._calls.append(call)
        printed = io.StringIO()
        self._depth += 1
        try:
            with contextlib.redirect_stdout(printed):
                call["got"] = self._function(*given, **named)
        finally:
            self._depth -= 1
            call["printed"] = printed.getvalue().strip()
            call["changed"] = not _same(before, given)
        return call["got"]


def _copied(given: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return copy.deepcopy(given)
    except Exception:  # noqa: BLE001  what cannot be copied is compared with itself
        return given


def _text(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> str:
    parts = [_shown(value) for value in given] + [f"{key}={_shown(value)}" for key, value in named.items()]
    return f"{name}({', '.join(parts)})"


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  a learner's `__repr__`
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "\u2026"


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001  arrays and learners' own `__eq__`
        return True


def _failed(statement: ast.stmt, names: dict[str, Any], calls: list[Call]) -> Call | None:
    """Run a statement; return what is known where it is an `assert` that does not hold."""
    if not isinstance(statement, ast.Assert):
        _run(statement, names)
        return None
    before = len(calls)
    got, expected, holds = _sides(statement.test, names)
    if holds:
        return None
    if len(calls) > before:
        return _wrong(calls[-1], got, expected)
    changed = [call for call in calls if call["changed"]]
    return _finding("mutated", changed[-1], _shown(got), expected) if changed else None


_NOTHING = object()


def _sides(test: ast.expr, names: dict[str, Any]) -> tuple[Any, Any, bool]:
    """Return what a check's call gives, what is expected, if that is known, and whether the check holds."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            one, other = _value(left, names), _value(right, names)
            holds = bool(one == other)
            return (other, one, holds) if _is_expected(left, right) else (one, other, holds)
        case ast.Call(func=ast.Attribute(attr="isclose"), args=[left, right, *_]):
            one, other = _value(left, names), _value(right, names)
            compare = _value(test.func, names)
            holds = bool(compare(one, other, **{key.arg: _value(key.value, names) for key in test.keywords if key.arg}))
            return (other, one, holds) if _is_expected(left, right) else (one, other, holds)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            got = _value(operand, names)
            return got, False, not got
        case ast.Call():
            got = _value(test, names)
            return got, True, bool(got)
        case _:
            return _NOTHING, _NOTHING, bool(_value(test, names))


def _is_expected(left: ast.expr, right: ast.expr) -> bool:
    """Return whether the left side of a comparison is what is expected: it calls nothing, or is written out."""
    return (_has(right, ast.Call) and not _has(left, ast.Call)) or (_has(right, ast.Name) and not _has(left, ast.Name))


def _has(node: ast.expr, kind: type[ast.expr]) -> bool:
    return any(isinstance(part, kind) for part in ast.walk(node))


def _raised(call: Call, error: Exception) -> Call | None:
    """Return the finding for a call that stopped with an error: the function does not know what to do with nothing."""
    is_empty = any(isinstance(value, _COLLECTIONS) and not value for value in call["given"])
    return _finding("empty", call, type(error).__name__, _NOTHING, is_error=True) if is_empty else None


def _wrong(call: Call, got: Any, expected: Any) -> Call | None:
    if got is _NOTHING:
        got = call.get("got", _NOTHING)
    if got is _NOTHING:
        return None
    return _finding(_kind(call, got, expected), call, _shown(got), expected)


def _kind(call: Call, got: Any, expected: Any) -> str:
    """Return what sort of mistake the values speak of."""
    if got is None and expected is not None:
        return "printed" if call["printed"] else "nothing"
    if _are_near(got, expected):
        return "float"
    if any(isinstance(value, _COLLECTIONS) and not value for value in call["given"]):
        return "empty"
    if expected is not _NOTHING and not _are_alike(got, expected):
        return "type"
    if _is_off_by_one(got, expected):
        return "off-by-one"
    return "mutated" if call["changed"] else "other"


def _are_near(got: Any, expected: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (got, expected))
    return numbers and got != expected and math.isclose(got, expected, rel_tol=1e-9)


def _are_alike(got: Any, expected: Any) -> bool:
    numbers = (int, float, complex)
    return isinstance(got, type(expected)) or (isinstance(got, numbers) and isinstance(expected, numbers))


def _is_off_by_one(got: Any, expected: Any) -> bool:
    if isinstance(got, bool) or isinstance(expected, bool):
        return False
    if isinstance(got, int | float) and isinstance(expected, int | float):
        return bool(abs(got - expected) == 1)
    if not isinstance(got, list | tuple | str) or not isinstance(expected, list | tuple | str) or not (got or expected):
        return False
    shorter, longer = sorted((got, expected), key=len)
    if len(longer) - len(shorter) == 1:
        return longer[1:] == shorter or longer[:-1] == shorter
    moved = zip(got, expected, strict=False)
    return len(got) == len(expected) and {_distance(one, other) for one, other in moved} in ({1}, {-1})


def _distance(one: Any, other: Any) -> Any:
    return one - other if isinstance(one, int) and isinstance(other, int) else None


def _finding(kind: str, call: Call, got: str, expected: Any, *, is_error: bool = False) -> Call:
    return {
        "kind": kind,
        "name": call["name"],
        "call": call["call"],
        "got": got,
        "expected": "" if expected is _NOTHING else _shown(expected),
        "printed": call["printed"][:_SHOWN],
        "is_error": is_error,
        "smallest": _smallest(call) if kind == "other" else "",
    }


def _smallest(call: Call) -> str:
    """Return a smaller call that stops with an error, and which; empty: none was found."""
    for place, value in enumerate(call["given"]):
        if not isinstance(value, _COLLECTIONS):
            continue
        given = [*call["given"][:place], type(value)(), *call["given"][place + 1 :]]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                call["function"](*_copied(tuple(given)), **call["named"])
        except Exception as error:  # noqa: BLE001  a learner's function may raise anything
            return f"{_text(call['name'], tuple(given), {})} stops with {type(error).__name__}"
    return ""
