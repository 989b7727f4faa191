"""Rules for the spelling of Python: brackets, quotes, operators, characters."""

import re
from collections.abc import Mapping

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, counted, joined, own_words

_CLOSING = {"(": ")", "[": "]", "{": "}"}
#: what other languages write, and how Python says it
_FOREIGN_OPERATORS = (
    (r"&&", "&&", "`and`"),
    (r"\|\|", "||", "`or`"),
    (r"(?<![=!<>])!(?!=)", "!", "`not`"),
    (r"\+\+", "++", "`+= 1`"),
    (r"--(?!\d)", "--", "`-= 1`"),
    (r"===", "===", "`==`"),
    (
        r"=\s*=(?!=)(?<!==)|=[<>](?!=)",
        gettext_noop("= = or =>"),
        gettext_noop("`==`, `<=` or `>=`, without a space inside"),
    ),
)


def _without_text(line: str) -> str:
    """Return the line with the insides of its strings and its comment blanked."""
    return re.sub(r"#.*", "", re.sub(r"'[^']*'|\"[^\"]*\"", "''", line))


def _bracket(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    number = failure.line_number
    line = phrase(" It is opened on line {line}.", line=number) if number else ""
    return {"closing": code(_CLOSING[match["open"]]), "opened": line}


def _open_at_end(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    text = "\n".join(_without_text(line) for line in failure.lines)
    missing = [
        phrase(
            "{opening} opens {opened} times and {closing} closes {closed} times",
            opening=code(o),
            opened=text.count(o),
            closing=code(c),
            closed=text.count(c),
        )
        for o, c in _CLOSING.items()
        if text.count(o) > text.count(c)
    ]
    return {"count": joined(missing, "; ") if missing else phrase("a bracket or a block that was begun has no end")}


def _assign_in_condition(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    line = _without_text(failure.bad_line)
    is_condition = re.match(r"(?:if|elif|while|return|assert)\b", line)
    # Where the line sets a name, the suspicious `=` is a second one.
    singles = len(re.findall(r"(?<![=!<>+*/%-])=(?!=)", line))
    is_set = re.match(r"[\w.]+\s*=", line)
    return {} if is_condition or singles > 1 or ("'=='" in match[0] and not is_set) else None


def _uneven_line(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    line = _without_text(failure.bad_line)
    for opening, closing in _CLOSING.items():
        if line.count(opening) > line.count(closing):
            count = counted(line.count(opening), code(opening), line.count(closing), code(closing))
            return {"open": code(opening), "closing": code(closing), "count": count}
    return None


def _foreign_operator(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    line = _without_text(failure.bad_line)
    for pattern, foreign, python in _FOREIGN_OPERATORS:
        if re.search(pattern, line):
            return {"foreign": own_words(foreign), "python": python}
    return None


RULES = (
    Rule(
        id="print-statement",
        enames=("SyntaxError",),
        pattern=r"Missing parentheses in call to '(?P<name>\w+)'",
        concept="calling functions",
        means=("{name} is a function, and a function's input stands in parentheses. They are missing {where}."),
        look=("{look} What stands after {name} has to be between `(` and `)`."),
        step=(
            "A call looks like this:\n\n"
            "```python\nprint('hello', 7)\n```\n\n"
            "Older books leave the parentheses out; that no longer works."
        ),
    ),
    Rule(
        id="bracket-never-closed",
        enames=("SyntaxError",),
        pattern=r"^'(?P<open>[(\[{])' was never closed",
        concept="brackets",
        facts=_bracket,
        means=("A bracket {open} is opened {where} and never closed."),
        look=("{look}{opened} Go through it from left to right and find where its {closing} belongs."),
        step=(
            "Click next to a bracket: the editor highlights its partner. The one without a partner is "
            "the one to look after. Calls inside calls need one closing bracket each."
        ),
    ),
    Rule(
        id="bracket-unmatched",
        enames=("SyntaxError",),
        pattern=r"^unmatched '(?P<close>[)\]}])'|closing parenthesis '(?P<close2>[)\]}])' does not match",
        concept="brackets",
        facts=lambda _f, m: {"close": code(m["close"] or m["close2"])},
        means=("A closing {close} {where} has no opening partner of its kind."),
        look=(
            "{look} Count the brackets that open and those that close: there is one {close} too many, "
            "or it is of the wrong kind."
        ),
        step=(
            "`( )` is for calls and sums, `[ ]` for lists and positions, `{{ }}` for dictionaries and "
            "sets. Pair them from the inside to the outside."
        ),
    ),
    Rule(
        id="incomplete-input",
        enames=("SyntaxError",),
        pattern=r"incomplete input|unexpected EOF",
        concept="brackets",
        facts=_open_at_end,
        means=("The cell ends before something that it began is complete."),
        look=("Count the brackets in this cell: {count}."),
        step=(
            "Close what is open: each `(`, `[` and `{{` needs its partner, each triple quote its "
            "second one, and after a line that ends with a colon at least one indented line follows."
        ),
    ),
    Rule(
        id="assign-in-condition",
        enames=("SyntaxError",),
        pattern=r"Maybe you meant '==' or ':=' instead of '='|Maybe you meant '==' instead of '='",
        concept="comparison and assignment",
        facts=_assign_in_condition,
        means=("A single `=` {where} sets a value, but here a value seems to be compared."),
        look=("{look} Look at its `=`. What is the question that this line asks?"),
        step=(
            "`=` gives a name a value; `==` asks whether two values are equal:\n\n```python\nlives = 3\nlives == 3\n```"
        ),
    ),
    Rule(
        id="assign-target",
        enames=("SyntaxError",),
        pattern=r"cannot assign to (?P<what>.+?)(?: here)?(?:\.|$)|cannot delete",
        concept="comparison and assignment",
        means=("What stands left of the `=` {where} cannot be given a value."),
        look=(
            "{look} On the left of a `=` there has to be a name (or a place in a list or dictionary); "
            "the value goes on the right."
        ),
        step=(
            'Read `=` as "becomes", from right to left: `width = 4 * 2`, never `4 * 2 = width`. If you '
            "mean to compare, use `==`."
        ),
    ),
    Rule(
        id="comma-missing",
        enames=("SyntaxError",),
        pattern=(
            r"[Pp]erhaps you forgot a comma|':' expected after dictionary key"
            r"|expression expected after dictionary key"
        ),
        concept="lists",
        means=(
            "Between two items {where} something is missing: most likely a comma, or a colon in a "
            "dictionary. It may also be an operator or a quote."
        ),
        look=("{look} Go through its items one by one: what separates each one from the next?"),
        step=(
            "Items of a list are separated by commas, and a dictionary's key and value by a colon:\n\n"
            "```python\ncolours = ['red', 'blue']\nages = {{'Ada': 36, 'Alan': 41}}\n```"
        ),
    ),
    Rule(
        id="name-starts-with-digit",
        enames=("SyntaxError",),
        pattern=r"invalid (?:decimal|hexadecimal|octal|binary|imaginary) literal|leading zeros in decimal",
        concept="names and variables",
        means=("Python reads a number {where} and then meets something that does not belong to a number."),
        look=(
            "{look} A name cannot start with a digit, a number is not written with leading zeros, and "
            "between a number and a name there has to be an operator."
        ),
        step=("`first_score` or `score1` is a name, `1score` is not; twice a value is `2 * value`, not `2value`."),
    ),
    Rule(
        id="foreign-operator",
        enames=("SyntaxError",),
        pattern=r"^invalid syntax|^expected ':'",
        concept="operators",
        facts=_foreign_operator,
        means=(
            "Python cannot read the line {where}. It contains something that other languages use and Python does not."
        ),
        look=("{look} In place of {foreign}, Python uses {python}."),
        step=(
            "Python prefers words to signs: `and`, `or`, `not`, `elif`, `def`. Comparisons are `==`, "
            "`!=`, `<`, `<=`, `>`, `>=`, and a counter grows with `+=`."
        ),
    ),
    Rule(
        id="bracket-uneven-line",
        enames=("SyntaxError",),
        pattern=r"^invalid syntax",
        concept="brackets",
        facts=_uneven_line,
        means="A bracket {open} {where} seems to have no partner: Python stumbles over what comes after it.",
        look="{look} The line has {count}. Where does the missing {closing} belong?",
        step=(
            "Start with the innermost call or position and close it, then the one around it. Click next to a bracket: "
            "the editor highlights its partner."
        ),
    ),
    Rule(
        id="syntax-other",
        is_general=True,
        enames=("SyntaxError",),
        pattern=r"",
        concept="syntax",
        means=(
            "Python cannot read the code {where}: something is missing, superfluous or misspelled, so "
            "nothing of the cell was run."
        ),
        look=(
            "{look} Look at the place that the arrow `^` in the error points to, and at what stands "
            "directly before it. If the line looks right, look at the end of the line above."
        ),
        step=(
            "Make the line shorter until it works: put parts of it into lines of their own, run the "
            "cell, and see which part is refused. Check brackets, quotes, commas, colons and operators "
            "in this order."
        ),
    ),
)
