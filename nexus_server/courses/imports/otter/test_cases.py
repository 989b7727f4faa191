"""Test cases of Otter, read from test cells and test files, and never run. Pure.

Otter has two formats: doctests in dictionaries of the OK format, and functions that raise. What a cell expects is in
its saved output.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from nbformat import NotebookNode

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.otter.doctests import expecting, from_doctest, with_message
from nexus_server.courses.imports.otter.points import Points, case_points

_CONFIG_BEGIN = re.compile(r'(?:\w\s*=\s*)?"{1,3}\s*#\s*BEGIN\s*TEST\s*CONFIG', re.IGNORECASE)
_CONFIG_END = re.compile(r'"{1,3}\s*#\s*END\s*TEST\s*CONFIG', re.IGNORECASE)
_HIDDEN = re.compile(r"\bhidden\b", re.IGNORECASE)
#: how a function asks for the whole environment
_ENVIRONMENT = "env"


@dataclass(frozen=True, slots=True)
class OtterCase:
    """A test case: the code of a test cell, and what Otter says of it."""

    code: str
    is_hidden: bool = False
    points: Points = None
    #: what about it is not as it was; empty: nothing
    changes: tuple[str, ...] = ()

    def without_points(self) -> "OtterCase":
        """Return it as a check that counts nothing."""
        return replace(self, points=0.0, changes=(*self.changes, "a person marks its question, so it gives no points"))


@dataclass(frozen=True, slots=True)
class OtterTests:
    """The tests of a question, with their points as they count."""

    name: str
    cases: tuple[OtterCase, ...]
    is_all_or_nothing: bool = False

    def with_points(self, total: Any, where: str) -> "OtterTests":
        """Return them with what the question's points give each.

        Raises:
            UnreadableImportError
        """
        points = case_points(total, [case.points for case in self.cases], where=where)
        cases = (replace(case, points=each) for case, each in zip(self.cases, points, strict=True))
        return replace(self, cases=tuple(cases))


def read_test_cell(cell: NotebookNode, *, is_ok_format: bool, where: str) -> OtterCase:
    """Read a cell between ``# BEGIN TESTS`` and ``# END TESTS``; it has its outputs.

    Raises:
        UnreadableImportError: its configuration or its code cannot be read.
    """
    lines = cell.source.split("\n")
    config, start = _cell_config(lines, where)
    is_hidden = lines[0].lstrip().startswith("#") and bool(_HIDDEN.search(lines[0]))
    code = "\n".join(lines[start + (1 if is_hidden and not config else 0) :]).strip("\n")
    _parsed(code, where)
    changes: list[str] = []
    function, output = _only_function(code), _output(cell)
    if function and not (is_ok_format and output):
        code = _called(code, function, changes)
    else:
        code = expecting(code, output, changes)
    return _case(code, config, changes, is_hidden=bool(config.get("hidden", is_hidden)))


def _case(code: str, config: Mapping[str, Any], changes: Sequence[str], *, is_hidden: bool) -> OtterCase:
    found = list(changes)
    if message := config.get("failure_message"):
        code = with_message(code, str(message).strip().rstrip("\\").strip())
    if config.get("success_message"):
        found.append("its message for success is left out")
    points = config.get("points")
    number = float(points) if isinstance(points, int | float) and not isinstance(points, bool) else None
    return OtterCase(code, is_hidden, number, tuple(found))


def _cell_config(lines: Sequence[str], where: str) -> tuple[dict[str, Any], int]:
    if not _CONFIG_BEGIN.match(lines[0]):
        return {}, 0
    for number, line in enumerate(lines):
        if _CONFIG_END.match(line):
            return _yaml("\n".join(lines[1:number]), where), number + 1
    raise UnreadableImportError(f"{where}: its test config has no end.")


def _yaml(text: str, where: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableImportError(f"{where}: its configuration is not valid YAML.") from error
    if not isinstance(found, dict | None):
        raise UnreadableImportError(f"{where}: its configuration has no keys.")
    return found or {}


def _output(cell: NotebookNode) -> str:
    """Return what Otter takes for the expected output: everything that the cell printed, and its value."""
    parts = []
    for output in cell.get("outputs", []):
        value = output.get("data", {}).get("text/plain", "")
        parts += [_text(output.get("text", "")), _text(value)]
    return "".join(parts)


def _text(raw: Any) -> str:
    return "".join(map(str, raw)) if isinstance(raw, list) else str(raw)


def _parsed(code: str, where: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadableImportError(f"{where}: its code is not valid Python.") from error


def _only_function(code: str) -> ast.FunctionDef | None:
    """Return the function of an exception-based test: a cell with it, and a call of it at most."""
    body = ast.parse(code).body
    first = body[0] if body else None
    if not isinstance(first, ast.FunctionDef) or len(body) > 2:  # noqa: PLR2004  the function and its call
        return None
    rest = body[1:]
    return first if all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) for each in rest) else None


def _called(code: str, function: ast.FunctionDef, changes: list[str]) -> str:
    """Return the function without its decorators, called with the learner's names that it asks for."""
    names = [each.arg for each in function.args.args]
    wanted = names[: len(names) - len(function.args.defaults)]
    if _ENVIRONMENT in wanted:
        changes.append("it asks for the whole environment, which is `globals()` here")
    given = ", ".join(f"{name}=globals()" if name == _ENVIRONMENT else f"{name}={name}" for name in wanted)
    lines = code.split("\n")[function.lineno - 1 : function.end_lineno]
    body = "\n".join(lines)
    return f"{body}\n\n{function.name}({given})"


