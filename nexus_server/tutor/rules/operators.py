"""Rules for operators between values that do not go together."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import operands
from nexus_server.tutor.rules.type_words import origin_of_none, type_name

_BINARY = r"unsupported operand type\(s\) for (?P<op>.+?): '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'"
_ORDER = r"'(?P<op>[<>]=?)' not supported between instances of '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'"

_FUNCTIONS = frozenset({"function", "builtin_function_or_method", "method", "type"})


def _sides(failure: Failure, operator: str) -> str:
    pair = operands(failure, operator)
    if pair is None:
        return phrase("Work out the type of each side; `print(type(...))` tells it.")
    return phrase(
        "On its left stands {left}, on its right {right}. Which of the two is not what you expect?",
        left=code(pair[0]),
        right=code(pair[1]),
    )


def _text_plus(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    other = match["other"] or (match["left"] if match["right"] == "str" else match["right"])
    if other is None or (match["left"] and "str" not in (match["left"], match["right"])):
        return None
    if other in _FUNCTIONS:
        return None
    return None if other == "NoneType" else {"other": type_name(other), "sides": _sides(failure, "+")}


def _operator(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    symbol = match["op"].split(" ")[0]
    return {
        "op": code(symbol),
        "left": type_name(match["left"]),
        "right": type_name(match["right"]),
        "sides": _sides(failure, symbol),
    }


def _not_called(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if _FUNCTIONS & {match["left"], match["right"]} else None


def _none_operand(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if "NoneType" not in match.groupdict().values():
        return None
    return {"origin": origin_of_none(failure)}


def _repeated(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"type": type_name(match["type"]), "sides": _sides(failure, "*")}


def _two_kinds(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"type": type_name(match["type"]), "other": type_name(match["other"])}


RULES = (
    Rule(
        id="none-operand",
        enames=("TypeError",),
        pattern=rf"{_BINARY}|'[<>]=?' not supported between instances of '(?P<less>\w+)' and '(?P<more>\w+)'"
        r"|can only concatenate \w+ \(not \"(?P<other>NoneType)\"\)",
        concept="None and return values",
        facts=_none_operand,
        means=('A value {where} is None, which means "no value": it cannot be added, compared or counted with.'),
        look=("{look} {origin}"),
        step=(
            "A function gives its result back with `return`; showing it with `print` is not enough:\n\n"
            "```python\ndef double(n):\n    return 2 * n\n```"
        ),
    ),
    Rule(
        id="function-not-called",
        enames=("TypeError",),
        pattern=_BINARY,
        concept="calling functions",
        facts=_not_called,
        means=("One side of an operator {where} is a function itself instead of the result of calling it."),
        look=(
            "{look} Which name on this line, or in the line that set the value, is a function without "
            "parentheses behind it?"
        ),
        step=(
            "`len` is the function; `len('abc')` is what it gives back. To call a function without "
            "input, write empty parentheses: `input()`."
        ),
    ),
    Rule(
        id="text-plus-number",
        enames=("TypeError",),
        pattern=r"can only concatenate str \(not \"(?P<other>\w+)\"\) to str"
        r"|unsupported operand type\(s\) for \+=?: '(?P<left>\w+)' and '(?P<right>\w+)'",
        concept="types: text and numbers",
        facts=_text_plus,
        means=(
            "The `+` {where} has text on one side and {other} on the other. Python joins text with "
            "text and adds numbers to numbers, but does not mix them."
        ),
        look=("{look} {sides}"),
        step=(
            "Decide what you want: a longer text (turn the other value into text with `str(...)`, or "
            "use an f-string), or a sum (turn the text into a number with `int(...)` or `float(...)`). "
            "For example `'Room ' + str(12)`, or `int('12') + 1`."
        ),
    ),
    Rule(
        id="compare-types",
        enames=("TypeError",),
        pattern=_ORDER,
        concept="types: text and numbers",
        facts=_operator,
        means=(
            "The {op} {where} compares {left} with {right}. Python does not know which of these is the smaller one."
        ),
        look=("{look} {sides} Remember that `input()` always gives text, even if digits were typed."),
        step=(
            "Bring both sides to the same type first, for example `int('7') < 10`. In sorting or "
            "`max`, all items of the list need the same type."
        ),
    ),
    Rule(
        id="operand-types",
        enames=("TypeError",),
        pattern=_BINARY,
        concept="types: text and numbers",
        facts=_operator,
        means=("The operator {op} {where} does not work between {left} and {right}."),
        look=("{look} {sides}"),
        step=(
            "Check where each of the two values comes from and what type it has (`type(...)`). Then "
            "turn one into the other's type, or take out the part that you meant, such as one item of "
            "a list."
        ),
    ),
    Rule(
        id="multiply-text",
        enames=("TypeError",),
        pattern=r"can't multiply sequence by non-int of type '(?P<type>\w+)'",
        concept="types: text and numbers",
        facts=_repeated,
        means=(
            "The `*` {where} has a text or a list on one side and {type} on the other. Only a whole "
            "number can say how often something is repeated."
        ),
        look=("{look} {sides} Is one of them text that only looks like a number?"),
        step=(
            "`'ab' * 3` repeats text; `float('2.5') * 3` multiplies numbers. Values from `input()` and "
            "from files are text until you turn them into numbers."
        ),
    ),
    Rule(
        id="concatenate-list",
        enames=("TypeError",),
        pattern=r"can only concatenate (?P<type>list|tuple) \(not \"(?P<other>\w+)\"\)",
        concept="lists",
        facts=_two_kinds,
        means=("The `+` {where} has {type} on one side and {other} on the other. `+` joins two of the same kind."),
        look=("{look} Do you want to add one item, or to join two lists?"),
        step=(
            "One item is added with `.append(item)`; two lists are joined with `+`:\n\n"
            "```python\nqueue = ['Ann']\nqueue.append('Bo')\nqueue + ['Cy', 'Di']\n```"
        ),
    ),
)
