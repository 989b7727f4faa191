"""Rules for values that a function cannot use: conversions, unpacking, arithmetic."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import on_line, text_of


def _number_text(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    shown = match["whole"] or match["decimal"] or "''"
    return {"text": code(shown), "reason": _why_no_number(shown.strip("'\""))}


def _why_no_number(text: str) -> str:
    if not text.strip():
        return phrase("The text is empty, so there is no number in it.")
    if re.fullmatch(r"\s*-?\d+[.]\d*\s*", text):
        return phrase("It has a decimal point; `int` only reads whole numbers from text.")
    if re.fullmatch(r"\s*-?\d+,\d+\s*", text):
        return phrase("It has a comma; Python writes a decimal point.")
    return (
        phrase("It has digits, but also other characters.")
        if re.search(r"\d", text)
        else phrase("There are no digits in it.")
    )


def _divisor(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    found = [
        n.right if isinstance(n, ast.BinOp) else n.value
        for n in on_line(failure, ast.BinOp, ast.AugAssign)
        if isinstance(n, ast.BinOp | ast.AugAssign) and isinstance(n.op, ast.Div | ast.FloorDiv | ast.Mod)
    ]
    if not found:
        return {"divisor": phrase("When can the divisor be 0?")}
    return {"divisor": phrase("The divisor is {found}. When can it be 0?", found=code(text_of(found[-1])))}


def _unpack(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    more = match["how"] == "too many values"
    return {
        "how": phrase("more values on the right than names on the left")
        if more
        else phrase("fewer values on the right than names on the left")
    }


RULES = (
    Rule(
        id="number-from-text",
        enames=("ValueError",),
        pattern=(
            r"invalid literal for int\(\) with base \d+: (?P<whole>.*)"
            r"|could not convert string to float: (?P<decimal>.*)"
        ),
        concept="types: text and numbers",
        facts=_number_text,
        means=("A text {where} should become a number, but {text} cannot be read as one."),
        look=("{look} {reason} Where does this text come from?"),
        step=(
            "Print the text with `repr(...)` to see spaces and line ends. `int` reads whole numbers, "
            "`float` decimal ones; `.strip()` takes white space off the ends."
        ),
    ),
    Rule(
        id="unpack-count",
        enames=("ValueError",),
        pattern=r"(?P<how>too many values|not enough values) to unpack \(expected (?:at least )?(?P<expected>\d+)",
        concept="unpacking",
        facts=_unpack,
        means=("Several names are set at once {where}, but the counts differ: there are {how}."),
        look=(
            "{look} The left side has {expected} names. How many values does the right side give? "
            "Print it on a line of its own."
        ),
        step=(
            "The counts must agree: `x, y = (3, 4)`. To go through a dictionary's keys and values "
            "together, loop over `.items()`; for positions and items, over `enumerate(...)`."
        ),
    ),
    Rule(
        id="not-in-list",
        enames=("ValueError",),
        pattern=r"is not in list|not in list|not in tuple|substring not found",
        concept="lists",
        means=("A value is to be found or removed {where}, but it isn't there."),
        look=(
            "{look} Print the list (or text) just before this line. Has the value been removed "
            "already, or is it spelled differently, or of another type?"
        ),
        step=("Ask first: `if item in basket:`. The number `5` and the text `'5'` are different items."),
    ),
    Rule(
        id="empty-sequence",
        enames=("ValueError",),
        pattern=r"(?P<name>max|min)\(\) (?:arg is an empty sequence|iterable argument is empty)",
        concept="lists",
        means=("{name} {where} looks for an item in something that is empty."),
        look=("{look} Why is it empty at that moment? Print it just before this line."),
        step=("Decide what should happen when there are no items, and ask for that case first: `if not scores:`."),
    ),
    Rule(
        id="math-domain",
        enames=("ValueError",),
        pattern=r"math domain error|expected a (?:nonnegative|positive)|not defined for negative values",
        concept="arithmetic",
        means=(
            "A mathematical function {where} gets a number for which it has no result, such as the "
            "square root of a negative number."
        ),
        look=("{look} Print the value that goes into the function."),
        step=(
            "Find out why the value is negative (or zero, for a logarithm), or treat that case "
            "separately before the function is called."
        ),
    ),
    Rule(
        id="not-a-number",
        enames=("ValueError", "OverflowError"),
        pattern=r"cannot convert float (?:NaN|infinity) to integer",
        concept="arithmetic",
        means="A number that is no ordinary one (`nan` or infinity) should become a whole number {where}.",
        look="{look} Which calculation gave it? Print the values that go in.",
        step="Find out where the value comes from, and treat that case before it is converted. `math.isnan` "
        "asks for it.",
    ),
    Rule(
        id="decimal-text",
        enames=("InvalidOperation",),
        pattern=r"",
        concept="arithmetic",
        means="A `Decimal` {where} is made from a text that is no number, or computed where there is no result.",
        look="{look} Print the text with `repr(...)`.",
        step="Give digits with a point between them, as in `Decimal('1.50')`.",
    ),
    Rule(
        id="range-step",
        enames=("ValueError",),
        pattern=r"range\(\) arg 3 must not be zero|slice step cannot be zero",
        concept="loops",
        means="A loop or a slice {where} moves by steps of 0, so it would never end.",
        look="{look} The last of the three numbers is the step.",
        step="Give a step of 1 or more, or a negative one to go backwards.",
    ),
    Rule(
        id="zero-division",
        enames=("ZeroDivisionError",),
        pattern=r"",
        concept="arithmetic",
        facts=_divisor,
        means=("Something is divided by zero {where}. That has no result."),
        look=("{look} {divisor}"),
        step=(
            "Treat that case on its own before you divide. For the mean of a list, the question is: "
            "what if the list is empty?"
        ),
    ),
    Rule(
        id="overflow",
        enames=("OverflowError",),
        pattern=r"",
        concept="arithmetic",
        means=("A result {where} is too large for a decimal number (float)."),
        look=("{look} Which value grows so much? Often an exponent, or a loop that multiplies again and again."),
        step=(
            "Print the values that go in. Whole numbers (int) in Python may be as large as you like; "
            "only decimal ones have a limit of about 10 to the 308."
        ),
    ),
    Rule(
        id="decode",
        enames=("UnicodeDecodeError", "UnicodeEncodeError"),
        pattern=r"^'(?P<codec>[\w-]+)' codec can't (?:de|en)code",
        concept="files",
        means=(
            "A file or a sequence of bytes {where} is read as text in the encoding {codec}, but holds something else."
        ),
        look=(
            "{look} Is it really a text file? Pictures, archives and notebooks of other programs are "
            "not. If it is, it was written in another encoding."
        ),
        step=(
            "Say the encoding when you open the file, for example `open(path, encoding='latin-1')`; a "
            "file that isn't text is opened with mode `'rb'`."
        ),
    ),
)
