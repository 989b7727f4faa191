"""Rules for JavaScript's values: methods, objects, classes, promises, numbers."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import Phrase, gettext_noop, phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code, own_words

_OTHER_NAMES = {
    "append": "push",
    "add": gettext_noop("push (arrays) or add (sets)"),
    "push": gettext_noop("push, which only arrays have"),
    "contains": "includes",
    "len": "length",
    "length": gettext_noop("length, without parentheses"),
    "size": gettext_noop("length or size, without parentheses"),
    "join": gettext_noop("join, which only arrays have"),
    "upper": "toUpperCase",
    "lower": "toLowerCase",
    "strip": "trim",
    "squareRoot": "Math.sqrt",
    "remove": gettext_noop("splice or filter"),
    "sorted": "sort",
    "foreach": "forEach",
    "map": gettext_noop("map, which only arrays have"),
    "forEach": gettext_noop("forEach, which only arrays have"),
}


def _method(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    name = match["method"]
    owner = match["owner"].strip("()")
    if owner == "(intermediate value)" or owner.startswith("intermediate"):
        owner = own_words(gettext_noop("the value"))
    if re.search(rf"\bclass\b[^}}]*\bstatic\s+(?:async\s+)?{re.escape(name)}\(", failure.cell_source, re.DOTALL):
        return None
    other = _OTHER_NAMES.get(name)
    similar = (
        phrase("What you may be looking for is {other}.", other=own_words(other))
        if other
        else phrase("Check its spelling, letter by letter.")
    )
    return {"owner": owner if isinstance(owner, Phrase) else code(owner), "method": code(name), "similar": similar}


def _own_method(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if not re.search(r"\bclass\b", failure.cell_source) or "Math" in match["name"]:
        return None
    return {} if re.search(r"\bnew\b|\bstatic\b", failure.cell_source) else None


def _async_value(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    called = match["call"]
    return (
        {}
        if re.search(
            rf"\basync\s+function\s+{re.escape(called)}\b|\b{re.escape(called)}\s*=\s*async\b", failure.cell_source
        )
        else None
    )


def _property_value(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    """Whether the method's name is a property that the cell sets to a value."""
    name = re.escape(match["method"])
    return (
        {"method": code(match["method"])}
        if re.search(rf"[{{,]\s*{name}\s*:\s*(?!\(|function|async)", failure.cell_source)
        else None
    )


#: what the rules below share
_rule = partial(Rule, language=Language.JAVASCRIPT)

_REFERENCE, _TYPE, _RANGE = ("ReferenceError",), ("TypeError",), ("RangeError",)

