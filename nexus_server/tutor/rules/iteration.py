"""Rules for what gives its items one by one, and for collections that change while they are gone through."""

import ast
import re
from collections.abc import Mapping

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import IN_PLACE_METHODS, text_of, walk
from nexus_server.tutor.rules.type_words import type_name

_LAZY = r"(?:map|zip|filter|generator|enumerate|reversed|\w+_iterator)"


def _changed(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    subject = f"the {match['kind'].lower()}"
    for loop in walk(failure.cell_source):
        if not isinstance(loop, ast.For) or loop.lineno != failure.line_number:
            continue
        gone_through = text_of(loop.iter).split(".")[0]
        change = next((node for node in ast.walk(loop) if _changes(node, gone_through)), None)
        if change is not None:
            return {"line": str(getattr(change, "lineno", loop.lineno)), "subject": code(gone_through)}
    return {"subject": subject}


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return owner == name and method in {*IN_PLACE_METHODS, "pop", "popitem", "discard", "setdefault"}
        case ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store() | ast.Del()):
            return owner == name
        case _:
            return False


RULES = (
    Rule(
        id="changed-while-looping",
        enames=("RuntimeError",),
        pattern=r"(?P<kind>dictionary|Set|deque|OrderedDict) (?:changed size|keys changed|mutated) during iteration",
        concept="loops",
        facts=_changed,
        means="A loop goes through {subject} and changes it at the same time {where}. Python then loses its place.",
        look="{look} Which line of the loop adds or removes something?",
        step="Go through a copy (`list(...)` around what the loop goes through), or collect the changes and make them "
        "after the loop.",
    ),
    Rule(
        id="iterator-not-list",
        enames=("TypeError",),
        pattern=rf"'(?P<type>{_LAZY})' object is not subscriptable|object of type '(?P<sized>{_LAZY})' has no len"
        rf"|\(not \"(?P<other>{_LAZY})\"\)",
        concept="iterators and generators",
        facts=lambda _f, m: {"type": type_name(m["type"] or m["sized"] or m["other"])},
        means="The value {where} is {type}: it gives its items one by one, and has no length and no positions.",
        look="{look} Where was it made, and do you need one item after another, or all at once?",
        step="Put `list(...)` around it where it is made, and use that list. Or go through it with a `for` loop.",
    ),
    Rule(
        id="not-an-iterator",
        enames=("TypeError",),
        pattern=r"'(?P<type>\w+)' object is not an iterator",
        concept="iterators and generators",
        facts=lambda _f, m: {"type": type_name(m["type"])},
        means="`next` {where} gets {type}. It has items, but does not remember which one comes next.",
        look="{look} What is handed to `next`?",
        step="`iter(...)` makes an iterator of a list; keep it under a name and hand that to `next`. A `for` loop does "
        "both by itself.",
    ),
    Rule(
        id="stop-iteration",
        enames=("StopIteration",),
        pattern=r"",
        concept="iterators and generators",
        means="`next()` {where} asks for one more item, but there is none left.",
        look="{look} How many items are there, and how often is `next` called? An iterator can be gone through once.",
        step="A `for` loop stops by itself at the end. With `next`, say what to give back when nothing is left: "
        "`next(items, None)`.",
    ),
    Rule(
        id="dict-from-pairs",
        enames=("TypeError", "ValueError"),
        pattern=r"dictionary update sequence element #(?P<index>\d+)",
        concept="dictionaries",
        means="`dict(...)` {where} needs pairs of a key and a value, but item {index} is not a pair.",
        look="{look} Print what stands in the parentheses: does each of its items hold exactly two things?",
        step="Bring the items into pairs first; `zip` makes pairs of two lists.",
    ),
)
