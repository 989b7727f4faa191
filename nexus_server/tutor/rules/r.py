"""Rules for what goes wrong in R, as the R kernel tells it."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest

#: functions that learners meet first
_FUNCTIONS = (
    *("abs", "apply", "c", "cat", "character", "data.frame", "expect", "factor", "function", "head", "is.na", "lapply"),
    *(
        "length",
        "library",
        "list",
        "matrix",
        "max",
        "mean",
        "median",
        "min",
        "names",
        "nchar",
        "ncol",
        "nrow",
        "numeric",
    ),
    *("order", "paste", "paste0", "plot", "print", "read.csv", "rep", "return", "round", "sapply", "sd", "seq", "sort"),
    *("sqrt", "strsplit", "sub", "substr", "sum", "summary", "table", "toupper", "unique", "which"),
)
_SET = re.compile(r"([A-Za-z.][\w.]*)\s*(?:<-|=(?!=))|->\s*([A-Za-z.][\w.]*)")
_ERROR, _SYNTAX = ("Error",), ("SyntaxError",)
_rule = partial(Rule, language=Language.R)


def _own_names(failure: Failure) -> list[str]:
    found = _SET.findall("\n".join((*failure.other_cells, failure.cell_source)))
    return [one or other for one, other in found]


def _similar(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    name = match["name"]
    near = nearest(name, [each for each in (*_own_names(failure), *_FUNCTIONS) if each != name])
    if near:
        return {"similar": phrase("There is one with a similar name: {near}.", near=code(near))}
    return {"similar": phrase("Did the cell that sets it run, and is it a text that lacks its quotes?")}


RULES = (
    _rule(
        id="r-object",
        enames=_ERROR,
        pattern=r"^object ['\u2018](?P<name>[^'\u2019]+)['\u2019] not found",
        concept="names (R)",
        facts=_similar,
        means="There is nothing called {name} yet; it is used {where}.",
        look="{look} {similar}",
        step="Compare the name letter by letter, upper and lower case too, with the line that sets it.",
    ),
    _rule(
        id="r-function",
        enames=_ERROR,
        pattern=r"^could not find function [\"\u201c](?P<name>[^\"\u201d]+)[\"\u201d]",
        concept="names (R)",
        facts=_similar,
        means="There is no function called {name}; it is called {where}.",
        look="{look} {similar}",
        step="Is it spelled as its maker spells it? A function of a package needs `library(...)` before it.",
    ),
    _rule(
        id="r-package",
        enames=_ERROR,
        pattern=r"there is no package called ['\u2018](?P<name>[^'\u2019]+)['\u2019]",
        concept="names (R)",
        means="The package {name} is wanted {where}, and it is not installed here.",
        look="{look} Is its name spelled right? Packages cannot be installed from here.",
        step="Look for a function of R itself that does the same: `help.search` finds some.",
    ),
    _rule(
        id="r-argument-missing",
        enames=_ERROR,
        pattern=r"^argument \"(?P<name>[^\"]+)\" is missing, with no default",
        concept="function calls (R)",
        means="A function was called {where} without a value for {name}, which it needs.",
        look="{look} Which values does the call hand over, and in which order?",
        step="Count the names in the function's brackets, and give the call one value for each.",
    ),
    _rule(
        id="r-argument-unused",
        enames=_ERROR,
        pattern=r"^unused arguments? \((?P<what>.*)\)",
        concept="function calls (R)",
        means="The call {where} hands over {what}, for which the function has no name.",
        look="{look} Is a comma too many there, or an argument's name misspelled?",
        step="Compare the call with the line `function(...)` of what it calls, name by name.",
    ),
    _rule(
        id="r-not-a-number",
        enames=_ERROR,
        pattern=r"^non-numeric argument to (?:binary operator|mathematical function)|invalid argument to unary operator"
        r"|^invalid 'type' \(character\) of argument",
        concept="vectors and types (R)",
        means="Something that is no number is computed with {where}, a text most of the time.",
        look='{look} What does `class(...)` say of each value there? `"3"` in quotes is a text.',
        step="Turn the text into a number with `as.numeric`, or leave the quotes away where it is set.",
    ),
    _rule(
        id="r-na-condition",
        enames=_ERROR,
        pattern=r"^missing value where TRUE/FALSE needed",
        concept="conditions (R)",
        means="A condition {where} is `NA`: a value that it compares is missing.",
        look="{look} Which value there is `NA`? A comparison with `NA` is `NA`, with `==` too.",
        step="Ask with `is.na(...)` first, and say what shall happen then.",
    ),
    _rule(
        id="r-empty-condition",
        enames=_ERROR,
        pattern=r"^argument is of length zero",
        concept="conditions (R)",
        means="A condition {where} has no value at all: what it looks at is empty, or `NULL`.",
        look="{look} Print the values of the condition. A list has no element of a name that is misspelled.",
        step="Ask for `length(...)` first, or find out why nothing is there.",
    ),
    _rule(
        id="r-long-condition",
        enames=_ERROR,
        pattern=r"^the condition has length > 1",
        concept="conditions (R)",
        means="`if` or `while` {where} needs one TRUE or FALSE, and gets one for each element of a vector.",
        look="{look} Which vector is compared there?",
        step="Ask whether `any(...)` or `all(...)` of them hold, or go through them with a loop.",
    ),
    _rule(
        id="r-bounds",
        enames=_ERROR,
        pattern=r"^subscript out of bounds|^undefined columns selected|^incorrect number of (?:dimensions|subscripts)",
        concept="indexing (R)",
        means="A place {where} is asked for that is not there: a position, a row, a column or a name.",
        look="{look} What do `length(...)`, `dim(...)` and `names(...)` say? The first position is 1.",
        step="Print them just before this line, and compare them with what stands in the brackets.",
    ),
    _rule(
        id="r-dollar",
        enames=_ERROR,
        pattern=r"^\$ operator is invalid for atomic vectors",
        concept="indexing (R)",
        means="`$` {where} asks a plain vector for a part; only lists and data frames have parts with `$`.",
        look="{look} What does `class(...)` say of what stands before the `$`?",
        step='Take `["name"]` for a vector with names, or keep the table instead of one of its columns.',
    ),
    _rule(
        id="r-closure",
        enames=_ERROR,
        pattern=r"^object of type '(?:closure|builtin|special)' is not subsettable",
        concept="indexing (R)",
        means="Square brackets or a `$` {where} stand behind the name of a function.",
        look="{look} Is a value of this name set yet? `data` and `df` are functions of R itself.",
        step="Set the value first, or call the function with round brackets.",
    ),
    _rule(
        id="r-lengths",
        enames=_ERROR,
        pattern=r"differing number of rows|^replacement has \d+ rows?, data has \d+|^non-conformable"
        r"|^arguments must have same length|^replacement has length zero",
        concept="vectors and types (R)",
        means="Things of different lengths are put together {where}.",
        look="{look} What does `length(...)` or `dim(...)` say of each of them?",
        step="Find out which one has too few or too many elements, and where that begins.",
    ),
    _rule(
        id="r-file",
        enames=_ERROR,
        pattern=r"^cannot open the connection|^cannot open file",
        concept="function calls (R)",
        means="A file that is named {where} cannot be opened.",
        look="{look} `list.files()` shows what is here, and the warning above names the file.",
        step="Write the path from where you are, with the file's ending and in its upper and lower case.",
    ),
    _rule(
        id="r-open",
        enames=_SYNTAX,
        pattern=r"unexpected end of input|unexpected INCOMPLETE_STRING",
        concept="loops and blocks (R)",
        means="The cell ends {where} while something is still open: a bracket, a block or a quote.",
        look="{look} Is there a second one for each `(`, `{{`, `[` and each quote?",
        step="Close what was opened last, first.",
    ),
    _rule(
        id="r-else",
        enames=_SYNTAX,
        pattern=r"unexpected 'else'",
        concept="loops and blocks (R)",
        means="`else` {where} stands at the beginning of a line, where R takes the `if` before it for finished.",
        look="{look} Where does the block before it end?",
        step="Put `else` on the line of the closing `}}`.",
    ),
    _rule(
        id="r-syntax",
        enames=_SYNTAX,
        pattern=r"unexpected (?P<what>.+)",
        concept="loops and blocks (R)",
        means="R cannot read the cell {where}: it did not expect {what} there.",
        look="{look} Is a comma, an operator or a bracket missing just before it?",
        step="Read the line from the left, and say for each word what it does there.",
    ),
    _rule(
        id="r-value",
        enames=("AssertionError",),
        pattern=r"^expected (?P<wanted>.*), got (?P<got>.*)$",
        concept="tests",
        means="The check {where} expected {wanted}, and there was {got}.",
        look="{look} Run what stands in the first place of `expect` alone: what does it give?",
        step="Follow the values through your function with this very input, line by line.",
    ),
    _rule(
        id="r-question",
        enames=("StdinNotImplementedError",),
        pattern=r"",
        concept="function calls (R)",
        means="`readline` asks for input {where}, and nobody can answer here.",
        look="{look} A graded cell runs alone, without anybody at the keyboard.",
        step="Take the value from an argument of the function, or from a file.",
    ),
    _rule(
        id="r-ended",
        enames=("SessionEnded",),
        pattern=r"",
        concept="function calls (R)",
        means="The cell ended R itself, as `quit()` does; a new one began, in which nothing is set.",
        look="{look} Does it call `quit` or `q`, or take more memory than there is?",
        step="Leave a function with `return(...)`, and run the cells above again.",
    ),
)