RULES = (
    _rule(
        id="js-super-missing",
        enames=_REFERENCE,
        pattern=r"^Must call super",
        concept="classes",
        means="The class is based on another, and its constructor uses `this` {where} before the other has set it up.",
        look="{look} What has to happen first in the constructor of such a class?",
        step="Call `super(...)` first, with what the other class's constructor needs; use `this` after that.",
    ),
    _rule(
        id="js-new-missing",
        enames=_TYPE,
        pattern=r"^Class constructor (?P<name>[\w$]+) cannot be invoked without",
        concept="classes",
        means="The class {name} is called like a function {where}; an object of it is made in another way.",
        look="{look} Which word has to stand before the class's name?",
        step="Write `new` before the name of the class.",
    ),
    _rule(
        id="js-not-a-class",
        enames=_TYPE,
        pattern=r"^(?P<name>.+?) is not a constructor",
        concept="classes",
        means="{name} {where} cannot make objects with `new`: it is no class.",
        look="{look} Where is {name} defined, and as what?",
        step="Call an ordinary or an arrow function without `new`; for objects of a kind define a `class`.",
    ),
    _rule(
        id="js-read-only",
        enames=_TYPE,
        pattern=r"^Cannot (?:set property (?P<name>\w+) of .* which has only a getter)",
        concept="classes",
        means="The property {name} {where} can be read, but not set: its class has only a getter for it.",
        look="{look} From which other value does the getter compute it?",
        step="Set that other value, or give the class a setter.",
    ),
    _rule(
        id="js-frozen",
        enames=_TYPE,
        pattern=r"^Cannot (?:assign to read only|add|delete) property '?(?P<name>[\w$]+)",
        concept="objects",
        means="The property {name} {where} may not be changed.",
        look="{look} Was the object frozen, or is the property one of text?",
        step="Make a new object with the other value, for example by spreading the old one: `{{...old, size: 3}}`.",
    ),
    _rule(
        id="js-promise-used",
        enames=_TYPE,
        pattern=r"^(?P<call>[\w$]+)\(\.\.\.\)\.(?P<method>\w+) is not a function",
        concept="promises and waiting",
        facts=_async_value,
        means="{call} gives a promise, because it is `async`; {where} the promise is used like the value.",
        look="{look} What has to stand before the call, so that its value is waited for?",
        step="Put `await` before the call, in parentheses if something follows with a dot.",
    ),
    _rule(
        id="js-promise-empty",
        enames=_TYPE,
        pattern=r"^Promise resolver .* is not a function",
        concept="promises and waiting",
        means="A promise is made {where} without the function that will keep it.",
        look="{look} What should the promise wait for?",
        step="Hand `new Promise` a function with the parameter `resolve`, or write an `async` function instead.",
    ),
    _rule(
        id="js-property-called",
        enames=_TYPE,
        pattern=r"^(?P<owner>.+)\.(?P<method>[\w$]+) is not a function",
        concept="calling functions",
        facts=_property_value,
        means="{method} is called like a function {where}, but it holds a value.",
        look="{look} What do the parentheses behind {method} do?",
        step="A property that holds a value is read without parentheses.",
    ),
    _rule(
        id="js-own-method",
        enames=_TYPE,
        pattern=r"^(?P<name>\(?[\w$ ]+\)?)\.(?P<method>[\w$]+) is not a function",
        concept="classes",
        facts=_own_method,
        means="The object {where} has no method {method}.",
        look="{look} Does its class define {method}, spelled like this, and without `static`?",
        step="Add the method to the class, or use the name that the class has. A `static` method is called on "
        "the class.",
    ),
    _rule(
        id="js-method-unknown",
        enames=_TYPE,
        pattern=r"^(?P<owner>.+)\.(?P<method>[\w$]+) is not a function",
        concept="methods",
        facts=_method,
        means="{owner} {where} has no method {method}.",
        look="{look} {similar} `console.log(typeof ...)` tells what the value is.",
        step="Each kind of value has methods of its own, and capital letters count. Find the one for this kind.",
    ),
    _rule(
        id="js-destructure",
        enames=_TYPE,
        pattern=r"^Cannot destructure property '(?P<name>[\w$]+)' of|^(?:undefined|null) is not iterable",
        concept="undefined and null",
        facts=lambda _f, m: {"what": code(m["name"]) if m["name"] else phrase("its parts")},
        means="Parts are to be taken {where} out of something that has no value.",
        look="{look} Where should the value on the right of the `=` come from? It is `undefined` or `null` here.",
        step="Give the value where the function is called, or a value for the case that none is given: "
        "`(options = {{}})`.",
    ),
    _rule(
        id="js-spread",
        enames=_TYPE,
        pattern=r"^Spread syntax requires",
        concept="loops",
        means="Three dots {where} spread something that has no items to go through.",
        look="{look} What stands behind the three dots: an array, or a single value?",
        step="Spread arrays, sets or texts. A single value is written without the dots.",
    ),
    _rule(
        id="js-json-circle",
        enames=_TYPE,
        pattern=r"circular structure to JSON",
        concept="JSON",
        means="An object {where} holds itself, so that JSON would never end.",
        look="{look} Which property leads back to the object?",
        step="Leave that property out before the object is written as JSON.",
    ),
    _rule(
        id="js-empty-array",
        enames=("TypeError",),
        pattern=r"^Reduce of empty array",
        concept="arrays",
        means="`reduce` {where} has no value to begin with: the array is empty.",
        look="{look} Can the array be empty here? Then there is neither a first item nor a start.",
        step="Give `reduce` a value to start with, after the function: `0` for a sum, `1` for a product.",
    ),
    _rule(
        id="js-bigint",
        enames=("TypeError", "RangeError", "SyntaxError"),
        pattern=r"BigInt",
        concept="arithmetic",
        means="A BigInt (a whole number with `n`) and another number do not go together {where}.",
        look="{look} Which of the numbers ends with `n` or comes from `BigInt(...)`?",
        step="Bring both to the same kind first: `Number(...)` for ordinary ones, `BigInt(...)` for whole "
        "numbers only.",
    ),
    _rule(
        id="js-number-range",
        enames=_RANGE,
        pattern=r"digits argument|radix|Invalid count value|precision",
        concept="arithmetic",
        means="A method {where} gets a number outside of what it allows.",
        look="{look} Which number is given, and which are allowed? The message names the limits.",
        step="Work out where the number comes from, and keep it within the limits.",
    ),
    _rule(
        id="js-date-invalid",
        enames=_RANGE,
        pattern=r"^Invalid time value|[Ii]nvalid date",
        concept="dates and times",
        means="The date {where} is not one: it was made from a text or a number that is no date.",
        look="{look} What was the date made from? `console.log` shows it.",
        step="A text such as `2030-01-31` is read everywhere. Check for `Number.isNaN(date.getTime())` before "
        "using it.",
    ),
    _rule(
        id="js-operator-object",
        enames=_TYPE,
        pattern=r"'in' operator|instanceof|called on non-object|Symbol value|Cannot convert object",
        concept="objects",
        means="An operation {where} that needs an object gets something else.",
        look="{look} What is on its right side: an object, or a single value? `typeof` tells.",
        step="For text use `.includes(...)`. Use `in` and `instanceof` only with objects and classes.",
    ),
    _rule(
        id="js-import",
        enames=("TypeError", "Error"),
        pattern=r"^Import \"?(?P<name>[^\"]+)\"? not a dependency|Module not found|Cannot find module",
        concept="modules and imports",
        facts=lambda _f, m: {"name": code(m["name"]) if m["name"] else phrase("of that name")},
        means="There is no library {name} in this kernel; it is imported {where}.",
        look="{look} Is it spelled right? The kernel has no network, so that nothing can be fetched.",
        step="Use what JavaScript has built in, and Node's own modules, which begin with `node:`.",
    ),
    _rule(
        id="js-rejected",
        enames=("Error",),
        pattern=r"^(?P<said>.*)$",
        concept="promises and waiting",
        facts=lambda f, _m: {} if "reject" in f.bad_line and "throw" not in f.bad_line else None,
        means="A promise was not kept {where}. It says: {said}.",
        look="{look} Who rejects the promise, and in which case?",
        step="Catch it: `try` and `catch` around the `await`, and say there what to do.",
    ),
    _rule(
        id="js-thrown",
        enames=("Error", "TypeError", "RangeError"),
        pattern=r"^(?P<said>.*)$",
        concept="exceptions",
        facts=lambda f, _m: {} if re.search(r"\bthrow\b", f.bad_line) else None,
        means="The program itself stops {where} with `throw`. It says: {said}.",
        look="{look} Which condition leads to this line, and with which values?",
        step="Call the function with values that it allows, or catch the error with `try` and `catch`.",
    ),
)
