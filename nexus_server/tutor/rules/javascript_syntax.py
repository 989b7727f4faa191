"""Rules for the spelling of JavaScript: what Deno's parser and V8 refuse."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code, counted, joined

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_TEXT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`|//.*")
_FOREIGN = (
    (r"^\s*def\b", "`function`"),
    (r"^\s*(?:elif|elsif|elseif)\b", "`else if`"),
    (r"^\s*print\s", "`console.log(...)`"),
    (r"\b(?:and|or|not)\b", gettext_noop("`&&`, `||` and `!`")),
    (r"^\s*(?:int|string|float|String|double)\s+[\w$]+\s*=", gettext_noop("`let` or `const`")),
)


def _foreign(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    line = _TEXT.sub("''", failure.bad_line)
    found = next((instead for pattern, instead in _FOREIGN if re.search(pattern, line)), None)
    return {"instead": found} if found else None


def _bare_condition(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    found = re.search(r"\b(if|while|for|switch)\s+[^(\s]", _TEXT.sub("''", failure.bad_line))
    return {"word": found[1]} if found else None


def _open_quote(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if match[0].startswith("Unterminated") or "Unterminated" in match[0]:
        return {}
    line = _TEXT.sub("", failure.bad_line)
    return {} if re.search(r"['\"`]", line) or re.search(r"\w'\w", failure.bad_line) else None


def _unbalanced(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    plain = _TEXT.sub("", failure.cell_source)
    odd = [
        counted(plain.count(o), code(o), plain.count(c), code(c))
        for o, c in _CLOSING.items()
        if plain.count(o) != plain.count(c)
    ]
    return {"count": phrase("The cell has {odd}.", odd=joined(odd))} if odd else None


#: what the rules below share
_rule = partial(Rule, enames=("SyntaxError",), language=Language.JAVASCRIPT)

RULES = (
    _rule(
        id="js-json-broken",
        pattern=r"JSON",
        concept="JSON",
        means="A text is read as JSON {where}, but it is not written as JSON wants it.",
        look="{look} The message names the place. Names and texts stand in double quotes, and nothing follows the last "
        "comma.",
        step="Print the text just before `JSON.parse`, and look at that place. `JSON.stringify` shows how the "
        "same data "
        "is written.",
    ),
    _rule(
        id="js-pattern-broken",
        pattern=r"[Ii]nvalid regular expression",
        concept="text patterns (regular expressions)",
        means="The pattern {where} is not a regular expression: one of its signs has no partner or no meaning there.",
        look="{look} Which of `( ) [ ] * + ?` is meant as itself, and which as a part of the pattern?",
        step="Put a backslash before a sign that is meant as itself, and close each bracket that opens.",
    ),
    _rule(
        id="js-await-outside",
        pattern=r"^await is only valid|'await'|`await`",
        concept="promises and waiting",
        means="`await` {where} stands in a function that cannot wait.",
        look="{look} How does the line begin that makes this function?",
        step="Write `async` before `function` (or before the parameters of an arrow function).",
    ),
    _rule(
        id="js-constructor-twice",
        pattern=r"one constructor",
        concept="classes",
        means="A class has more than one `constructor` {where}; only one is possible.",
        look="{look} Which of them should stay, and what do the others do in addition?",
        step="Keep one constructor. A parameter can have a value of its own when nothing is given: `size = 3`.",
    ),
    _rule(
        id="js-private-field",
        pattern=r"[Pp]rivate (?:field|name)",
        concept="classes",
        means="A private field, one with `#`, is used {where} outside of its class.",
        look="{look} Is this line inside the class that declares the field?",
        step="Give the class a method or a getter that tells the value, and use that.",
    ),
    _rule(
        id="js-try-alone",
        pattern=r"^Missing catch or finally|^Expected a semicolon$",
        concept="exceptions",
        facts=lambda f, _m: {} if re.search(r"\btry\b", f.cell_source) and "catch" not in f.cell_source else None,
        means="A `try` has no `catch` or `finally`; {where} something else follows.",
        look="{look} What should happen when the block before this line fails?",
        step="Add a `catch` block directly behind the `try` block, and say there what to do.",
    ),
    _rule(
        id="js-text-open",
        pattern=r"^Unterminated (?:string|template).*|.*UnterminatedTpl.*|^Expected .*|^Invalid or unexpected "
        r"token.*|^missing \) after.*",
        concept="text (strings)",
        facts=_open_quote,
        means="A text {where} ends too early, or has no end: its quotes do not pair.",
        look="{look} Follow the quotes from left to right: which one ends the text?",
        step="Use the same quote at both ends. A text that holds an apostrophe stands in double quotes or backticks.",
    ),
    _rule(
        id="js-foreign-word",
        pattern=r"",
        concept="syntax",
        facts=_foreign,
        means="JavaScript cannot read the line {where}: it is written as in another language.",
        look="{look} In JavaScript, {instead} stands here.",
        step="Conditions stand in parentheses and blocks in braces. Rewrite the line in this way.",
    ),
    _rule(
        id="js-assign-target",
        pattern=r"[Ii]nvalid (?:assignment target|left-hand side)|invalid assignment",
        concept="comparison and assignment",
        means="What stands left of the `=` {where} cannot get a value.",
        look="{look} On the left of a `=` there is a name, or a place in an object or an array.",
        step="Turn the line round, so that the name is on the left; to compare, write `===`.",
    ),
    _rule(
        id="js-assign-to-sum",
        pattern=r"^Expected ';', '}' or <eof>",
        concept="comparison and assignment",
        facts=lambda f, _m: {} if re.search(r"^[^=]*[-+*/][^=]*=(?!=)", f.bad_line) and "=" in f.bad_line else None,
        means="What stands left of the `=` {where} is a calculation, and cannot get a value.",
        look="{look} On the left of a `=` there is a name, and the calculation on the right.",
        step="Turn the line round, so that the name is on the left; to compare, write `===`.",
    ),
    _rule(
        id="js-condition-bare",
        pattern=r"^Expected '\(', got|^Unexpected (?:identifier|token|number)",
        concept="conditions",
        facts=_bare_condition,
        means="The condition of `{word}` {where} has no parentheses around it.",
        look="{look} JavaScript reads a condition only between `(` and `)`.",
        step="Put parentheses around the whole condition, and braces around what depends on it.",
    ),
    _rule(
        id="js-outside-block",
        pattern=r"^Illegal (?P<word>\w+) statement|^'?(?P<word2>return|break|continue)'? .*",
        concept="syntax",
        facts=lambda _f, m: {"word": f"`{m['word'] or m['word2']}`"},
        means="{word} {where} stands outside of the function or the loop that it needs.",
        look="{look} Which braces should be around it?",
        step="Move the line into the function or the loop, or leave it out: a cell shows the value of its last line.",
    ),
    _rule(
        id="js-unbalanced",
        pattern=r"missing \) after|Unexpected end of input|Unexpected token '[)\]}]'|^Expected|[Ee]xpression "
        r"expected|^Unexpected",
        concept="brackets",
        facts=_unbalanced,
        means="JavaScript cannot read the cell: something {where} is not closed, or closed twice.",
        look="{look} {count}",
        step="Click next to a bracket: the editor highlights its partner. Close the inner ones before the outer ones.",
    ),
    _rule(
        id="js-declaration",
        pattern=r"Missing initializer|is not (?:allowed|a valid) (?:as )?an? (?:identifier|variable)|reserved word"
        r"|^'?const'? declarations",
        concept="syntax",
        means="A declaration {where} is not complete, or uses a word that JavaScript keeps for itself.",
        look="{look} A `const` needs its value at once; names such as `class` or `new` are taken.",
        step="Give the `const` a value, or declare the name with `let` and set it later; choose another name "
        "for a word "
        "that is taken.",
    ),
    _rule(
        id="js-property-equals",
        pattern=r"^Invalid shorthand property",
        concept="objects",
        means="In the braces of an object {where}, a name and its value are separated by `=`.",
        look="{look} What separates a name and its value inside an object?",
        step="Inside the braces of an object write a colon between name and value, and commas between the pairs.",
    ),
)
