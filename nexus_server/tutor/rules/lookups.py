"""Rules for looking things up: positions, keys, attributes."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, own_words
from nexus_server.tutor.rules.source_facts import last_assignment, nearest, on_line, text_of, walk
from nexus_server.tutor.rules.type_words import type_name
from nexus_server.tutor.rules.types import none_origin

_TYPES: dict[str, type] = {t.__name__: t for t in (str, int, float, list, tuple, dict, set, bool, bytes, range)}
#: what other languages, and other types, call a method
_OTHER_NAMES = {
    "push": "append",
    "add": "append",
    "length": "len(...)",
    "len": "len(...)",
    "size": "len(...)",
    "toUpperCase": "upper",
    "toLowerCase": "lower",
    "trim": "strip",
    "contains": "in",
    "includes": "in",
    "has_key": "in",
    "indexOf": "index",
    "substring": gettext_noop("a slice such as [1:3]"),
    "toString": "str(...)",
    "append": gettext_noop("a new key with = (dict), add (set) or + (text)"),
    "sort": "sorted(...)",
    "delete": gettext_noop("remove or del"),
}


def _index(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    found = [n for n in on_line(failure, ast.Subscript) if isinstance(n, ast.Subscript)]
    if len(found) != 1:
        return {"subject": phrase("Print the length with `len(...)` and the position that you ask for.")}
    subject, position = text_of(found[0].value), text_of(found[0].slice)
    return {
        "subject": (
            phrase(
                "How many items has {subject} at that moment, and what is the value of {position}? Print both.",
                subject=code(subject),
                position=code(position),
            )
        )
    }


def _key(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    key = match["key"].strip("'\"")
    known = [
        k.value
        for n in walk(failure.cell_source)
        if isinstance(n, ast.Dict)
        for k in n.keys
        if isinstance(k, ast.Constant) and isinstance(k.value, str)
    ]
    near = nearest(key, known)
    if near:
        return {
            "similar": (
                phrase(
                    "A dictionary in this cell has a similar key, {near}: capital letters, spaces and spelling count.",
                    near=code(repr(near)),
                )
            )
        }
    if re.fullmatch(r"-?\d+", match["key"]):
        return {
            "similar": (
                phrase(
                    "The key that was asked for is a number. `1` and `'1'` are different keys, and dictionaries have "
                    "no positions."
                )
            )
        }
    return {"similar": phrase("Print the dictionary's `.keys()` just before this line, and compare.")}


def _attribute(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    kind = _TYPES.get(match["type"])
    near = nearest(match["name"], [n for n in dir(kind) if not n.startswith("_")]) if kind else None
    other = _OTHER_NAMES.get(match["name"])
    if near:
        similar = phrase("There is one with a similar name: {near}.", near=code(near))
    elif other and kind:
        similar = phrase("What you may be looking for is {other} here.", other=own_words(other))
    else:
        similar = phrase("Is the value of the type that you expect? `type(...)` tells it.")
    return {"type": type_name(match["type"]), "similar": similar}


def _module_attribute(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"module": code(match["module"])}


def _empty_braces(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    found = re.match(r"(\w+)\.", failure.bad_line)
    made = last_assignment(found[1], failure.cell_source, failure.line_number) if found else None
    return {"made": str(made[0])} if made and isinstance(made[1], ast.Dict) and not made[1].keys else None


def _has_set(failure: Failure) -> bool:
    found = re.search(r"(\w+)\.(?:remove|pop)\(", failure.bad_line)
    made = last_assignment(found[1], failure.cell_source, failure.line_number) if found else None
    return made is not None and (isinstance(made[1], ast.Set) or text_of(made[1]).startswith("set("))


RULES = (
    Rule(
        id="index-range",
        enames=("IndexError",),
        pattern=(
            r"(?:list|string|tuple|range object|bytearray|array)?.*(?:index|assignment index) out of range"
            r"|^pop index"
        ),
        concept="lists and positions",
        facts=_index,
        means=(
            "A position {where} does not exist: it lies behind the last item. Positions count from 0, "
            "so a list of three items has the positions 0, 1 and 2."
        ),
        look=("{look} {subject}"),
        step=(
            "The last position is `len(...) - 1`, and an empty list has none at all. Going through the "
            "items themselves avoids counting:\n\n"
            "```python\nfor animal in ['cat', 'dog']:\n    print(animal)\n```"
        ),
    ),
    Rule(
        id="pop-empty",
        enames=("IndexError",),
        pattern=r"pop from (?:an )?empty|from an empty (?:deque|sequence)",
        concept="lists",
        means=("Something is taken out of a list {where}, but the list is empty."),
        look=("{look} Is this line run more often than there are items?"),
        step=(
            "Ask first whether something is left: an empty list counts as false, so `if queue:` or "
            "`while queue:` is enough."
        ),
    ),
    Rule(
        id="format-fields",
        enames=("IndexError",),
        pattern=r"Replacement index (?P<index>\d+) out of range",
        concept="text (strings)",
        means=("The text {where} has more places `{{}}` to fill in than `.format(...)` was given values."),
        look=("{look} Count the pairs of braces and the arguments of `.format`."),
        step=("Each `{{}}` needs one value. An f-string keeps both together: `f'{{width}} x {{height}}'`."),
    ),
    Rule(
        id="set-item-missing",
        enames=("KeyError",),
        pattern=r"^(?P<key>.+)$",
        concept="sets",
        facts=lambda f, _m: {} if re.search(r"\.(?:remove|pop)\(", f.bad_line) and _has_set(f) else None,
        means="{key} is to be taken out of a set {where}, but it is not in there.",
        look="{look} Print the set just before this line. Spelling and type count.",
        step="`.discard(item)` takes an item out if it is there. Or ask with `in` first.",
    ),
    Rule(
        id="key-missing",
        enames=("KeyError",),
        pattern=r"^(?P<key>.+)$",
        concept="dictionaries",
        facts=_key,
        means=("The dictionary used {where} has no key {key}."),
        look=("{look} {similar}"),
        step=(
            "Ask before you look up (`if key in prices:`), or use `.get`, which gives a value of your "
            "choice when the key is missing:\n\n"
            "```python\nprices = {{'tea': 2}}\nprices.get('milk', 0)\n```"
        ),
    ),
    Rule(
        id="attribute-none",
        enames=("AttributeError",),
        pattern=r"'NoneType' object has no attribute '(?P<name>\w+)'",
        concept="None and return values",
        facts=none_origin,
        means=('The value before `.` {where} is None, which means "no value", so it has no {name}.'),
        look=("{look} {origin}"),
        step=(
            "Methods such as `.append()` and `.sort()` change the list and return nothing; call them "
            "on a line of their own:\n\n"
            "```python\nletters = ['b', 'a']\nletters.sort()\n```\n\n"
            "A function of yours gives a value only with `return`."
        ),
    ),
    Rule(
        id="attribute-module",
        enames=("AttributeError",),
        pattern=r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
        concept="modules and imports",
        facts=_module_attribute,
        means=("The library {module} has nothing called {name}; it is asked for {where}."),
        look=(
            "{look} Check the spelling. If you have a file or a variable named like the library, it hides the library."
        ),
        step=(
            "Type the library's name and a dot, then press Tab: the list shows what it offers. "
            "`help(...)` explains each of them."
        ),
    ),
    Rule(
        id="tuple-changed",
        enames=("AttributeError",),
        pattern=r"'(?P<type>tuple)' object has no attribute '(?P<name>append|extend|insert|remove|sort|pop"
        r"|reverse|clear)'",
        concept="things that can change",
        means="A tuple is to be changed {where} with {name}. A tuple stays as it was made.",
        look="{look} Where was it made? Round brackets make a tuple, square ones a list.",
        step="Make a list if the items shall change, or a new tuple from the old one with `+`.",
    ),
    Rule(
        id="empty-braces",
        enames=("AttributeError",),
        pattern=r"'(?P<type>dict)' object has no attribute '(?P<name>add|discard|union|intersection)'",
        concept="sets",
        facts=_empty_braces,
        means="{name} {where} belongs to another kind of collection: empty braces make a dictionary, not a set.",
        look="{look} The name got its value on line {made}. What do the braces there make?",
        step="An empty set is written `set()`, an empty list `[]`.",
    ),
    Rule(
        id="attribute-of-dict",
        enames=("AttributeError",),
        pattern=r"^'(?P<type>dict)' object has no attribute '(?P<name>\w+)'",
        concept="dictionaries",
        facts=_attribute,
        means="The value before the `.` {where} is {type}, and that has no {name}.",
        look="{look} {similar}",
        step="A value of a dictionary is found by its key, in square brackets and quotes. A dot reaches its "
        "methods: `keys`, "
        "`values`, `items`, `get`.",
    ),
    Rule(
        id="attribute-of-set",
        enames=("AttributeError",),
        pattern=r"^'(?P<type>set|frozenset)' object has no attribute '(?P<name>\w+)'",
        concept="sets",
        facts=_attribute,
        means="The value before the `.` {where} is {type}, and that has no {name}.",
        look="{look} {similar}",
        step="A set takes an item with `.add(item)` and joins another with `|`. It has no order.",
    ),
    Rule(
        id="attribute-missing",
        enames=("AttributeError",),
        pattern=r"^'?(?P<type>[\w.]+)'? object has no attribute '(?P<name>\w+)'",
        concept="methods",
        facts=_attribute,
        means=("The value before the `.` {where} is {type}, and that has no {name}."),
        look=("{look} {similar}"),
        step=(
            "Each type has methods of its own: a list has `append`, text has `upper`, a dictionary has "
            "`keys`. Type the variable's name and a dot, then press Tab to see them."
        ),
    ),
)
