"""Rules for writing text: quotes, f-strings, characters that Python does not know."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code


def _apostrophe(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    inner = re.search(r"'[^'\"]*\w'\w", failure.bad_line)
    if inner:
        return {"cause": phrase("An apostrophe inside single quotes ends the text too early.")}
    return {"cause": phrase("Each quote that opens needs one of the same kind that closes, on the same line.")}


def _triple(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    is_open = any(failure.cell_source.count(quotes) % 2 for quotes in ('"""', "'''"))
    return {} if is_open else None


RULES = (
    Rule(
        id="string-unterminated",
        enames=("SyntaxError",),
        pattern=r"unterminated (?:f-)?string literal|EOL while scanning",
        concept="text (strings)",
        facts=_apostrophe,
        means=("A text that starts {where} has no closing quote."),
        look=("{look} {cause}"),
        step=(
            "Give the text the same quote at both ends. If the text itself holds an apostrophe, use double quotes "
            'around it:\n\n```python\nprint("That\'s fine")\n```'
        ),
    ),
    Rule(
        id="string-triple-unterminated",
        enames=("SyntaxError",),
        pattern=r"unterminated triple-quoted|incomplete input|unexpected EOF",
        concept="text (strings)",
        facts=_triple,
        means=("A text in triple quotes starts {where} and never ends."),
        look=("{look} Three quotes open a text over several lines; three of the same kind have to close it."),
        step=(
            "Add the closing three quotes at the end of the text. For a text on one line, a single "
            "quote at each end is enough."
        ),
    ),
    Rule(
        id="fstring",
        enames=("SyntaxError",),
        pattern=r"^f-string",
        concept="f-strings",
        means=("Python cannot read the f-string {where}: something is wrong with its braces."),
        look=(
            "{look} Every `{{` needs a `}}`, there has to be something between them, and the quotes "
            "inside the braces must differ from the outer ones."
        ),
        step=(
            "An f-string puts values into text like this:\n\n```python\nage = 30\nf'in five years: {{age + 5}}'\n```"
        ),
    ),
    Rule(
        id="invalid-character",
        enames=("SyntaxError",),
        pattern=r"invalid (?:non-printable )?character (?:'(?P<char>.)' )?\(?(?P<point>U\+[0-9A-F]+)",
        concept="text (strings)",
        facts=lambda _f, m: {"char": code(m["char"]) if m["char"] else f"an invisible one, {code(m['point'])}"},
        means=("There is a character {where} that Python does not use in code: {char}."),
        look=(
            "{look} Such characters come with text pasted from a web page or a word processor: curly "
            "quotes, long dashes, invisible spaces."
        ),
        step=(
            "Delete the character and type it yourself on the keyboard: straight quotes `'` or `\"`, a "
            "plain minus `-`, a normal space."
        ),
    ),
)
