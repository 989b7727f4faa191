"""Rules for lines that Python cannot read, by what they seem to mean: loops, functions, imports, names."""

import keyword
import re
from collections.abc import Mapping

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Facts, Rule, code, no_facts

_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|#.*")
_INVALID = r"^(?:invalid syntax|expected|cannot assign|illegal|invalid decimal)"
_OPENING = {"(": "call", "[": "list", "{": "dict"}


def _plain(failure: Failure) -> str:
    """Return the bad line with its texts and comments blanked."""
    return _TEXT.sub(lambda m: "''" if m[0][0] in "'\"" else "", failure.bad_line)


class LineFacts:
    """Facts of a rule that goes by the look of the bad line: its named groups, as code."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        """Look for `pattern` in the line without its texts."""
        self._pattern = pattern

    def __call__(self, failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
        """Return the groups, or None when the line looks otherwise."""
        found = self._pattern.search(_plain(failure))
        return {name: code(value) for name, value in found.groupdict().items() if value} if found else None


def _enclosing(failure: Failure, kind: str) -> bool | None:
    """Return whether two things stand side by side in a bracket of `kind`; None when none do on the bad line."""
    depth: list[str] = []
    line = _plain(failure)
    for index, sign in enumerate(line):
        if sign in "([{":
            is_call = sign == "(" and index > 0 and re.match(r"[\w)\]]", line[index - 1])
            depth.append("call" if is_call else "tuple" if sign == "(" else _OPENING[sign])
        elif sign in ")]}" and depth:
            depth.pop()
        elif re.match(r"(?:[\w'\"]|\d)\s+(?=[\w'\"])", line[index:]) and depth:
            return depth[-1] == kind
    return None


def _in_call(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if _enclosing(failure, "call") else None


def _keyword_word(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    found = re.match(r"(?:for\s+(\w+)\s+in\b|(?:def|class)\s+(\w+)|(\w+)\s*=(?!=))", _plain(failure))
    word = next((group for group in found.groups() if group), "") if found else ""
    return {"word": code(word)} if keyword.iskeyword(word) and word not in {"None", "True", "False"} else None


def _rule(name: str, concept: str, pattern: str, texts: tuple[str, str, str], line: str = "") -> Rule:
    means, look, step = texts
    facts: Facts = LineFacts(re.compile(line)) if line else no_facts
    return Rule(
        id=name,
        enames=("SyntaxError",),
        pattern=pattern,
        concept=concept,
        means=means,
        look=look,
        step=step,
        facts=facts,
    )


RULES = (
    _rule(
        "else-if",
        "conditions",
        _INVALID,
        (
            "A further condition begins {where} with {word}, which Python spells in another way.",
            '{look} Which single word does Python have for "else, if"?',
            "Write `elif`, the condition, and a colon, at the same column as the `if`.",
        ),
        r"^(?P<word>else\s+if|elseif|elsif|elsf|elif\s*$)",
    ),
    _rule(
        "conditional-value",
        "conditions",
        r"expected 'else' after 'if' expression",
        (
            "A value is chosen by an `if` {where}, but nothing says which value it is otherwise.",
            "{look} A value on one line always needs both: what it is if so, and what it is if not.",
            "Add `else` and the other value, or use an `if` block of several lines.",
        ),
    ),
    _rule(
        "loop-form",
        "loops",
        _INVALID,
        (
            "The loop {where} is written as in another language, or a part of it is missing.",
            (
                "{look} After `for` Python expects a name, then the word `in`, then what the loop goes through, and "
                "a colon."
            ),
            "To count, go through `range(...)`: it takes the first number and the one to stop before.",
        ),
        r"^(?:for\s*(?:each)?\s*\(|foreach\b|for\s+each\b|for\s+\w+\s*=|for\s+\w+\s+(?!in\b)[\w\['\"]|for\s+\w+\s*:)",
    ),
    _rule(
        "comprehension-else",
        "lists",
        _INVALID,
        (
            (
                "A list is built by a loop in brackets {where}, and its condition has an `else` at a place where "
                "none may be."
            ),
            "{look} A condition at the end only leaves items out. A choice between two values stands before the `for`.",
            "Move the choice, with `if` and `else`, in front of the word `for`.",
        ),
        r"[\[({].*\bfor\b.*\bif\b.*\belse\b",
    ),
    _rule(
        "function-form",
        "functions",
        _INVALID,
        (
            "A function is defined {where}, but its first line has not the form that Python wants.",
            "{look} It needs `def`, a name, parameters in parentheses, and a colon. What is missing or different?",
            "Compare the line with a definition that works, part by part.",
        ),
        r"^(?:function|func|fn|define|public|void)\s+\w+|^def\s*(?:\(|\w+\s+[\w,\s]*:|\w+\s*:|\w+\s*\([^)]*\)\s*\{)",
    ),
    _rule(
        "lambda-form",
        "functions",
        _INVALID,
        (
            "A `lambda` {where} is not written as Python wants it.",
            "{look} After `lambda` come the parameters, then a colon, then one value without `return`.",
            "Put the colon in, and leave `return` out; or write an ordinary function.",
        ),
        r"\blambda\b(?![^:]*:(?!.*\breturn\b))",
    ),
    _rule(
        "import-form",
        "modules and imports",
        r"",
        (
            "The import {where} is not complete, or not in the order that Python wants.",
            "{look} There are two forms: `import` and a library, or `from` a library `import` a name.",
            "Choose one of the two forms, and give a name behind each of its words.",
        ),
        r"^(?:import\b|from\b|include\b|using\b|require\b|#include)(?!\s*=)",
    ),
    _rule(
        "raise-form",
        "exceptions",
        _INVALID,
        (
            "An error is raised {where}, but its text does not stand in parentheses.",
            "{look} The kind of the error is called like a function.",
            "Put the text in parentheses, directly behind the kind.",
        ),
        r"^raise\s+\w+\s+(?!from\b)\S",
    ),
    _rule(
        "except-alone",
        "exceptions",
        r"^invalid syntax",
        (
            "{word} {where} does not belong to a `try`: Python sees none directly before it at the same indentation.",
            "{look} Look at the lines above it: where does the block begin that may fail?",
            "Put `try:` before the lines that may fail, and indent them.",
        ),
        r"^(?P<word>except|finally)\b.*:",
    ),
    _rule(
        "parameter-order",
        "parameters and arguments",
        r"(?:non-default argument follows|parameter without a default follows|duplicate argument '(?P<name>\w+)'"
        r"|positional argument follows keyword|keyword argument repeated)",
        (
            "The parameters or arguments {where} are in an order that Python does not allow, or one comes twice.",
            "{look} Those with a `=` come last, and each name occurs once.",
            "Move those without `=` to the front, and give each a name of its own.",
        ),
    ),
    Rule(
        id="keyword-name",
        enames=("SyntaxError",),
        pattern=_INVALID,
        concept="names and variables",
        facts=_keyword_word,
        means="{word} {where} is used as a name, but it is one of Python's own words.",
        look="{look} The editor shows {word} in another colour: that is the sign of a reserved word.",
        step="Choose another name, say with an ending that tells what it is (`class_name`, `is_open`).",
    ),
    _rule(
        "type-before-name",
        "names and variables",
        _INVALID,
        (
            "A variable is made {where} as in another language: {word} before a name has no meaning in Python.",
            "{look} How does Python make a variable?",
            "Leave {word} away: a name, a `=`, and the value are enough.",
        ),
        r"^(?P<word>let|var|const|int|float|double|string|String|str|char|bool|auto|dim|set)\s+[A-Za-z_]\w*\s*(?:=|;|$)",
    ),
    _rule(
        "name-signs",
        "names and variables",
        _INVALID,
        (
            "The name {where} has a sign in it that names cannot have: {name}.",
            "{look} Names are made of letters, digits and `_`. Python takes a minus or another sign as an operator.",
            "Replace the sign, or the space, by an underscore, everywhere in the notebook.",
        ),
        r"^(?!(?:if|elif|while|for|return|assert|not|def|class|with|del|raise|in|is|and|or|lambda|import|from|let|var|const)\b)"
        r"(?P<name>[A-Za-z_]\w*(?:\s*[-@$?!]\s*|\s+)(?!(?:in|is|and|or|not|if|else)\b)[A-Za-z_]\w*)\s*=(?!=)",
    ),
    _rule(
        "dict-colon",
        "dictionaries",
        r"",
        (
            "In the braces of a dictionary {where}, a key and its value are not separated by a colon.",
            "{look} Go through the pairs one by one: key, colon, value, comma.",
            "Put a colon between each key and its value, and a comma between the pairs.",
        ),
        r"\{[^}]*(?:''|\w)\s*(?:=(?!=)|\s+\d|\s+'')|^''\s+(?:\d|'')",
    ),
    _rule(
        "operator-missing-side",
        "operators",
        r"^invalid syntax",
        (
            "An operator {where} has nothing on one of its sides, or two of them stand side by side.",
            "{look} What should be on its left, and what on its right?",
            "Give each operator a value on both sides. To multiply write `*`; the letter x is a name.",
        ),
        r"(?:(?<![-+])[-+]|[*/%]|\b(?:and|or|not|in)\b|[<>=]=?)\s*$|[-+*/%]\s+[*/%]|\d\s+x\s+\d|[*/]{3,}",
    ),
    Rule(
        id="call-comma",
        enames=("SyntaxError",),
        pattern=r"[Pp]erhaps you forgot a comma|^invalid syntax$",
        concept="calling functions",
        facts=_in_call,
        means="Between two arguments of a call {where} something is missing: a comma, or an operator.",
        look="{look} Go through what stands in the parentheses, one by one: what separates each from the next?",
        step="Arguments are separated by commas. Values go into text with an f-string.",
    ),
    _rule(
        "two-statements",
        "syntax",
        r"^invalid syntax",
        (
            "Two statements stand on one line {where}.",
            "{look} Where does the first one end?",
            "Put each statement on a line of its own.",
        ),
        r"^\w[\w.]*\([^()]*\)\s+\w|^\w+\s*=\s*[\w'\"]+\s+\w+\s*=",
    ),
    _rule(
        "sign-for-operator",
        "operators",
        r"invalid character '(?P<char>[\u2013\u2014\u2212\u00d7\u00f7\u2264\u2265\u2260\u00b7])'",
        (
            "The sign {char} {where} looks like an operator, but Python knows another one for it.",
            "{look} Such signs come with text from a web page or a word processor.",
            "Type the operator on the keyboard: `-`, `*`, `/`, `<=`, `>=`, `!=`.",
        ),
    ),
)
