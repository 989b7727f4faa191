"""Rules for names: misspelled, not set yet, forgotten quotes, local before set."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import defined_names, nearest_known_name, parse, walk

_SOMETIMES = (ast.If, ast.For, ast.While, ast.Try)
_UNKNOWN = r"^name '(?P<name>\w+)' is not defined"

#: names that lessons use for libraries, and what has to be imported for them
_LIBRARIES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "math": "math",
    "random": "random",
    "json": "json",
    "re": "re",
    "os": "os",
    "sys": "sys",
    "time": "time",
    "datetime": "datetime",
    "numpy": "numpy",
    "pandas": "pandas",
    "statistics": "statistics",
    "collections": "collections",
    "Counter": "collections",
    "defaultdict": "collections",
    "deque": "collections",
    "namedtuple": "collections",
    "sqrt": "math",
    "pi": "math",
    "ceil": "math",
    "floor": "math",
    "randint": "random",
    "choice": "random",
    "shuffle": "random",
    "sleep": "time",
    "timedelta": "datetime",
    "Path": "pathlib",
    "dataclass": "dataclasses",
    "reduce": "functools",
    "lru_cache": "functools",
    "Enum": "enum",
    "Fraction": "fractions",
    "Decimal": "decimal",
    "csv": "csv",
    "string": "string",
    "itertools": "itertools",
    "functools": "functools",
    "asyncio": "asyncio",
    "sns": "seaborn",
}
#: what other languages call it
_FOREIGN = {
    "true": "True",
    "false": "False",
    "null": "None",
    "nil": "None",
    "undefined": "None",
    "none": "None",
    "TRUE": "True",
    "FALSE": "False",
    "NULL": "None",
}


def _foreign(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    python = _FOREIGN.get(match["name"])
    return {"python": code(python)} if python else None


def _missing_import(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    module = _LIBRARIES.get(match["name"])
    return {"module": code(module)} if module else None


def _used_before_set(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    line = defined_names(failure.cell_source).get(match["name"])
    if line is None or failure.line_number is None or line < failure.line_number:
        return None
    if line == failure.line_number:
        return {
            "order": phrase("Line {line} uses it on the right of the `=` while it is only being made there.", line=line)
        }
    return {
        "order": phrase(
            "It gets its first value on line {line}, but line {used} already uses it.",
            line=line,
            used=failure.line_number,
        )
    }


def _inside_function(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    """Find the function or comprehension that alone knows the name."""
    name, here = match["name"], failure.line_number or 0
    for node in walk(failure.cell_source):
        if isinstance(node, ast.FunctionDef) and not node.lineno <= here <= (node.end_lineno or 0):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            if name in names | {argument.arg for argument in node.args.args}:
                return {"home": phrase("the function {name} (line {line})", name=code(node.name), line=node.lineno)}
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = {n.id for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name)}
            if name in targets and node.lineno < here:
                return {"home": phrase("the brackets on line {line}", line=node.lineno)}
    return None


def _typo(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    near = nearest_known_name(match["name"], failure.cell_source)
    if near is None:
        return None
    line = defined_names(failure.cell_source).get(near)
    known = phrase("set on line {line}", line=line) if line else phrase("built into Python")
    return {"near": code(near), "known": known}


def _set_sometimes(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    """Find the branch or loop above, of which some run alone gives the name a value."""
    tree, here = parse(failure.cell_source), failure.line_number or 0
    for node in tree.body if tree else ():
        if isinstance(node, _SOMETIMES) and (node.end_lineno or 0) < here:
            stored = [
                n.lineno
                for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == match["name"]
            ]
            if stored:
                return {"set": str(min(stored)), "opener": str(node.lineno)}
    return None


def _missing_quotes(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    name = re.escape(match["name"])
    if len(match["name"]) == 1 or "_" in match["name"]:
        return None
    # A lone word given to print or input, compared with ==, or used as a key is most often meant as text.
    used_as_text = (
        rf"\b(?:print|input)\(\s*{name}\s*[,)]|[=!]=\s*{name}\b(?!\s*[.(\[])|\[\s*{name}\s*\]|^\w+\s*=\s*{name}$"
    )
    return {} if re.search(used_as_text, failure.bad_line) else None


RULES = (
    Rule(
        id="name-foreign",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="names and variables",
        facts=_foreign,
        means=(
            "Python does not know the word {name} that is used {where}. Other languages do; Python "
            "spells it differently."
        ),
        look=("{look} The word {name} has a Python equivalent: mind the capital letter."),
        step=(
            "Python's own constants are `True`, `False` and `None`, each with one capital letter. Find "
            "which of them you mean, and replace the word everywhere in the cell."
        ),
    ),
    Rule(
        id="name-missing-import",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="modules and imports",
        facts=_missing_import,
        means=(
            "Python does not know the name {name} that is used {where}. It is usually the name of a "
            "library, and a library has to be imported before its first use."
        ),
        look=("{look} Is there a line that imports {module}, in this cell or in one above that you have run?"),
        step=(
            "An import goes at the top, and gives the library the name under which you use it. For "
            "example:\n\n"
            "```python\nimport calendar as cal\ncal.isleap(2024)\n```\n\n"
            "If the import is in another cell, run that cell first."
        ),
    ),
    Rule(
        id="name-used-before-set",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="order of execution",
        facts=_used_before_set,
        means=("The name {name} has no value yet when it is used {where}. Python runs a cell from top to bottom."),
        look=("{look} {order}"),
        step=(
            "Give a name its first value above the line that needs it. For a running count, that is a "
            "starting value before the loop, not inside it."
        ),
    ),
    Rule(
        id="name-inside-function",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="scope of variables",
        facts=_inside_function,
        means="Python does not know the name {name} {where}: it exists only inside of {home}.",
        look="{look} What gets its value in there is not known outside.",
        step="Let the function give the value back with `return`, and keep the result of the call under a name.",
    ),
    Rule(
        id="name-typo",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="names and variables",
        facts=_typo,
        means=(
            "Python does not know the name {name} that is used {where}. A name has to be spelled "
            "exactly as it was when it was set; capital letters count."
        ),
        look=("{look} You wrote {name}. There is a similar name: {near} ({known}). Did you mean that one?"),
        step=(
            "Compare the two spellings letter by letter, then use one of them everywhere. To Python, "
            "`Score` and `score` are two different names."
        ),
    ),
    Rule(
        id="name-set-sometimes",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="names and variables",
        facts=_set_sometimes,
        means="The name {name} has no value {where}: the line that sets it did not run.",
        look="{look} Line {set} sets it, but only as the block that begins on line {opener} decides. Did it run?",
        step="Give the name a value before that block, for the case in which the block does not run.",
    ),
    Rule(
        id="name-missing-quotes",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="text (strings)",
        facts=_missing_quotes,
        means=(
            "Python does not know the name {name} that is used {where}. A word without quotes is read "
            "as a name; text needs quotes."
        ),
        look=("{look} Is {name} meant as text, or as a variable that should have been set before?"),
        step=(
            "Text stands between quotes, a variable does not:\n\n"
            '```python\ncity = "Oslo"\nprint(city)\nprint("Oslo")\n```\n\n'
            "Decide which of the two you mean here."
        ),
    ),
    Rule(
        id="name-unset",
        enames=("NameError",),
        pattern=_UNKNOWN,
        concept="names and variables",
        means=("Python does not know the name {name} that is used {where}: nothing has given it a value."),
        look=(
            "{look} Where should {name} get its value? If that happens in another cell, that cell has "
            "to be run first, and again after a restart of the kernel."
        ),
        step=(
            "Run the cells above from top to bottom. If the name still isn't known, add a line that "
            "sets it before its first use, or a function's parameter that brings it in."
        ),
    ),
    Rule(
        id="name-local-before-set",
        enames=("UnboundLocalError",),
        pattern=r"local variable '(?P<name>\w+)'",
        concept="scope of variables",
        means=("Inside a function, {name} is used {where} before the function has given it a value."),
        look=(
            "{look} Because the function sets {name} somewhere, Python treats {name} as the function's "
            "own variable from the first line on, even if a variable of that name exists outside."
        ),
        step=(
            "Give the variable a first value inside the function, or hand the outside value in as a "
            "parameter and `return` the new one:\n\n"
            "```python\ndef one_more(count):\n    count = count + 1\n    return count\n```"
        ),
    ),
)
