"""Rules for a failed check: what in the learner's own function may give another result. They run no code."""

import ast
import re
from collections.abc import Iterator, Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Facts, Rule, code
from nexus_server.tutor.rules.source_facts import (
    IN_PLACE_METHODS,
    find_function,
    has_return_value,
    on_line,
    text_of,
    walk,
)


def _tested(failure: Failure) -> ast.FunctionDef | None:
    """Return the function of this cell that the failed check calls, or else the only one that there is."""
    for check in on_line(failure, ast.Assert):
        for call in ast.walk(check):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                found = find_function(call.func.id, failure.cell_source)
                if found is not None:
                    return found
    own = [node for node in walk(failure.cell_source) if isinstance(node, ast.FunctionDef)]
    return own[0] if len(own) == 1 else _elsewhere(failure)


def _elsewhere(failure: Failure) -> ast.FunctionDef | None:
    """Return the function that the failed check calls, from the learner's other cells."""
    called = {
        call.func.id
        for check in on_line(failure, ast.Assert)
        for call in ast.walk(check)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    found = (find_function(name, cell) for cell in reversed(failure.other_cells) for name in sorted(called))
    return next((function for function in found if function is not None), None)


def _expected(failure: Failure) -> ast.expr | None:
    for check in on_line(failure, ast.Assert):
        test = check.test if isinstance(check, ast.Assert) else None
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
            sides = (test.left, test.comparators[0])
            return next((side for side in sides if not any(isinstance(n, ast.Call) for n in ast.walk(side))), None)
    return None


def _says(failure: Failure) -> str:
    return phrase(" It says: {message}.", message=code(failure.message)) if failure.message else ""


def _at(function: ast.FunctionDef, line: int, failure: Failure, **facts: str) -> Mapping[str, str]:
    known = {"function": code(function.name), "says": _says(failure), **facts}
    here = find_function(function.name, failure.cell_source)
    if here is not None and here.lineno == function.lineno:
        return {"line": str(line), **known}
    # The function is in another cell: its line has no number here, and the check's own line is never the fault.
    cell = next((c for c in failure.other_cells if find_function(function.name, c)), "")
    quoted = code(cell.splitlines()[line - 1].strip()) if line <= len(cell.splitlines()) else code(function.name)
    return {
        "line": "",
        "where": phrase("in {name}", name=code(function.name)),
        "look": phrase("Look into {name}, at {quoted}.", name=code(function.name), quoted=quoted),
        **known,
    }


def _returns(function: ast.FunctionDef) -> Iterator[ast.Return]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Return))


