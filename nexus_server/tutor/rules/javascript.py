"""Rules for JavaScript kernels: the errors that beginners meet first."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code, counted, joined
from nexus_server.tutor.rules.source_facts import nearest

_DECLARED = re.compile(r"\b(?:let|const|var|function|class)\s+([A-Za-z_$][\w$]*)")
_GLOBALS = (
    *("console", "Math", "JSON", "Array", "Object", "String", "Number", "Boolean", "Promise", "Map", "Set", "Date"),
    *("parseInt", "parseFloat", "undefined"),
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _reference(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    near = nearest(match["name"], [*_DECLARED.findall(failure.cell_source), *_GLOBALS])
    if near:
        return {"similar": phrase("There is a similar name: {near}. Capital letters count.", near=code(near))}
    return {
        "similar": phrase(
            "Should it be text (then it needs quotes), or is the line that declares it missing or not yet run?"
        )
    }


def _property(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    wanted = match["name"]
    before = re.search(rf"(?<![\w$.\]\[()])([\w$.\]\[()]{{1,80}})\??\.{re.escape(wanted)}\b", failure.cell_source)
    if before is None:
        return {"subject": phrase("What stands before the dot or the bracket has no value at that moment.")}
    return {
        "subject": phrase(
            "What stands before `.{wanted}`, {before}, has no value at that moment.",
            wanted=wanted,
            before=code(before[1]),
        )
    }


def _balance(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    source = failure.cell_source
    odd = [
        counted(source.count(o), code(o), source.count(c), code(c))
        for o, c in _CLOSING.items()
        if source.count(o) != source.count(c)
    ]
    if not odd:
        return {"count": phrase("The brackets are paired; look at commas, quotes and operators.")}
    return {"count": phrase("The cell has {odd}.", odd=joined(odd))}


RULES = (
    Rule(
        id="js-not-defined",
        language=Language.JAVASCRIPT,
        enames=("ReferenceError",),
        pattern=r"^(?P<name>[\w$]+) is not defined",
        concept="names and variables",
        facts=_reference,
        means=("JavaScript does not know the name {name} that is used {where}."),
        look=("{look} {similar}"),
        step=(
            "A name is declared once, before its first use:\n\n```javascript\nlet lives = 3;\nconst limit = 10;\n```"
        ),
    ),
    Rule(
        id="js-before-initialization",
        language=Language.JAVASCRIPT,
        enames=("ReferenceError",),
        pattern=r"^Cannot access '(?P<name>[\w$]+)' before initialization",
        concept="order of execution",
        means=("{name} is used {where} before the line that gives it its value has run."),
        look=("{look} Where is the `let` or `const` of {name}? It has to come first."),
        step=(
            "Move the declaration above the first use. Inside a function or a block, a declaration of "
            "the same name hides the outer one."
        ),
    ),
    Rule(
        id="js-undefined-property",
        language=Language.JAVASCRIPT,
        enames=("TypeError",),
        pattern=r"^Cannot (?:read|set) properties of "
        r"(?P<what>undefined|null) \((?:reading|setting) '(?P<name>[^']+)'\)",
        concept="undefined and null",
        facts=_property,
        means=("Something {where} is {what}, so it has no property {name}."),
        look=("{look} {subject} Print it with `console.log` just before."),
        step=(
            "A position beyond an array's end, a missing property and a function without `return` all "
            "give `undefined`. Find which of them it is here."
        ),
    ),
    Rule(
        id="js-not-a-function",
        language=Language.JAVASCRIPT,
        enames=("TypeError",),
        pattern=r"^(?P<name>.+?) is not a function",
        concept="calling functions",
        means=("{name} is called like a function {where}, but it isn't one."),
        look=("{look} Check the spelling of {name}, and what it holds: `console.log(typeof ...)`."),
        step=(
            "Method names are spelled exactly: `toUpperCase`, not `toUppercase`. An array's size is "
            "`.length`, without parentheses."
        ),
    ),
    Rule(
        id="js-constant",
        language=Language.JAVASCRIPT,
        enames=("TypeError",),
        pattern=r"^Assignment to constant variable",
        concept="names and variables",
        means=("A name that was declared with `const` gets a second value {where}."),
        look=("{look} Which name does it set, and how was that name declared?"),
        step=("`const` is for what never changes, `let` for what does: `let count = 0; count = count + 1;`."),
    ),
    Rule(
        id="js-not-iterable",
        language=Language.JAVASCRIPT,
        enames=("TypeError",),
        pattern=r"^(?P<name>.+?) is not iterable",
        concept="loops",
        means=("{name} is gone through item by item {where}, but it is not an array, a text or another collection."),
        look=("{look} What is its value? `console.log` shows it."),
        step=(
            "`for (const item of items)` goes through an array. For an object, go through "
            "`Object.keys(...)` or `Object.entries(...)`."
        ),
    ),
    Rule(
        id="js-declared-twice",
        language=Language.JAVASCRIPT,
        enames=("SyntaxError",),
        pattern=r"^Identifier '(?P<name>[\w$]+)' has already been declared",
        concept="names and variables",
        means=("{name} is declared a second time {where}."),
        look=(
            "Look for each `let`, `const` or `function` with {name} in the cells that you have run: "
            "there are at least two."
        ),
        step=(
            "Declare a name once; after that, set it without `let`: `count = 5;`. Restarting the "
            "kernel forgets all declarations."
        ),
    ),
    Rule(
        id="js-syntax",
        language=Language.JAVASCRIPT,
        is_general=True,
        enames=("SyntaxError",),
        pattern=r"",
        concept="syntax",
        facts=_balance,
        means=(
            "JavaScript cannot read the code {where}: something is missing, superfluous or misspelled. "
            "Nothing of the cell was run."
        ),
        look=("{look} {count} Look also at the end of the line above."),
        step=(
            "Take the line apart until it works. Text needs quotes at both ends, items need commas, "
            "conditions need parentheses: `if (lives > 0) {{ ... }}`."
        ),
    ),
    Rule(
        id="js-stack",
        language=Language.JAVASCRIPT,
        enames=("RangeError",),
        pattern=r"Maximum call stack",
        concept="recursion",
        means=("A function calls itself again and again without an end, until JavaScript stops it."),
        look=("{look} Which case should end the calls, and does each call come closer to it?"),
        step=(
            "A function that calls itself needs a case that answers directly, tested first, and every "
            "call must get a smaller problem."
        ),
    ),
    Rule(
        id="js-array-length",
        language=Language.JAVASCRIPT,
        enames=("RangeError",),
        pattern=r"Invalid (?:array length|string length)",
        concept="arrays",
        means=("A length or a count {where} is negative, not whole, or far too large."),
        look=("{look} Print the number that is given there."),
        step=("Work out how that number comes about, and which values go into it."),
    ),
)
