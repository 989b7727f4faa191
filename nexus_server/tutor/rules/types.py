"""Rules for values of the wrong type: None, iteration, positions, conversions."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import on_line, text_of
from nexus_server.tutor.rules.type_words import origin_of_none, type_name

_FUNCTIONS = "function|builtin_function_or_method|method|type|method_descriptor|wrapper_descriptor"


def none_origin(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    """Tell where the None comes from."""
    return {"origin": origin_of_none(failure)}


def _type(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"type": type_name(match["type"])}


def _not_iterable(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    kind = type_name(match["type"] or match["member"] or match["unpacked"])
    subjects = [
        node.iter
        for node in on_line(failure, ast.For, ast.comprehension)
        if isinstance(node, ast.For | ast.comprehension)
    ]
    return {
        "type": kind,
        "subject": phrase("{subject} is {kind}.", subject=code(text_of(subjects[-1])), kind=kind) if subjects else "",
    }


def _subscript(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    found = [node.value for node in on_line(failure, ast.Subscript) if isinstance(node, ast.Subscript)]
    subject = (
        phrase("{found} has square brackets behind it, but", found=code(text_of(found[-1])))
        if len(found) == 1
        else phrase("What stands before the square brackets")
    )
    return {"subject": subject, "type": type_name(match["type"])}


RULES = (
    Rule(
        id="none-subscript",
        enames=("TypeError",),
        pattern=(
            r"'NoneType' object (?:is not (?:subscriptable|iterable|callable)|does not support item)"
            r"|cannot unpack non-iterable NoneType|object of type 'NoneType' has no len|bad operand type for "
            r".*: 'NoneType'"
            r"|argument of type 'NoneType'|must be .*, not '?NoneType"
        ),
        concept="None and return values",
        facts=none_origin,
        means=('The value {where} is None, which means "no value". It has no items to take or to go through.'),
        look=("{look} {origin}"),
        step=(
            "Change an object in place and keep using its own name, or keep the result of a function "
            "that returns one:\n\n"
            "```python\nletters = ['b', 'a']\nletters.sort()\nordered = sorted(letters)\n```"
        ),
    ),
    Rule(
        id="function-not-called-here",
        enames=("TypeError",),
        pattern=rf"'(?P<type>{_FUNCTIONS})' object (?:is not (?:subscriptable|iterable)|cannot be interpreted|does not "
        rf"support)|object of type '(?P<type2>{_FUNCTIONS})' has no len|not \"(?P<type3>{_FUNCTIONS})\"\)",
        concept="calling functions",
        means="A function itself stands {where}, in place of what it gives back.",
        look="{look} Which name on this line, or in the line that set the value, is a function? Are its "
        "parentheses round?",
        step="Call the function with round parentheses, with its input between them; empty ones if it takes none.",
    ),
    Rule(
        id="unpack-single",
        enames=("TypeError",),
        pattern=r"cannot unpack non-iterable (?P<type>[\w.]+) object",
        concept="unpacking",
        facts=_type,
        means="Several names are set at once {where}, but there is only one value: {type}.",
        look="{look} What does the right side, or one item of what the loop goes through, hold?",
        step="Go through `enumerate(...)` for positions and items, or `.items()` for keys and values; or set one name.",
    ),
    Rule(
        id="list-plus-item",
        enames=("TypeError",),
        pattern=r"'(?P<type>[\w.]+)' object is not iterable",
        concept="lists",
        facts=lambda f, m: _type(f, m) if re.match(r"[\w.\[\]'\"]+\s*\+=|.*\.extend\(", f.bad_line) else None,
        means="A list is made longer {where} by something that is not a list, but {type}.",
        look="{look} `+=` and `.extend` take a list, and add each of its items.",
        step="One item is added with `.append(item)`.",
    ),
    Rule(
        id="set-position",
        enames=("TypeError",),
        pattern=r"'(?P<type>set|frozenset)' object (?:is not subscriptable|does not support item)",
        concept="sets",
        means="A position is asked for {where}, but a set has no order and no positions.",
        look="{look} Do you need the items in an order, or only whether something is in it?",
        step="Ask with `in`, go through it with a loop, or make a list of it with `sorted(...)`.",
    ),
    Rule(
        id="keys-position",
        enames=("TypeError",),
        pattern=r"'(?P<type>dict_keys|dict_values|dict_items)' object is not subscriptable",
        concept="dictionaries",
        means="The keys or values of a dictionary are asked for a position {where}; they have none.",
        look="{look} A dictionary finds a value by its key. Do you know the key?",
        step="Use the key in square brackets, or make a list first: `list(ages.keys())`.",
    ),
    Rule(
        id="not-subscriptable",
        enames=("TypeError",),
        pattern=r"'(?P<type>[\w.]+)' object is not subscriptable",
        concept="lists and positions",
        facts=_subscript,
        means=(
            "Square brackets {where} ask for an item of {type}, which has no items that can be taken out like this."
        ),
        look=("{look} {subject} is {type}. Did you mean round parentheses for a call, or another variable?"),
        step=(
            "`name[0]` takes an item of a list, text or dictionary; `name(0)` calls a function. Print "
            "the value to see what it really is."
        ),
    ),
    Rule(
        id="not-iterable",
        enames=("TypeError",),
        pattern=r"'(?P<type>[\w.]+)' object is not iterable"
        r"|argument of type '(?P<member>[\w.]+)' is not (?:iterable|a container)"
        r"|cannot unpack non-iterable (?P<unpacked>[\w.]+) object",
        concept="loops",
        facts=_not_iterable,
        means=("Something is gone through item by item {where}, but it is {type}, which has no items."),
        look=("{look} {subject} To repeat something a number of times, a loop needs a range of numbers."),
        step=(
            "A number is not a list of numbers, but `range` makes one:\n\n"
            "```python\nfor step in range(3):\n    print(step)\n```"
        ),
    ),
    Rule(
        id="unhashable",
        enames=("TypeError",),
        pattern=r"unhashable type: '(?P<type>\w+)'|cannot use '(?P<type2>\w+)' as a (?:dict key|set element)",
        concept="dictionaries",
        facts=lambda _f, m: {"type": type_name(m["type"] or m["type2"])},
        means=(
            "A dictionary's key or a set's item {where} is {type}. That can change later, so Python "
            "cannot use it to look things up."
        ),
        look=("{look} Which value stands in the place of the key (or goes into the set)?"),
        step=(
            "Use something that cannot change as a key: text, a number, or a tuple like `(3, 4)` "
            "instead of the list `[3, 4]`."
        ),
    ),
    Rule(
        id="index-type",
        enames=("TypeError",),
        pattern=r"(?P<type>list|tuple|string|str|byte|range) (?:indices|index) must be integers"
        r"(?: or slices)?(?:, not '?(?P<given>\w+)'?)?",
        concept="lists and positions",
        facts=lambda _f, m: {"type": m["type"], "given": type_name(m["given"] or "value")},
        means=(
            "The position in square brackets {where} is {given}. Positions in a {type} are whole "
            "numbers, counted from 0."
        ),
        look=(
            "{look} What is inside the brackets? If you look something up by name, the thing before "
            "the brackets should be a dictionary; check what it is."
        ),
        step=(
            "A `for` loop over a list gives its items, not their positions:\n\n"
            "```python\nfor colour in ['red', 'blue']:\n    print(colour)\n```\n\n"
            "A result of `/` is a decimal number; `//` gives a whole one."
        ),
    ),
    Rule(
        id="item-assignment",
        enames=("TypeError",),
        pattern=r"'(?P<type>\w+)' object (?:does not|doesn't) support item (?:assignment|deletion)",
        concept="things that can change",
        facts=_type,
        means=("A part of {type} is to be changed {where}. That kind of value cannot be changed after it was made."),
        look=("{look} Text and tuples stay as they are; only a new one can be made from them."),
        step=(
            "Build a new value instead, such as `'J' + 'ohn'[1:]` or `word.replace(...)`, or keep the "
            "items in a list, which can change."
        ),
    ),
    Rule(
        id="no-len",
        enames=("TypeError",),
        pattern=r"object of type '(?P<type>[\w.]+)' has no len\(\)",
        concept="types: text and numbers",
        facts=_type,
        means=("`len()` {where} is asked for the length of {type}, which has none."),
        look=(
            "{look} `len` counts the characters of text or the items of a list, a dictionary or a set. "
            "What is the value in its parentheses?"
        ),
        step=(
            "To count a number's digits, turn it into text first: `len(str(2024))`. If you expected a "
            "list, print the value and see where it became something else."
        ),
    ),
    Rule(
        id="position-not-whole",
        enames=("TypeError",),
        pattern=r"^slice indices must be integers|^(?:list|tuple|string|\w+) indices must be integers.*not '?float",
        concept="lists and positions",
        means="A position {where} is not a whole number.",
        look="{look} What stands in the square brackets, and what is its type? `/` gives a decimal number even where "
        "nothing is left over.",
        step="Use `//` where the position is computed, or turn it into a whole number with `int(...)`.",
    ),
    Rule(
        id="whole-number-needed",
        enames=("TypeError",),
        pattern=r"'(?P<type>\w+)' object cannot be interpreted as an integer|must be an integer, not (?P<type2>\w+)",
        concept="types: text and numbers",
        facts=lambda _f, m: {"type": type_name(m["type"] or m["type2"])},
        means="A whole number is needed {where}, and {type} is given.",
        look="{look} Where does the value come from? `/` gives a decimal number, `input()` a text.",
        step="Use `//` for a whole result, or turn the value into a whole number with `int(...)`.",
    ),
    Rule(
        id="wrong-type-given",
        enames=("TypeError",),
        pattern=r"bad operand type for (?P<what>.+?): '(?P<type>\w+)'|type (?P<type2>\w+) doesn't define "
        r"__(?P<what2>\w+)__"
        r"|sequence item (?P<item>\d+): expected str instance, (?P<type3>\w+) found|must be (?:real number|str"
        r"|string|a string"
        r"|int|float|list|bytes)[\w ,]*, not '?(?P<type4>\w+)|requires string as left operand, not (?P<type5>\w+)"
        r"|can't concat (?P<type6>\w+) to bytes|(?P<what3>ord\(\)) expected a character|expected str, bytes or "
        r"os.PathLike "
        r"object, not (?P<type7>\w+)|a bytes-like object is required, not '(?P<type8>\w+)'|expected string or "
        r"bytes-like object"
        r"|conversion from (?P<type9>\w+) to Decimal|must be str or None, not (?P<type10>\w+)",
        concept="types: text and numbers",
        facts=lambda _f, m: {
            "type": type_name(next((v for k, v in m.groupdict().items() if k.startswith("type") and v), "value"))
        },
        means="Something {where} gets {type}, and cannot use it.",
        look="{look} Which type does it need: a text, or a number? `type(...)` tells what a value is.",
        step="Convert the value first: `str(...)` makes text, `int(...)` and `float(...)` make numbers. The "
        "items of a list "
        "are converted one by one.",
    ),
    Rule(
        id="conversion-type",
        enames=("TypeError",),
        pattern=r"(?P<name>int|float|bytes|complex)\(\) argument must be .*not '(?P<given>\w+)'",
        concept="types: text and numbers",
        facts=lambda _f, m: {"given": type_name(m["given"])},
        means=("{name} {where} is to make a number out of {given}. It can only do that with one number or one text."),
        look=("{look} Do you want to convert each item of a collection, or one of them?"),
        step=("Convert the items one at a time, for example in a loop: `int('4')` works, `int(['4', '5'])` does not."),
    ),
)
