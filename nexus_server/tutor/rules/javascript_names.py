"""Rules for JavaScript's names: not known here, not yet, or no longer."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, own_words

_OTHER_NAMES = {
    "append": "push",
    "add": "push (arrays) or add (sets)",
    "push": "push, which only arrays have",
    "contains": "includes",
    "len": "length",
    "length": "length, without parentheses",
    "size": "length or size, without parentheses",
    "join": "join, which only arrays have",
    "upper": "toUpperCase",
    "lower": "toLowerCase",
    "strip": "trim",
    "squareRoot": "Math.sqrt",
    "remove": "splice or filter",
    "sorted": "sort",
    "foreach": "forEach",
    "map": "map, which only arrays have",
    "forEach": "forEach, which only arrays have",
}
_BROWSER = {"document", "window", "alert", "localStorage"}
_PYTHON = {
    "print": "console.log(...)",
    "len": gettext_noop("the property .length"),
    "True": "true",
    "False": "false",
    "None": "null",
    "str": "String(...)",
    "int": "Number(...)",
    "range": gettext_noop("a for loop that counts"),
}


def _declared(failure: Failure, name: str) -> list[int]:
    known = (
        rf"\b(?:let|const|var|class|function)\s+{re.escape(name)}\b|\b(?:let|const|var)\s+[^=;]*\b{re.escape(name)}\b"
    )
    return [number for number, line in enumerate(failure.lines, start=1) if re.search(known, line)]


def _later(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    lines = _declared(failure, match["name"])
    here = failure.line_number
    if not lines or here is None or not any(line >= here for line in lines):
        return None
    return {"declared": str(next(line for line in lines if line >= here))}


def _inner(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    lines = _declared(failure, match["name"])
    return {"declared": str(lines[0])} if lines else None


def _shadowed(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    lines = _declared(failure, match["name"])
    return {"declared": str(lines[-1])} if len(lines) > 1 else None


def _as_text(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    name = re.escape(match["name"])
    return (
        {}
        if re.search(rf"[=(,]\s*{name}\s*[;,)]?$|===?\s*{name}\b", failure.bad_line) and match["name"][:1].isupper()
        else None
    )


def _foreign(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if match["name"] in _BROWSER:
        return {"instead": phrase("Here is no browser page: a cell has no document and no window.")}
    other = _PYTHON.get(match["name"])
    return {"instead": phrase("What you may be looking for is {other}.", other=own_words(other))} if other else None


def _constructed(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if re.search(rf"\bnew\s+{re.escape(match['name'])}\b", failure.bad_line) else None


#: what the rules below share
_rule = partial(Rule, enames=("ReferenceError",), language=Language.JAVASCRIPT)
_UNKNOWN = r"^(?P<name>[\w$]+) is not defined"

RULES = (
    _rule(
        id="js-require",
        pattern=r"^(?P<name>require|module|exports) is not defined",
        concept="modules and imports",
        means="{name} {where} belongs to another way of writing modules, which this kernel does not have.",
        look="{look} Which library does the line want?",
        step="Modules are imported with `import`, and those of Node have the prefix `node:`. There is no network here.",
    ),
    _rule(
        id="js-constructor-unknown",
        pattern=_UNKNOWN,
        concept="classes",
        facts=lambda f, m: _constructed(f, m) if not _declared(f, m["name"]) else None,
        means="`new` {where} is to make an object of {name}, but no class of that name is known.",
        look="{look} How is the class spelled where it is defined? Capital letters count.",
        step="Use the class's exact name, and run the cell that defines it first.",
    ),
    _rule(
        id="js-foreign-name",
        pattern=_UNKNOWN,
        concept="names and variables",
        facts=_foreign,
        means="JavaScript does not know the name {name} that is used {where}; it belongs somewhere else.",
        look="{look} {instead}",
        step="Replace it by what this kernel has, everywhere in the cell.",
    ),
    _rule(
        id="js-used-early",
        pattern=_UNKNOWN,
        concept="order of execution",
        facts=_later,
        means="{name} is used {where} before the line that gives it its value has run.",
        look="{look} It is declared on line {declared}, and a cell runs from top to bottom.",
        step="Move the declaration above the first use.",
    ),
    _rule(
        id="js-out-of-scope",
        pattern=_UNKNOWN,
        concept="scope of variables",
        facts=_inner,
        means="{name} is not known {where}: it lives only inside the block or function that declares it.",
        look="{look} It is declared on line {declared}. Between which braces?",
        step="Declare it outside of the braces, or give the value back with `return` and keep that.",
    ),
    _rule(
        id="js-quotes-missing",
        pattern=_UNKNOWN,
        concept="text (strings)",
        facts=_as_text,
        means="JavaScript does not know the name {name} that is used {where}. A word without quotes is read as a name.",
        look="{look} Is {name} meant as text, or as a variable that should have been declared?",
        step="Text stands between quotes, a variable does not. Decide which of the two it is.",
    ),
    _rule(
        id="js-shadowed",
        pattern=r"^Cannot access '(?P<name>[\w$]+)' before",
        concept="scope of variables",
        facts=_shadowed,
        means="{name} {where} is the inner one, which has no value yet; it hides the outer one of the same name.",
        look="{look} {name} is declared again on line {declared}, in the same block.",
        step="Give the two different names, or leave out the second declaration if there should be only one.",
    ),
)
