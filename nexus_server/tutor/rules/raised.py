"""Rules for errors that the program raises by itself, and for how they are raised and caught."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import on_line, text_of, walk


def _own(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    raised = [node for node in on_line(failure, ast.Raise) if isinstance(node, ast.Raise)]
    if not raised:
        return None
    line = failure.line_number or 0
    guards = [node for node in walk(failure.cell_source) if isinstance(node, ast.If) and node.lineno <= line]
    around = [node for node in guards if line <= (node.body[-1].end_lineno or 0)]
    says = phrase(" It says: {match}.", match=code(match[0])) if match[0] else ""
    if not around:
        return {"says": says, "guard": phrase("Nothing around it decides whether it runs.")}
    return {
        "says": says,
        "guard": phrase(
            "It runs because {test} (line {line}) is true.", test=code(text_of(around[-1].test)), line=around[-1].lineno
        ),
    }


def _gone(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    handlers = (node for node in walk(failure.cell_source) if isinstance(node, ast.ExceptHandler))
    found = next((node for node in handlers if node.name == match["name"]), None)
    return {"defined": str(found.lineno)} if found else None


RULES = (
    Rule(
        id="except-name-gone",
        enames=("NameError",),
        pattern=r"^name '(?P<name>\w+)' is not defined",
        concept="exceptions",
        facts=_gone,
        means="{name} {where} is no longer known: the name behind `as` lives only inside its `except` block.",
        look="{look} The block that names it begins on line {defined}. Is this line inside of it?",
        step="Use the error inside the block, or keep what you need of it there under another name.",
    ),
    Rule(
        id="raise-no-exception",
        enames=("TypeError",),
        pattern=r"exceptions must (?:derive from BaseException|be (?:old-style )?classes)",
        concept="exceptions",
        means="`raise` {where} is given something that is not an exception.",
        look="{look} What stands behind `raise`?",
        step="Raise an exception that carries the text: its kind, and the text in parentheses.",
    ),
    Rule(
        id="catch-no-exception",
        enames=("TypeError",),
        pattern=r"catching classes that do not inherit from BaseException",
        concept="exceptions",
        means="`except` {where} is followed by something that is not a kind of exception.",
        look="{look} The kind is a name, such as `ValueError`, and not a text in quotes.",
        step="Write the name of the kind without quotes; several kinds stand in parentheses, with commas.",
    ),
    Rule(
        id="raised-on-purpose",
        enames=("Exception", "ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError", "ArithmeticError"),
        pattern=r"^.*$",
        concept="exceptions",
        facts=_own,
        means="The program itself stops {where} with `raise`: somebody wrote this line for a case that must not "
        "happen.{says}",
        look="{look} {guard} With which values was the function called?",
        step="Call it with values that are allowed, or catch the error with `try` and `except` where you know "
        "what to do.",
    ),
)
