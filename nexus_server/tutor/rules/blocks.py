"""Rules for blocks: indentation, colons, and the keywords that open them."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Facts, Rule, code
from nexus_server.tutor.rules.source_facts import walk

_OPENERS = r"(?:if|elif|else|for|while|def|class|try|except|finally|with)"
_OUTSIDE = r"^'?(?P<word>return|yield|await|break|continue)'? (?:outside|not properly in)"
_INDENTED = "```python\nfor day in week:\n    print(day)\nprint('done')\n```"


def _missing_block(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"opener": phrase("The {kind} on line {line}", kind=match["kind"], line=match["line"])}


def _loop_or_function(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    home = (
        phrase("a function (below a `def` line)")
        if match["word"] in {"return", "yield", "await"}
        else phrase("a `for` or `while` loop")
    )
    return {"home": home}


def _nowhere(opener: type[ast.AST] | tuple[type[ast.AST], ...], words: str) -> Facts:
    """Return the facts of a word that stands outside of its block, where the cell has no such block at all."""

    def facts(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
        if match["word"] not in words.split():
            return None
        # It is the compiler that refuses such a cell; the parser reads it.
        has = any(isinstance(node, opener) for node in walk(failure.cell_source))
        return None if has else {}

    return facts


def _bare_else(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    found = re.match(r"(else|elif|except|finally)\b", failure.bad_line)
    if found is None or not failure.bad_line.rstrip().endswith(":"):
        return None
    partner = "`if`" if found[1] in {"else", "elif"} else "`try`"
    return {"word": code(found[1]), "partner": partner}


def _no_colon(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if match[0].startswith("expected"):
        return None if re.match(r"else\s+if\b", failure.bad_line) else {}
    # "invalid syntax" on one line: `if x == 3 print(x)`
    line = failure.bad_line
    return {} if re.match(rf"{_OPENERS}\b(?!\s*=)", line) and ":" not in line else None


def _else_condition(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if re.match(r"else\b(?!\s+if\b)\s*[^:\s]", failure.bad_line) else None


RULES = (
    Rule(
        id="indent-missing",
        enames=("IndentationError",),
        pattern=r"^expected an indented block"
        r"(?: after (?P<kind>.+?)(?: statement| definition)? on line (?P<line>\d+))?",
        concept="indentation",
        facts=lambda f, m: _missing_block(f, m) if m["kind"] else {"opener": phrase("The line above")},
        means=(
            "Python expected indented lines {where} and found none. The lines that belong to an `if`, "
            "a loop or a function are moved to the right."
        ),
        look=("{look} {opener} ends with a colon, so what belongs to it has to be indented more than it is."),
        step=(
            "Put four spaces before each line of the block, and none before the line that comes after "
            "it:\n\n" + _INDENTED
        ),
    ),
    Rule(
        id="indent-unexpected",
        enames=("IndentationError",),
        pattern=r"unexpected indent",
        concept="indentation",
        means=("The line {where} is moved to the right, but nothing above it opens a block."),
        look=(
            "{look} Compare the spaces at its start with those of the line above. Only a line that "
            "ends with a colon is followed by deeper ones."
        ),
        step=(
            "Lines of one block start at the same column. Either take the extra spaces away, or look "
            "whether the line above should have opened a block:\n\n" + _INDENTED
        ),
    ),
    Rule(
        id="indent-uneven",
        enames=("IndentationError",),
        pattern=r"unindent does not match",
        concept="indentation",
        means=("The line {where} goes back to the left, but not to a column where an earlier block began."),
        look=(
            "{look} Count the spaces at its start: they must equal those of an earlier line of the "
            "block that it belongs to."
        ),
        step=(
            "Use steps of exactly four spaces. Select the lines and press Shift+Tab and Tab to move them as a whole."
        ),
    ),
    Rule(
        id="indent-tabs",
        enames=("TabError",),
        pattern=r"inconsistent use of tabs",
        concept="indentation",
        means=(
            "Some lines of this block start with tabs and others with spaces. They look alike, but "
            "Python cannot compare them {where}."
        ),
        look=(
            "{look} It starts with other characters than the lines around it. Text that was pasted "
            "from elsewhere often does."
        ),
        step=(
            "Delete the white space at the start of each line of the block, and indent again with four "
            "spaces (the Tab key does that in the notebook)."
        ),
    ),
    Rule(
        id="else-condition",
        enames=("SyntaxError",),
        pattern=r"expected ':'|invalid syntax",
        concept="conditions",
        facts=_else_condition,
        means=("An `else` {where} is followed by something other than a colon."),
        look=('{look} `else` means "in all other cases", so it takes no condition of its own.'),
        step=(
            "If there is a further condition to test, use `elif` with that condition; if not, write "
            "the colon directly after `else`, and the rest on the next line."
        ),
    ),
    Rule(
        id="colon-missing",
        enames=("SyntaxError",),
        pattern=r"^expected ':'|^invalid syntax$",
        concept="blocks and colons",
        facts=_no_colon,
        means=(
            "A colon is missing {where}. Each line that opens a block (`if`, `for`, `while`, `def`, "
            "`class`, `else`, ...) ends with `:`."
        ),
        look=("{look} Read it to where its condition or its list of parameters ends. What has to stand there?"),
        step=(
            "Opening lines look like these; compare them with yours:\n\n"
            "```python\nwhile lives > 0:\ndef greet(name):\n```"
        ),
    ),
    Rule(
        id="else-without-if",
        enames=("SyntaxError",),
        pattern=r"^invalid syntax",
        concept="blocks and colons",
        facts=_bare_else,
        means=(
            "The {word} {where} does not belong to anything: Python sees no {partner} directly before "
            "it at the same indentation."
        ),
        look=(
            "{look} Look at the line above it: has the {partner} block ended early, because a line in "
            "between is not indented, or is the {word} itself indented differently from its {partner}?"
        ),
        step=(
            "The two words start at the same column, with only indented lines in between:\n\n"
            "```python\nif rain:\n    print('umbrella')\nelse:\n    print('sunglasses')\n```"
        ),
    ),
    Rule(
        id="return-without-function",
        enames=("SyntaxError",),
        pattern=_OUTSIDE,
        concept="functions",
        facts=_nowhere((ast.FunctionDef, ast.AsyncFunctionDef), "return yield await"),
        means="The {word} {where} belongs to a function, and this cell has none.",
        look="{look} {word} ends a function and hands its result over. Which lines should be the function?",
        step="Put the lines below a `def` line, or leave {word} out: a cell shows the value of its last line.",
    ),
    Rule(
        id="break-without-loop",
        enames=("SyntaxError",),
        pattern=_OUTSIDE,
        concept="loops",
        facts=_nowhere((ast.For, ast.AsyncFor, ast.While), "break continue"),
        means="The {word} {where} belongs to a loop, and this cell has none.",
        look="{look} {word} steers a `for` or `while` loop. Which lines should be repeated?",
        step="Put the lines below a `for` or `while` line, or leave {word} out where nothing is repeated.",
    ),
    Rule(
        id="outside-block",
        enames=("SyntaxError",),
        pattern=_OUTSIDE,
        concept="blocks and colons",
        facts=_loop_or_function,
        means=("The {word} {where} stands outside of the block that it needs."),
        look=("{look} {word} only works inside {home}. Is its indentation deep enough to belong there?"),
        step=(
            "Indent the line so that it is inside the block, or, at the top level of a cell, leave it "
            "out: to see a value there, write the value on the last line."
        ),
    ),
    Rule(
        id="try-without-except",
        enames=("SyntaxError",),
        pattern=r"expected 'except' or 'finally' block",
        concept="exceptions",
        means=("A `try` has to be followed by `except` or `finally`; {where} something else comes."),
        look=("{look} The `try` above it ends here without having said what to do when an error happens."),
        step=("The shape is:\n\n```python\ntry:\n    risky()\nexcept ValueError:\n    print('not a number')\n```"),
    ),
)
