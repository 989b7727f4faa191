"""Rules for putting values into text."""

import re
from collections.abc import Mapping

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule
from nexus_server.tutor.rules.type_words import type_name


def _format_key(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if ".format(" in failure.bad_line or "format_map" in failure.bad_line else None


RULES = (
    Rule(
        id="format-name",
        enames=("KeyError",),
        pattern=r"^'?(?P<name>[^']*)'?$",
        concept="text (strings)",
        facts=_format_key,
        means="The text {where} has a place for {name}, but `.format(...)` is not given anything of that name.",
        look="{look} Compare the names in the braces with the names before each `=` in `.format(...)`.",
        step="Use the same name in both places. An f-string needs the name only once.",
    ),
    Rule(
        id="format-code",
        enames=("ValueError",),
        pattern=r"Unknown format code '(?P<code>.+)' for object of type '(?P<type>\w+)'"
        r"|Invalid format specifier(?: '(?P<spec>[^']*)')?(?: for object of type '(?P<type2>\w+)')?",
        concept="f-strings",
        facts=lambda _f, m: {"type": type_name(m["type"] or m["type2"] or "value")},
        means="What stands behind the colon in the braces {where} does not fit {type}.",
        look="{look} Which type does the value in the braces have, and is the code behind the colon made for it?",
        step="`.2f` is for decimal numbers, `d` for whole numbers, `s` for text. Change the code, or turn the value "
        "into a number first.",
    ),
    Rule(
        id="percent-count",
        enames=("TypeError",),
        pattern=r"not (?:enough arguments for|all arguments converted during) (?:format string|string formatting)",
        concept="text (strings)",
        means="The text {where} has another number of places (`%s`, `%d`) than the values behind the `%`.",
        look="{look} Count the places in the text, and the values behind the `%`. Several values stand in parentheses.",
        step="Give one value for each place. If no formatting is meant, `%` gives the rest of a division, and needs "
        "numbers on both sides.",
    ),
    Rule(
        id="percent-type",
        enames=("TypeError",),
        pattern=r"^%(?P<code>\w) format: .* is required, not (?P<type>\w+)",
        concept="types: text and numbers",
        facts=lambda _f, m: {"type": type_name(m["type"])},
        means="A place in the text {where} is for a number, but gets {type}.",
        look="{look} Which value goes to which place?",
        step="Convert the value to a number, or use a place for text (`%s`), or an f-string.",
    ),
)
