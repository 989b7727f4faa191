"""Rules for what GCC refuses, and for C programs that fail while they run, as the C kernel tells it."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code

_rule = partial(Rule, language=Language.C)
_REFUSED, _RUN = ("CompileError",), ("RuntimeError",)


def _before(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    """GCC names the word behind what is missing: where that begins a line, the line above it is meant."""
    line = failure.line_number or 1
    token = match["token"]
    if failure.line(line).startswith(token) or line > len(failure.lines):
        above = [number for number in range(1, line) if failure.line(number)]
        return {"line": str(above[-1])} if above else {}
    return {}


def _similar(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    found = match["similar"]
    if found:
        return {"hint": phrase("There is one with a similar name: {found}.", found=code(found))}
    return {"hint": phrase("Is it spelled as where it is made, and has the cell that makes it run?")}


def _which(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"which": phrase("too few values") if match["which"] == "few" else phrase("too many values")}


RULES = (
    _rule(
        id="c-semicolon",
        enames=_REFUSED,
        pattern=r"^expected (?:',' or )?';'(?:.* before '(?P<token>[^']*)')?",
        concept="statements and blocks (C)",
        facts=lambda failure, match: _before(failure, match) if match["token"] else {},
        means="A statement {where} does not end: its semicolon is missing.",
        look="{look} Which statement there has no `;` behind it?",
        step="Put a semicolon behind the statement. A block in braces needs none.",
    ),
    _rule(
        id="c-function-unknown",
        enames=_REFUSED,
        pattern=r"^implicit declaration of function '(?P<name>\w+)'(?:; did you mean '(?P<similar>\w+)')?"
        r"|^undefined symbol '(?P<linked>\w+)'",
        concept="functions and headers (C)",
        facts=lambda failure, match: {**_similar(failure, match), "what": code(match["name"] or match["linked"])},
        means="No function {what} is known {where}.",
        look="{look} {hint}",
        step="Compare the names letter by letter; for a function of the library, include its header.",
    ),
    _rule(
        id="c-name-unknown",
        enames=_REFUSED,
        pattern=r"^'(?P<name>\w+)' undeclared(?:.*; did you mean '(?P<similar>\w+)')?"
        r"|^unknown type name '(?P<type>\w+)'",
        concept="variables and types (C)",
        facts=lambda failure, match: (
            {"what": code(match["type"]), "hint": phrase("Is it the name of a type, and is its header included?")}
            if match["type"]
            else {**_similar(failure, match), "what": code(match["name"])}
        ),
        means="{what} is used {where}, and nothing of that name was declared.",
        look="{look} {hint}",
        step="Declare it with its type before its first use, inside of the same block or around it.",
    ),
    _rule(
        id="c-format",
        enames=_REFUSED,
        pattern=r"^format '(?P<format>[^']+)' expects (?:argument of type '(?P<wanted>[^']+)'|a matching)",
        concept="printing and reading (C)",
        means="{format} {where} does not go with the value that stands for it.",
        look="{look} Which type has the value? `%d` is for int, `%f` for double, `%s` for a text, `%c` for a char.",
        step="Choose the sign behind `%` by the value's type, and count: each `%` needs one value.",
    ),
    _rule(
        id="c-header",
        enames=_REFUSED,
        pattern=r"^(?P<name>\S+): No such file or directory",
        concept="functions and headers (C)",
        means="There is no header {name}; it is included {where}.",
        look="{look} Is the name spelled right? Common ones are `stdio.h`, `stdlib.h`, `string.h`, `math.h`.",
        step="Correct the name. Other libraries than C's own are not here.",
    ),
    _rule(
        id="c-arguments",
        enames=_REFUSED,
        pattern=r"^too (?P<which>few|many) arguments to function '(?P<name>\w+)'",
        concept="functions and headers (C)",
        facts=_which,
        means="{name} is called with {which} {where}.",
        look="{look} How many parameters has the function where it is defined?",
        step="Give it one value for each parameter, in their order.",
    ),
    _rule(
        id="c-return",
        enames=_REFUSED,
        pattern=r"^control reaches end of non-void function|^'return' with (?:no )?(?:a )?value",
        concept="functions and headers (C)",
        means="The function {where} does not give back what its first line promises.",
        look="{look} The type before the function's name says what it gives; `void` gives nothing.",
        step="Let every way through the function end with a `return` of that type.",
    ),
    _rule(
        id="c-pointer-mixed",
        enames=_REFUSED,
        pattern=r"makes (?:integer from pointer|pointer from integer)|incompatible pointer type|incompatible types?"
        r"|invalid operands",
        concept="pointers and memory (C)",
        means="A value {where} has another type than the place that it goes to: a pointer, or a plain value.",
        look="{look} `&x` is the address of x, `*p` the value at p; an array's name is an address.",
        step="Say for both sides which type they have, and put a `&` or `*` where they differ by one.",
    ),
    _rule(
        id="c-member",
        enames=_REFUSED,
        pattern=r"has no member named '(?P<name>\w+)'|request for member '(?P<asked>\w+)'"
        r"|invalid type argument of (?:'->'|unary)|is a pointer; did you mean to use '->'|subscripted value",
        concept="pointers and memory (C)",
        means="Something is asked {where} of a value that does not have it.",
        look="{look} A struct's part is reached by `.`, through a pointer by `->`; arrays and pointers have `[ ]`.",
        step="Look at where the variable is declared, and use the sign that goes with its type.",
    ),
    _rule(
        id="c-assigned",
        enames=_REFUSED,
        pattern=r"^lvalue required|^assignment of read-only|^assignment to expression with array type",
        concept="variables and types (C)",
        means="Something is assigned {where} that can hold no new value.",
        look="{look} What stands before the `=`? A call, a constant and a whole array cannot be assigned to.",
        step="Use `==` to compare. A text is copied with `strcpy`, an array item by item.",
    ),
    _rule(
        id="c-taken",
        enames=("CompileError", "Redefinition"),
        pattern=r"^redefinition of '(?P<name>\w+)'|^conflicting types for '(?P<other>\w+)'|^redeclaration of"
        r"|^`(?P<library>\w+)` is the C library's",
        concept="variables and types (C)",
        means="A name {where} is taken already.",
        look="{look} Is the same name declared twice in this cell, or is it a function of the C library?",
        step="Choose another name. A definition of an earlier cell may be given anew in a cell of its own.",
    ),
    _rule(
        id="c-text",
        enames=_REFUSED,
        pattern=r"^missing terminating|^empty character constant|^stray '",
        concept="printing and reading (C)",
        means="A text or a sign {where} cannot be read.",
        look="{look} Texts stand between double quotes on one line, single characters between single quotes.",
        step="Close the quote. A line's end inside of a text is `\\n`. Quotes copied from a page may be others.",
    ),
    _rule(
        id="c-brace",
        enames=_REFUSED,
        pattern=r"^expected declaration or statement at end of input|^expected '[})\]]'|^expected identifier or '\('",
        concept="statements and blocks (C)",
        means="Brackets do not match {where}.",
        look="{look} Is there a `}} ` for each `{{ `, and a `)` for each `(`, in this line and above it?",
        step="Indent each block, and look where the indentation and the braces part.",
    ),
    _rule(
        id="c-syntax",
        enames=_REFUSED,
        pattern=r"^expected (?P<what>.+?) before (?P<token>.+)$|^'else' without"
        r"|^(?:break|continue) statement not within",
        concept="statements and blocks (C)",
        means="GCC cannot read the statement {where}.",
        look="{look} The mistake stands there or just before: a sign too many, a missing bracket, a misspelled word.",
        step="Read the statement from its first word. Which part does its form need that is not there?",
    ),
    _rule(
        id="c-division",
        enames=_RUN,
        pattern=r"^division by zero|SIGFPE",
        concept="variables and types (C)",
        means="A whole number is divided by zero {where}, which ends the program.",
        look="{look} Which value has the divisor at that moment?",
        step="Ask whether the divisor is zero before you divide.",
    ),
    _rule(
        id="c-memory",
        enames=_RUN,
        pattern=r"^invalid memory access|SIGSEGV|SIGBUS",
        concept="pointers and memory (C)",
        means="The program reaches {where} for memory that is not its own, and is ended.",
        look="{look} Is an index as large as the array or larger, is a pointer NULL or without a value, or does a "
        "function call itself for ever?",
        step="Print the index and the pointer before that line. The last item of n has the index n - 1.",
    ),
    _rule(
        id="c-abort",
        enames=_RUN,
        pattern=r"abort|SIGABRT",
        concept="pointers and memory (C)",
        means="The program ended itself {where}, as `abort` does, or because memory was freed twice.",
        look="{look} Does each `malloc` have one `free`, and nothing is used behind it?",
        step="Set a pointer to NULL once its memory is freed.",
    ),
    _rule(
        id="c-value",
        enames=("AssertionError",),
        pattern=r"^expected (?P<wanted>.*), got (?P<got>.*)$",
        concept="tests",
        means="The check {where} expected {wanted}, and there was {got}.",
        look="{look} Follow the function by hand with these values: after which line is the result another?",
        step="Print what the function computes, step by step, for this one call.",
    ),
    _rule(
        id="c-assert",
        enames=("AssertionError",),
        pattern=r"^`(?P<what>.+)` does not hold$",
        concept="tests",
        means="The condition {what} {where} is not true.",
        look="{look} Print both sides of the condition.",
        step="Find the first value on the way that is not what you think.",
    ),
    _rule(
        id="c-question",
        enames=("StdinNotImplementedError",),
        pattern=r"asks for input",
        concept="printing and reading (C)",
        means="The program reads input, and nobody can answer here.",
        look="{look} A graded cell runs alone, without anybody at the keyboard.",
        step="Take the value from a parameter of a function.",
    ),
    _rule(
        id="c-ended",
        enames=("ProgramEnded", "ProgramFailed"),
        pattern=r"^the program ended",
        concept="functions and headers (C)",
        means="The program ended itself before its time, or with a status that says that it failed.",
        look="{look} Is there an `exit`, or a `return` in `main` with another number than 0?",
        step="Leave a function with `return`, and let `main` end with `return 0;` when all is well.",
    ),
)
