"""What a failing line works with. A hint names that topic before the mechanism, as a teacher would.

Too few arguments for `plt.bar` are about plots, and a `None` from `re.search` is about patterns. What is the same for
all values keeps the rule's own concept. Pure; never runs the code.
"""

import ast
import re
from collections.abc import Callable, Mapping

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.source_facts import last_assignment, on_line, walk

Topic = Callable[[Failure], str | None]

#: what a library is about
_LIBRARIES = {
    "matplotlib": "plots (matplotlib)",
    "numpy": "arrays and shapes (NumPy)",
    "pandas": "tables (pandas)",
    "json": "JSON",
    "csv": "files",
    "re": "text patterns (regular expressions)",
    "datetime": "dates and times",
}
#: what the values of a type are about
_TYPES = {
    "module": "modules and imports",
    "dict": "dictionaries",
    "ndarray": "arrays and shapes (NumPy)",
    "Series": "tables (pandas)",
    "DataFrame": "tables (pandas)",
    "TextIOWrapper": "files",
    "BufferedReader": "files",
    "date": "dates and times",
    "datetime": "dates and times",
    "timedelta": "dates and times",
    "Match": "text patterns (regular expressions)",
    "Pattern": "text patterns (regular expressions)",
}
#: steps from a name to what it was made of
_MAX_STEPS = 6
_COMPARISON = r"=>|=<|===|!==|<>|=!"
_TYPE_IN_MESSAGE = re.compile(r"'(?:\w+\.)*(?P<type>\w+)' object")
_CALLED = re.compile(r"^(?:[\w<>]+\.)*(?P<name>\w+)\(\)")


def topic_of(rule: str, failure: Failure) -> str | None:
    """Return the concept that stands before the one of `rule`, if the failing line works with one."""
    return next((found for topic in _TOPICS.get(rule, ()) if (found := topic(failure)) is not None), None)


def _library(failure: Failure, *kinds: type[ast.AST]) -> str | None:
    """Return the topic of the library that a value of `kinds` on the failing line comes from."""
    aliases = _aliases(failure)
    for node in reversed(on_line(failure, *kinds)):
        library = aliases.get(_root(node, failure) or "")
        if library in _LIBRARIES:
            return _LIBRARIES[library]
    return None


def _aliases(failure: Failure) -> dict[str, str]:
    """Return the library behind each name that is imported in this cell or another one."""
    found = {"plt": "matplotlib", "np": "numpy", "pd": "pandas"}
    for cell in (*failure.other_cells, failure.cell_source):
        for node in walk(cell):
            if isinstance(node, ast.Import):
                found.update({(a.asname or a.name).split(".")[0]: a.name.split(".")[0] for a in node.names})
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.update({a.asname or a.name: node.module.split(".")[0] for a in node.names})
    return found


def _root(node: ast.AST | None, failure: Failure) -> str | None:
    """Return the name that a value begins with, followed back through its assignments."""
    name = None
    for _ in range(_MAX_STEPS):
        name = _first_name(node)
        made = _made_of(name, failure) if name else None
        if made is None or made is node:
            return name
        node = made
    return name


def _first_name(node: ast.AST | None) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _made_of(name: str, failure: Failure) -> ast.AST | None:
    """Return the value that a name, or one of several names at once, was given last above the failing line."""
    plain = last_assignment(name, failure.cell_source, failure.line_number)
    if plain is not None:
        return plain[1]
    unpacked = [
        node.value
        for node in walk(failure.cell_source)
        if isinstance(node, ast.Assign) and node.lineno < (failure.line_number or 0)
        if any(isinstance(n, ast.Name) and n.id == name for target in node.targets for n in ast.walk(target))
    ]
    return unpacked[-1] if unpacked else None


def _called(failure: Failure) -> str | None:
    """Return the topic of the library whose function the message names."""
    found = _CALLED.search(failure.message)
    if found is None:
        return None
    if found[0].endswith(".__init__()"):
        return "classes"
    aliases = _aliases(failure)
    for call in on_line(failure, ast.Call):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == found["name"]:
            return _LIBRARIES.get(aliases.get(_root(call, failure) or "", ""))
    return None


def _type_in_message(failure: Failure) -> str | None:
    found = _TYPE_IN_MESSAGE.search(failure.message)
    return _TYPES.get(found["type"]) if found else None


def _gone_through(failure: Failure) -> str | None:
    """Return the topic of dictionaries where a loop takes pairs out of one."""
    for loop in on_line(failure, ast.For, ast.comprehension):
        if isinstance(loop, ast.For | ast.comprehension) and _is_dictionary(loop.iter, failure):
            return "dictionaries"
    return None


def _is_dictionary(node: ast.expr, failure: Failure) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="keys" | "values")):
            return True
        case ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict" | "Counter" | "defaultdict")):
            return True
        case ast.Name(id=name):
            made = _made_of(name, failure)
            return isinstance(made, ast.expr) and not isinstance(made, ast.Name) and _is_dictionary(made, failure)
        case _:
            return False


def _unpacked(failure: Failure) -> str | None:
    for node in on_line(failure, ast.Assign):
        if isinstance(node, ast.Assign):
            library = _aliases(failure).get(_root(node.value, failure) or "", "")
            return _LIBRARIES[library] if library in {"matplotlib", "numpy", "pandas"} else None
    return None


def _said(pattern: str, topic: str) -> Topic:
    """Return the topic of a message that holds `pattern`."""
    return lambda failure: topic if re.search(pattern, failure.message) else None


def _written(pattern: str, topic: str) -> Topic:
    """Return the topic of a failing line that holds `pattern`."""
    return lambda failure: topic if re.search(pattern, failure.bad_line) else None


def _own_class(failure: Failure) -> str | None:
    """Return the topic of classes where a method is called on a class of this cell (JavaScript)."""
    owner = re.match(r"([\w$]+)\.", failure.message)
    return "classes" if owner and re.search(rf"\bclass {re.escape(owner[1])}\b", failure.cell_source) else None


_VALUES = (ast.Subscript, ast.Attribute)
_TOPICS: Mapping[str, tuple[Topic, ...]] = {
    "argument-missing": (_called,),
    "argument-extra": (_called,),
    "argument-keyword": (_called,),
    "builtin-arity": (_called,),
    "attribute-missing": (_type_in_message,),
    "attribute-none": (lambda failure: _library(failure, *_VALUES),),
    "none-subscript": (_said(r"not callable", "calling functions"), lambda failure: _library(failure, ast.Subscript)),
    "not-callable": (_type_in_message,),
    "index-type": (lambda failure: _library(failure, ast.Subscript),),
    "key-missing": (lambda failure: _library(failure, ast.Subscript),),
    "unpack-count": (_gone_through, _unpacked),
    "comparison-precedence": (_said(r"Series|DataFrame", "tables (pandas)"),),
    "not-in-list": (_said(r"substring", "text (strings)"),),
    "wrong-type-given": (_said(r"^sequence item", "text (strings)"),),
    "else-without-if": (_written(r"^el", "conditions"), _written(r"^(?:except|finally)", "exceptions")),
    "foreign-operator": (_written(_COMPARISON, "comparison and assignment"),),
    "js-method-unknown": (_own_class,),
    "js-number-range": (_said(r"count value", "text (strings)"),),
    "js-bigint": (_said(r"Cannot mix", "types: text and numbers"),),
}