def _no_return(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    if function is None or has_return_value(function):
        return None
    bare = next(_returns(function), None)
    printed = [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    line = bare.lineno if bare else printed[-1] if printed else function.body[-1].lineno
    reason = (
        phrase("`print` shows a value on the screen, and gives nothing back.")
        if printed
        else phrase("A value is worked out, and lost.")
    )
    return _at(function, line, failure, reason=phrase("`return` alone gives back None.") if bare else reason)


def _one_way_without(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    if function is None or _ends(function.body):
        return None
    return _at(function, function.body[-1].lineno, failure)


def _ends(body: list[ast.stmt]) -> bool:
    """Return whether every way through `body` ends with a `return` or a `raise`."""
    match body[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=then, orelse=other):
            return bool(other) and _ends(then) and _ends(other)
        case ast.With(body=inner) | ast.Try(body=inner) | ast.While(test=ast.Constant(value=True), body=inner):
            return _ends(inner)
        case _:
            return False


def _early_return(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    if function is None:
        return None
    for loop in ast.walk(function):
        if isinstance(loop, ast.For | ast.While) and isinstance(loop.body[-1], ast.Return):
            return _at(function, loop.body[-1].lineno, failure, loop=str(loop.lineno))
    return None


def _changed_argument(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    own = [node for node in walk(failure.cell_source) if isinstance(node, ast.FunctionDef)]
    calls = any(isinstance(n, ast.Call) for check in on_line(failure, ast.Assert) for n in ast.walk(check))
    for function in own if not calls else ():
        names = {argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            if (name := _mutated(node)) in names:
                return _at(function, getattr(node, "lineno", function.lineno), failure, name=code(name or ""))
    return None


def _mutated(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in {*IN_PLACE_METHODS, "pop"}:
            return name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case _:
            return None


def _shared_default(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    if function is None or not any(isinstance(d, ast.List | ast.Dict | ast.Set) for d in function.args.defaults):
        return None
    return _at(function, function.lineno, failure)


def _other_type(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function, expected = _tested(failure), _expected(failure)
    if function is None or expected is None:
        return None
    for given in _returns(function):
        kind = _kind(given.value)
        wanted = _kind(expected)
        if kind and wanted and kind != wanted:
            return _at(function, given.lineno, failure, kind=kind, wanted=wanted)
    return None


def _kind(node: ast.expr | None) -> str | None:
    """Return what a value is for certain: a text, a number, a list ..."""
    match node:
        case ast.Constant(value=bool()):
            return phrase("a truth value")
        case ast.Constant(value=str()) | ast.JoinedStr() | ast.Call(func=ast.Name(id="str")):
            return phrase("a text")
        case ast.Constant(value=int() | float()) | ast.Call(func=ast.Name(id="int" | "float" | "len" | "sum")):
            return phrase("a number")
        case ast.List() | ast.ListComp() | ast.Call(func=ast.Name(id="list" | "sorted")):
            return phrase("a list")
        case ast.Dict() | ast.DictComp():
            return phrase("a dictionary")
        case _:
            return None


def _floats(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    checks = on_line(failure, ast.Assert)
    in_message = re.search(r"\d\.\d{14,}", failure.message)
    test = checks[-1].test if checks and isinstance(checks[-1], ast.Assert) else None
    sums = test is not None and not any(isinstance(n, ast.Call | ast.Name) for n in ast.walk(test))
    parts = [n for n in ast.walk(test) if isinstance(n, ast.Constant) and isinstance(n.value, float)] if test else []
    return {"says": _says(failure)} if in_message or (sums and len(parts) > 1) else None


def _range_ends(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    for loop in ast.walk(function) if function else ():
        match loop:
            case ast.For(iter=ast.Call(func=ast.Name(id="range"))) if function is not None:
                return _at(function, loop.lineno, failure, range=code(text_of(loop.iter)))
    return None


def _result(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    function = _tested(failure)
    if function is None:
        return None
    given = next(iter(sorted(_returns(function), key=lambda node: node.lineno)), None)
    expected = _expected(failure)
    wanted = phrase(" It should give {expected}.", expected=code(text_of(expected))) if expected is not None else ""
    return _at(function, given.lineno if given else function.lineno, failure, wanted=wanted)


_MEANS = "A check is not fulfilled: the function {function} ran, but gave something else than expected.{says}"


def _rule(name: str, concept: str, facts: Facts, texts: tuple[str, str], means: str = _MEANS) -> Rule:
    return Rule(
        id=name,
        enames=("AssertionError",),
        pattern=r"",
        concept=concept,
        facts=facts,
        means=means,
        look=texts[0],
        step=texts[1],
    )


RULES = (
    _rule(
        "result-not-returned",
        "None and return values",
        _no_return,
        (
            "{look} {reason} So the check gets None.",
            "Let the function end with `return` and the value, in place of showing or keeping it.",
        ),
    ),
    _rule(
        "result-changed-argument",
        "things that can change",
        _changed_argument,
        (
            "{look} It changes {name} itself, and the caller's own list or dictionary is the same object.",
            "Work on a copy, or use what makes a new one: `sorted(...)` in place of `.sort()`.",
        ),
    ),
    _rule(
        "result-shared-default",
        "things that can change",
        _shared_default,
        (
            "{look} A value behind `=` in the parameters is made once. Every call without that argument shares it.",
            "Use `None` as the default, and make a new list inside the function when nothing was given.",
        ),
    ),
    _rule(
        "result-early",
        "functions",
        _early_return,
        (
            "{look} It stands inside the loop of line {loop}, so the function ends in the first round.",
            "Ask whether the answer is known already in the first round. If not, the line belongs behind the loop.",
        ),
    ),
    _rule(
        "result-one-way",
        "None and return values",
        _one_way_without,
        (
            (
                "{look} Go through the function for the input of the check: on one way it ends without `return`, "
                "and gives None."
            ),
            "Give every way through the function a `return` with a value.",
        ),
    ),
    _rule(
        "result-float",
        "decimal numbers (floats)",
        _floats,
        (
            "{look} Decimal numbers are kept with a limited number of digits, so a sum can be off in the last one.",
            "Compare by nearness: `math.isclose(...)`, or round both sides.",
        ),
        "A check {where} is not fulfilled: two decimal numbers are nearly equal, but not in all of their digits.{says}",
    ),
    _rule(
        "result-type",
        "types: text and numbers",
        _other_type,
        (
            "{look} It gives back {kind}, and the check expects {wanted}.",
            (
                "Give back the value itself, of the kind that the task asks for. How it looks is decided where it "
                "is shown."
            ),
        ),
    ),
    _rule(
        "result-range",
        "loops",
        _range_ends,
        (
            (
                "{look} {range} begins and ends somewhere: which are its first and its last number? The end itself "
                "is left out."
            ),
            "Write down by hand which numbers the loop should go through, and compare the first and the last one.",
        ),
    ),
    _rule(
        "result-other",
        "tests",
        _result,
        (
            "{look}{wanted} Work out by hand what this line gives for the input of the check, and compare.",
            (
                "Try the smallest input first: an empty list, zero, one item. Print the values in between, and find "
                "the first "
                "one that differs from what you expect."
            ),
        ),
    ),
)