def read_test_file(text: str, *, where: str) -> OtterTests:
    """Read a test file of either format.

    Raises:
        UnreadableImportError: it is no test file, or says what only running it would tell.
    """
    tree = _parsed(text, where)
    values = dict(_assigned(tree))
    if isinstance(values.get("test"), dict):
        return read_ok_test(values["test"], where=where)
    cases = tuple(_function_case(text, node) for node in tree.body if _is_case(node))
    if not cases:
        raise UnreadableImportError(f"{where}: there is neither a `test` nor a function with `@test_case` in it.")
    name = values.get("name") if isinstance(values.get("name"), str) else ""
    found = OtterTests(str(name), cases, bool(values.get("all_or_nothing")))
    return found.with_points(values.get("points"), where)


def read_ok_test(spec: Mapping[str, Any], *, where: str) -> OtterTests:
    """Read a test of the OK format, as a file or a notebook's metadata have it.

    Raises:
        UnreadableImportError
    """
    suites = spec.get("suites")
    if not isinstance(suites, list) or not all(isinstance(suite, dict) for suite in suites):
        raise UnreadableImportError(f"{where}: it has no suites.")
    cases = tuple(case for suite in suites for case in _suite_cases(suite, where))
    found = OtterTests(str(spec.get("name", "")), cases, bool(spec.get("all_or_nothing")))
    return found.with_points(spec.get("points"), where)


def _suite_cases(suite: Mapping[str, Any], where: str) -> Iterator[OtterCase]:
    if suite.get("type", "doctest") != "doctest" or not isinstance(suite.get("cases"), list):
        raise UnreadableImportError(f"{where}: only suites of doctests can be read.")
    for case in suite["cases"]:
        if not isinstance(case, dict) or not isinstance(case.get("code"), str):
            raise UnreadableImportError(f"{where}: a case has no code.")
        setup, teardown = (suite.get(key) for key in ("setup", "teardown"))
        code, changes = from_doctest(case["code"], setup=setup, teardown=teardown, where=where)
        yield _case(code, case, changes, is_hidden=bool(case.get("hidden", True)))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Yield the names that a module gives plain values."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                yield node.targets[0].id, ast.literal_eval(node.value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                continue


def _is_case(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(_name_of(each) == "test_case" for each in node.decorator_list)


def _name_of(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _function_case(text: str, node: ast.stmt) -> OtterCase:
    assert isinstance(node, ast.FunctionDef)  # noqa: S101  `_is_case` looked
    config = {
        keyword.arg: keyword.value.value
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg and isinstance(keyword.value, ast.Constant)
    }
    changes: list[str] = []
    code = _called(text, node, changes)
    return _case(code, config, changes, is_hidden=bool(config.get("hidden", True)))
