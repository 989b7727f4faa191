"""Rules for what goes wrong in Octave, as the Octave kernel tells it."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest

#: functions that learners meet first
_FUNCTIONS = (
    *("abs", "all", "any", "cell", "cumsum", "diff", "disp", "end", "expect", "find", "floor", "fprintf", "function"),
    *("input", "isempty", "isnan", "length", "linspace", "max", "mean", "median", "min", "mod", "num2str", "numel"),
    *("ones", "plot", "printf", "prod", "rand", "rows", "columns", "round", "size", "sort", "sprintf", "sqrt", "std"),
    *("strcat", "strcmp", "strsplit", "struct", "sum", "title", "unique", "upper", "xlabel", "ylabel", "zeros"),
)
_SET = re.compile(
    r"^\s*(?:function\s+)?(?:\[[\w, ]+\]\s*=\s*)?([A-Za-z]\w*)\s*(?:\([^()\n]*\)\s*)?=(?!=)", re.MULTILINE
)
_DEFINED = re.compile(r"^\s*function\s+(?:[^=\n(]*=\s*)?([A-Za-z]\w*)", re.MULTILINE)
_ERROR, _SYNTAX = ("Error",), ("SyntaxError",)
_rule = partial(Rule, language=Language.OCTAVE)


def _similar(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    name = match["name"]
    text = "\n".join((*failure.other_cells, failure.cell_source))
    near = nearest(name, [each for each in (*_SET.findall(text), *_DEFINED.findall(text), *_FUNCTIONS) if each != name])
    if near:
        return {"similar": phrase("There is one with a similar name: {near}.", near=code(near))}
    return {"similar": phrase("Did the cell that sets it run, and is it a text that lacks its quotes?")}


RULES = (
    _rule(
        id="octave-name",
        enames=_ERROR,
        pattern=r"^'(?P<name>\w+)' undefined",
        concept="names (Octave)",
        facts=_similar,
        means="There is nothing called {name} yet, no value and no function; it is used {where}.",
        look="{look} {similar}",
        step="Compare the name letter by letter, upper and lower case too, with the line that sets it.",
    ),
    _rule(
        id="octave-sizes",
        enames=_ERROR,
        pattern=r"nonconformant arguments \(op1 is (?P<one>\d+x\d+), op2 is (?P<other>\d+x\d+)\)"
        r"|dimensions mismatch \((?P<upper>\d+x\d+) vs (?P<lower>\d+x\d+)\)",
        concept="matrices and types (Octave)",
        means="Matrices whose sizes do not fit are put together {where}.",
        look="{look} What does `size(...)` say of each of them? "
        "`*` is the product of matrices, `.*` goes element by element.",
        step="Write both sizes below one another, and find out which of the two is not what you expect.",
    ),
    _rule(
        id="octave-not-whole",
        enames=_ERROR,
        pattern=r"subscripts must be either integers 1 to|index \((?:-|0|\d+\.)",
        concept="indexing (Octave)",
        means="A place {where} is asked for by a number that is no position: the first one is 1, and all are whole.",
        look="{look} Which value stands in the brackets then? A loop from 0 begins one too early.",
        step="Print that value just before this line.",
    ),
    _rule(
        id="octave-bounds",
        enames=_ERROR,
        pattern=r"out of bound;? ?(?P<limit>\d*)",
        concept="indexing (Octave)",
        means="A place {where} is asked for that is behind the last one.",
        look="{look} What do `numel(...)` and `size(...)` say, and which value stands in the brackets?",
        step="Compare the last round of the loop with the number of elements; `end` is the last place.",
    ),
    _rule(
        id="octave-inputs",
        enames=_ERROR,
        pattern=r"^(?:(?P<name>\w+): function called with too many inputs|Invalid call to (?P<other>\w+))",
        concept="function calls (Octave)",
        means="A function was called {where} with more, fewer or other values than it takes.",
        look="{look} Which values does the call hand over, and in which order?",
        step="Count the names in the first line of the function, or read `help` of it, and compare.",
    ),
    _rule(
        id="octave-outputs",
        enames=_ERROR,
        pattern=r"^(?P<name>\w+): function called with too many outputs",
        concept="function calls (Octave)",
        means="A value is expected {where} from a function that gives none.",
        look="{look} Does the function's first line say what it gives back, as in `function r = f (x)`?",
        step="Name a result in the function's first line, and give it a value inside.",
    ),
    _rule(
        id="octave-types",
        enames=_ERROR,
        pattern=r"^(?:binary|unary) operator '(?P<sign>[^']+)' not implemented for '(?P<one>[^']+)'"
        r"|must be (?:a )?numeric|^invalid conversion from string|must be a string",
        concept="matrices and types (Octave)",
        means="Something of a type that does not fit is computed with {where}.",
        look="{look} What does `class(...)` say of each value there?",
        step="Take the number out of the cell with `{{ }}`, or out of the text with `str2double`, before you compute.",
    ),
    _rule(
        id="octave-index-kind",
        enames=_ERROR,
        pattern=r"cannot be indexed with (?P<sign>\S)|matrix cannot be indexed|is not a struct",
        concept="indexing (Octave)",
        means="A value {where} is asked for a part in a way that values of its type do not have.",
        look="{look} `{{ }}` belongs to cell arrays and `.` to structs; what does `class(...)` say?",
        step="Look for the line that sets the value: did a later line replace it?",
    ),
    _rule(
        id="octave-file",
        enames=_ERROR,
        pattern=r"unable to (?:find|open)|invalid stream number|could not open",
        concept="function calls (Octave)",
        means="A file that is named {where} cannot be opened.",
        look="{look} `ls` shows what is here.",
        step="Write the path from where you are, with the file's ending and in its upper and lower case.",
    ),
    _rule(
        id="octave-package",
        enames=_ERROR,
        pattern=r"package (?P<name>\S+) is not installed|^package_name",
        concept="names (Octave)",
        means="The package {name} is wanted {where}, and it is not installed here.",
        look="{look} Packages cannot be installed from here.",
        step="Look for a function of Octave itself that does the same.",
    ),
    _rule(
        id="octave-recursion",
        enames=_ERROR,
        pattern=r"max_recursion_depth",
        concept="function calls (Octave)",
        means="A function {where} calls itself again and again, without an end.",
        look="{look} Which value ends it, and does each call come nearer to that?",
        step="Write the case that needs no further call first, with an `if`.",
    ),
    _rule(
        id="octave-memory",
        enames=_ERROR,
        pattern=r"^out of memory",
        concept="matrices and types (Octave)",
        means="The matrix that is made {where} does not fit into memory.",
        look="{look} How many elements does it get? Each takes eight bytes.",
        step="Is one of its sizes larger than you mean? `zeros(n)` has `n` rows and `n` columns.",
    ),
    _rule(
        id="octave-open",
        enames=_SYNTAX,
        pattern=r"^the cell ends too early",
        concept="loops and blocks (Octave)",
        means="The cell ends {where} while something is still open: a block, a bracket or a quote.",
        look="{look} Is there an `end` for each `if`, `for`, `while` and `function`?",
        step="Close what was opened last, first.",
    ),
    _rule(
        id="octave-syntax",
        enames=_SYNTAX,
        pattern=r"",
        concept="loops and blocks (Octave)",
        means="Octave cannot read the cell {where}.",
        look="{look} Is a comma, an operator, a quote or a bracket missing or too many?",
        step="Read the line from the left, and say for each sign what it does there.",
    ),
    _rule(
        id="octave-reserved",
        enames=("NameReserved",),
        pattern=r"Octave's own (?P<name>\w+)",
        concept="names (Octave)",
        means="A function is called {name} {where}, and the kernel needs Octave's own of that name.",
        look="{look} What does your function do?",
        step="Give it a name of its own that says so.",
    ),
    _rule(
        id="octave-value",
        enames=("AssertionError",),
        pattern=r"^expected (?P<wanted>.*), got (?P<got>.*)$",
        concept="tests",
        means="The check {where} expected {wanted}, and there was {got}.",
        look="{look} Run what stands in the first place of `expect` alone: what does it give?",
        step="Follow the values through your function with this very input, line by line.",
    ),
    _rule(
        id="octave-question",
        enames=("StdinNotImplementedError",),
        pattern=r"",
        concept="function calls (Octave)",
        means="`input` asks for something {where}, and nobody can answer here.",
        look="{look} A graded cell runs alone, without anybody at the keyboard.",
        step="Take the value from an argument of the function, or from a file.",
    ),
    _rule(
        id="octave-ended",
        enames=("SessionEnded",),
        pattern=r"",
        concept="function calls (Octave)",
        means="The cell ended Octave itself, as `exit` does; a new one began, in which nothing is set.",
        look="{look} Does it call `exit` or `quit`, or take more memory than there is?",
        step="Leave a function with `return`, and run the cells above again.",
    ),
)
