"""Rules for classes and objects of the learner's own."""

import ast
import re
from collections.abc import Iterator, Mapping

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, own_words
from nexus_server.tutor.rules.source_facts import nearest, walk

_OPERATOR_METHODS = {"<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__", "+": "__add__", "-": "__sub__"}


def _classes(failure: Failure) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in walk(failure.cell_source) if isinstance(node, ast.ClassDef)}


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    return (item for item in node.body if isinstance(item, ast.FunctionDef))


def _attributes(failure: Failure) -> set[str]:
    """Return the names that the cell sets on `self`, and its classes' own."""
    on_self = {
        node.attr
        for node in walk(failure.cell_source)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    return on_self | {
        target.id
        for owner in _classes(failure).values()
        for item in owner.body
        if isinstance(item, ast.Assign)
        for target in item.targets
        if isinstance(target, ast.Name)
    }


def _in_method(failure: Failure) -> bool:
    line = failure.line_number or 0
    return any(
        method.lineno <= line <= (method.end_lineno or 0)
        for owner in _classes(failure).values()
        for method in _methods(owner)
    )


def _without_self(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    owner, _, name = match["function"].rpartition(".")
    found = _classes(failure).get(owner.rsplit(".", 1)[-1])
    method = next((m for m in _methods(found) if m.name == name), None) if found else None
    if method is None or method.decorator_list or (method.args.args and method.args.args[0].arg == "self"):
        return None
    return {"line": str(method.lineno), "function": code(name)}


def _self_missing(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    return {"class": code(match["class"].rsplit(".", 1)[-1])}


def _bare_attribute(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if match["name"] not in _attributes(failure) or not _in_method(failure):
        return None
    return {"full": code(f"self.{match['name']}")}


def _own_attribute(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    owner = _classes(failure).get(match["type"])
    if owner is None:
        return None
    if any(m.name in {"_init_", "init", "__int__", "_init"} for m in _methods(owner)):
        return {
            "similar": phrase(
                "A method of this class seems meant to be `__init__`: it has two underscores on each side."
            )
        }
    if number := _local_instead(owner, match["name"]):
        return {
            "similar": phrase(
                "Line {number} gives a value to {name} alone: that name ends with its method.",
                number=number,
                name=code(match["name"]),
            )
        }
    near = nearest(match["name"], [*_attributes(failure), *(m.name for m in _methods(owner))])
    if near:
        return {"similar": phrase("The class has a similar name: {near}.", near=code(near))}
    if owner.bases:
        return {
            "similar": phrase(
                "A class that is based on another runs the other's `__init__` only by `super().__init__(...)`."
            )
        }
    return {
        "similar": phrase("Is {name} set in a method, and has that method run?", name=code("self." + match["name"]))
    }


def _local_instead(owner: ast.ClassDef, name: str) -> int | None:
    """Return the line on which a method sets a local variable of this name, where an attribute was meant."""
    stored = (
        node.lineno
        for method in _methods(owner)
        for node in ast.walk(method)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    )
    return min(stored, default=None)


def _own_operator(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    found = match.groupdict()
    left, right = found["left"], found["right"]
    if not {left, right} & set(_classes(failure)):
        return None
    symbol = found["op"] or found["order"]
    return {
        "op": code(symbol.split(" ")[0]),
        "type": code(left),
        "method": own_words(_OPERATOR_METHODS.get(symbol.split(" ")[0], gettext_noop("a method for it"))),
    }


def _own_container(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    kind = next(value for value in match.groups() if value)
    if kind not in _classes(failure):
        return None
    method = "__len__" if match["sized"] else "__iter__" if match["looped"] else "__getitem__"
    return {"type": code(kind), "method": code(method)}


def _property_called(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    properties = {
        node.name
        for node in walk(failure.cell_source)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list)
    }
    called = next((name for name in properties if re.search(rf"\.{name}\(", failure.bad_line)), None)
    return {"name": code(called)} if called else None


def _mutable_field(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    for node in walk(failure.cell_source):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.List | ast.Dict | ast.Set):
            return {"line": str(node.lineno)}
    return {}


def _returning_method(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    for owner in _classes(failure).values():
        for method in _methods(owner):
            if method.name != match["method"]:
                continue
            returns = [n for n in ast.walk(method) if isinstance(n, ast.Return) and n.value is not None]
            if match["method"] == "__init__" and returns:
                return {"line": str(returns[0].lineno), "wish": phrase("no value at all")}
            return {"line": str(method.lineno), "wish": phrase("a text, with `return`")}
    return {"wish": phrase("no value at all") if match["method"] == "__init__" else phrase("a text, with `return`")}


_INIT = "In `__init__`, each value that the object keeps is set on `self`; every method reads it from there again."
#: pandas' and NumPy's own types are looked at elsewhere
RULES = (
    Rule(
        id="method-without-self",
        enames=("TypeError",),
        pattern=r"^(?P<function>[\w.<>]+\.\w+)\(\) takes (?P<takes>\d+) positional arguments? but (?P<given>\d+) w",
        concept="classes",
        facts=_without_self,
        means="The method {function} is defined without a place for its object: the call hands the object in first.",
        look="{look} A method's first parameter is the object itself. What is the first parameter here?",
        step="Write `self` as the first parameter of each method, before all others.",
    ),
    Rule(
        id="self-missing",
        enames=("TypeError",),
        pattern=r"^(?P<class>[\w.<>]+)\.(?P<method>\w+)\(\) missing \d+ required positional arguments?: 'self'",
        concept="classes",
        facts=_self_missing,
        means="The method {method} is called {where} on the class {class} itself, so there is no object for `self`.",
        look="{look} What stands before the dot: the class, or an object made from it?",
        step="Make an object first by calling the class, keep it under a name, and call the method on that name.",
    ),
    Rule(
        id="attribute-without-self",
        enames=("NameError", "UnboundLocalError"),
        pattern=r"(?:name|local variable) '(?P<name>\w+)'",
        concept="classes",
        facts=_bare_attribute,
        means="{name} {where} is read as an ordinary variable, but the objects of this class keep it as an attribute.",
        look="{look} Elsewhere this class writes {full}. Compare that with this line.",
        step="Inside a method, each attribute is reached through the object: the object's name, a dot, the attribute.",
    ),
    Rule(
        id="self-unknown",
        enames=("NameError",),
        pattern=r"^name '(?P<name>self|cls)' is not defined",
        concept="classes",
        means="{name} {where} is not known: it is no word of Python, but a parameter that a method must have.",
        look="{look} Is this line inside a method, and what is that method's first parameter called?",
        step="Give the method `self` as its first parameter, and use `self` only inside methods.",
    ),
    Rule(
        id="attribute-of-own-class",
        enames=("AttributeError",),
        pattern=r"^(?:'|type object ')(?P<type>\w+)'(?: object)? has no attribute '(?P<name>\w+)'",
        concept="classes",
        facts=_own_attribute,
        means="The object {where} is a {type}, and a {type} has no {name} at that moment.",
        look="{look} {similar}",
        step=_INIT,
    ),
    Rule(
        id="operator-of-own-class",
        enames=("TypeError",),
        pattern=r"(?:unsupported operand type\(s\) for (?P<op>.+?): |'(?P<order>[<>]=?)' not supported between "
        r"instances of )'(?P<left>\w+)' and '(?P<right>\w+)'",
        concept="classes",
        facts=_own_operator,
        means="The operator {op} {where} meets objects of the class {type}, which does not say what it should do.",
        look="{look} Which of the objects' attributes should be taken here?",
        step="Either use the attributes, or give the class a method for the operator ({method}). Sorting can also get "
        "a `key=` that picks an attribute.",
    ),
    Rule(
        id="container-of-own-class",
        enames=("TypeError",),
        pattern=r"object of type '(?P<sized>\w+)' has no len|'(?P<looped>\w+)' object is not iterable"
        r"|'(?P<indexed>\w+)' object is not subscriptable",
        concept="classes",
        facts=_own_container,
        means="The object {where} is a {type}. Python does not know its items, because the class does not tell them.",
        look="{look} Which attribute of the object holds the items or the value that you want?",
        step="Use that attribute, with a dot and its name, or give the class a method {method} that says what to do.",
    ),
    Rule(
        id="property-called",
        enames=("TypeError",),
        pattern=r"object is not callable",
        concept="classes",
        facts=_property_called,
        means="{name} is a property: reading it already gives its value, and that value is called {where}.",
        look="{look} What do the parentheses behind {name} do to the value?",
        step="A property is read like an attribute, without parentheses.",
    ),
    Rule(
        id="property-read-only",
        enames=("AttributeError", "FrozenInstanceError"),
        pattern=r"property '?(?P<name>\w*)'? ?of '.*' object has no setter|can't set attribute|cannot assign to field",
        concept="classes",
        means="An attribute is set {where} that the class made for reading only.",
        look="{look} Is it a property without a setter, or an attribute of a frozen dataclass?",
        step="Set the attribute that the property is computed from, or make a new object with the other value.",
    ),
    Rule(
        id="abstract-class",
        enames=("TypeError",),
        pattern=r"Can't instantiate abstract class (?P<class>\w+) with(?:out an implementation for)? abstract methods? "
        r"'?(?P<methods>[\w, ']+?)'?$",
        concept="classes",
        means="No object of {class} can be made {where}: the class promises {methods} and does not define it.",
        look="{look} Which methods does the class that it is based on mark as abstract?",
        step="Define each of these methods in the class, with exactly the same name.",
    ),
    Rule(
        id="method-returns-wrong",
        enames=("TypeError",),
        pattern=r"^(?:\w+\.)?(?P<method>__\w+__)(?:\(\))? (?:returned non-string|should return None)",
        concept="classes",
        facts=_returning_method,
        means="The method {method} {where} gives back something that Python cannot use there.",
        look="{look} Python expects {wish} from {method}. What does yours give back, on every way through it?",
        step="Check each `return` of the method: is there one, and does it give what Python expects?",
    ),
    Rule(
        id="dataclass-mutable",
        enames=("ValueError",),
        pattern=r"mutable default .* for field (?P<field>\w+) is not allowed",
        concept="classes",
        facts=_mutable_field,
        means="The field {field} {where} would share one list among all objects of the class; a dataclass "
        "refuses that.",
        look="{look} The value behind the `=` is made once, not for each object.",
        step="Let the dataclass make a new one for each object: `field(default_factory=...)` from `dataclasses`.",
    ),
    Rule(
        id="enum-member",
        enames=("AttributeError", "ValueError"),
        pattern=r"^(?P<name>[A-Z][A-Z0-9_]*)$|^(?P<value>.+) is not a valid (?P<class>\w+)$",
        concept="classes",
        facts=lambda _f, m: {"what": code(m["name"] or m["value"])},
        means="The enumeration {where} has no member {what}.",
        look="{look} Compare with the members in the class: their names stand left of the `=`, their values "
        "right of it.",
        step="`Kind.NAME` looks for a name, `Kind(value)` for a value. Use one that the class lists, or add it there.",
    ),
)
