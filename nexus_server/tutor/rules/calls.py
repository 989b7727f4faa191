"""Rules for calling functions: too few or many arguments, things that cannot be called."""

import ast
import builtins
import re
from collections.abc import Mapping

from nexus_server.phrases import Phrase, gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import defined_names, find_function, nearest, on_line

_AMOUNTS = {
    "at least": gettext_noop("at least {count}"),
    "at most": gettext_noop("at most {count}"),
    "exactly": gettext_noop("exactly {count}"),
}
_NUMBERS = {"one": gettext_noop("one"), "no": gettext_noop("none")}


def _signature(failure: Failure, qualified: str) -> str:
    name = qualified.rsplit(".", 1)[-1]
    function = find_function(name, failure.cell_source)
    if function is None:
        return phrase("`help({name})` shows which arguments it takes.", name=name) if name != "__init__" else ""
    return phrase(
        "{name} is defined on line {line} with the parameters {parameters}.",
        name=code(name),
        line=function.lineno,
        parameters=code("(" + ast.unparse(function.args) + ")"),
    )


def _names(said: str) -> str:
    """Return the names in "'a', 'b', and 'c'", without the words between them."""
    return ", ".join(code(name) for name in re.findall(r"'(\w+)'", said)) or code(said)


def _missing(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    number = failure.call_line or failure.line_number
    line = phrase("line {line}", line=number) if failure.line_number else phrase("the call")
    return {"signature": _signature(failure, match["function"]), "which": _names(match["which"]), "call": line}


def _too_many(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    # `self` counts: "takes 1 positional argument but 2 were given" on a method means that `self` is missing.
    method = "." in match["function"] and match["given"] is not None
    extra = (
        (phrase(" For a method, the object itself counts as the first one: its first parameter is `self`."))
        if method
        else ""
    )
    return {"signature": _signature(failure, match["function"]), "self": extra}


def _not_callable(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    called = [n.func for n in on_line(failure, ast.Call) if isinstance(n, ast.Call)]
    names = [n.id for n in called if isinstance(n, ast.Name)]
    defined = defined_names(failure.cell_source)
    for name in names:
        if hasattr(builtins, name) and name in defined:
            return {
                "cause": (
                    phrase(
                        "On line {line} the name {name} gets a value of its own, so that Python's function {name} is "
                        "hidden.",
                        line=defined[name],
                        name=code(name),
                    )
                )
            }
    if names and match["type"] != "module":
        return {"cause": phrase("Is {name} a function, or a variable with a value?", name=code(names[-1]))}
    if any(isinstance(n, ast.Constant | ast.BinOp) for n in called):
        return {
            "cause": (
                phrase(
                    "A value stands directly before a `(`: an operator (such as `*`) or a comma may be missing "
                    "between them."
                )
            )
        }
    return {"cause": phrase("Which value stands directly before the `(`?")}


def _keyword(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    function = find_function(match["function"].rsplit(".", 1)[-1], failure.cell_source)
    parameters = [a.arg for a in function.args.args] if function else []
    near = nearest(match["name"], parameters)
    signature = _signature(failure, match["function"])
    if near:
        signature = phrase("{signature} There is one called {near}.", signature=signature, near=code(near))
    return {"signature": signature}


def _how_many(said: str) -> str:
    """Return what Python says of a number of arguments, as in "at least 2", "exactly one" or "no", as a phrase."""
    form, _, number = said.rpartition(" ")
    count = _NUMBERS.get(number, number)
    return Phrase(_AMOUNTS[form], count=count) if form in _AMOUNTS else count


def _built_in_keyword(match: re.Match[str]) -> Mapping[str, str]:
    function = code(match["function2"])
    return {
        "name": code(match["name2"]),
        "function": function,
        "signature": phrase("`help(...)` with {function} shows them all.", function=function),
    }


RULES = (
    Rule(
        id="argument-missing",
        enames=("TypeError",),
        pattern=r"^(?P<function>[\w.<>]+)\(\) "
        r"missing \d+ required (?:positional|keyword-only) arguments?: (?P<which>.+)",
        concept="parameters and arguments",
        facts=_missing,
        means=("The function {function} is called with too little: the call gives no value for {which}."),
        look=("Look at {call}, where it is called. {signature}"),
        step=(
            "A call gives one argument for each parameter, in the same order:\n\n"
            "```python\ndef price(amount, tax):\n    return amount + tax\n\n"
            "price(10, 2)\n```"
        ),
    ),
    Rule(
        id="argument-extra",
        enames=("TypeError",),
        pattern=r"^(?P<function>[\w.<>]+)\(\) takes (?P<takes>.+?) "
        r"positional arguments? but (?P<given>\d+) (?:was|were) given"
        r"|^(?P<class>[\w.]+)\(\) takes no arguments",
        concept="parameters and arguments",
        facts=lambda f, m: _too_many(f, m) if m["function"] else None,
        means=(
            "The function {function} is called {where} with more arguments than it has parameters: it "
            "takes {takes} and got {given}."
        ),
        look=("{look} {signature}{self}"),
        step=(
            "Count the arguments in the call and the parameters after `def`. Either the call gives one "
            "too many, or the function should have one parameter more."
        ),
    ),
    Rule(
        id="class-no-arguments",
        enames=("TypeError",),
        pattern=r"^(?P<class>[\w.]+)\(\) takes no arguments$",
        concept="classes",
        means=("The class {class} is called with arguments {where}, but it has no `__init__` that takes them."),
        look=(
            "{look} See whether the class has a method `__init__`, spelled with two underscores on "
            "each side and indented inside the class."
        ),
        step=(
            "Arguments of a new object go to `__init__`:\n\n"
            "```python\nclass Dog:\n    def __init__(self, name):\n        self.name = name\n```"
        ),
    ),
    Rule(
        id="builtin-arity",
        enames=("TypeError",),
        pattern=r"^(?P<function>[\w.]+?)(?:\(\))? (?:expected "
        r"(?P<takes>(?:at (?:least|most) |exactly )?\d+) (?:positional )?arguments?, got (?P<given>\d+)"
        r"|takes (?P<takes2>.+?) arguments? \((?P<given2>\d+) given\)"
        r"|missing required argument '(?P<takes3>\w+)' \(pos \d+\))",
        concept="parameters and arguments",
        facts=lambda _f, m: {
            "takes": _how_many(m["takes"] or m["takes2"] or f"at least {code(m['takes3'])}"),
            "given": m["given"] or m["given2"] or phrase("too few"),
        },
        means=("{function} is called {where} with {given} arguments, and takes {takes}."),
        look=("{look} Which values stand in its parentheses, and are several of them meant to be one list?"),
        step=(
            "`help(...)` with a function's name shows its parameters. Several items go into one list: "
            "`sum([1, 2, 3])`, and one item at a time into `append`."
        ),
    ),
    Rule(
        id="argument-keyword",
        enames=("TypeError",),
        pattern=r"^(?P<function>[\w.<>]+)\(\) got "
        r"(?:an unexpected keyword argument|multiple values for argument) '(?P<name>\w+)'"
        r"|^'(?P<name2>\w+)' is an invalid keyword argument for (?P<function2>\w+)\(\)",
        concept="parameters and arguments",
        facts=lambda f, m: _keyword(f, m) if m["name"] else _built_in_keyword(m),
        means=("The call of {function} names an argument {name} that the function does not have, or gives it twice."),
        look=("{look} {signature}"),
        step=(
            "The name before the `=` in a call has to be one of the function's parameters, and each "
            "parameter gets one value only: `round(3.14159, ndigits=2)`."
        ),
    ),
    Rule(
        id="not-callable",
        enames=("TypeError",),
        pattern=r"'(?P<type>[\w.]+)' object is not callable",
        concept="calling functions",
        facts=_not_callable,
        means=("Parentheses {where} call something that is not a function but a value of type {type}."),
        look=("{look} {cause}"),
        step=(
            "Round parentheses directly behind a value call it. For multiplication write `*`, for "
            "items of a list `[ ]`. If one of your variables has a function's name, rename the "
            "variable, then restart the kernel to get the function back."
        ),
    ),
    Rule(
        id="method-on-type",
        enames=("TypeError",),
        pattern=r"(?:descriptor|unbound method) .*'?(?P<name>\w+)'?.*(?:doesn't apply|for type|needs an argument)",
        concept="methods",
        means=("A method is called {where} on a type itself, not on a value of that type."),
        look=("{look} Before the dot there should be your variable, not the name of a type such as `list` or `str`."),
        step=("Write the variable, a dot and the method: `words.append('new')`."),
    ),
)
