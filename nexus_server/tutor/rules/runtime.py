"""Rules for what happens around the code: tests, stubs, time, memory, files and modules."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest, walk

_MODULES = (
    *("numpy", "pandas", "matplotlib", "math", "random", "statistics", "datetime", "json", "csv", "collections"),
    *("itertools", "functools", "re", "os", "sys", "time", "string", "pathlib", "typing", "dataclasses", "decimal"),
    *("fractions", "scipy", "sklearn", "seaborn"),
)


def _module(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    near = nearest(match["module"].split(".")[0], _MODULES)
    return {
        "similar": phrase("There is one with a similar name: {near}.", near=code(near))
        if near
        else phrase("Check its spelling in the lab's text.")
    }


def _endless(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    for number, line in enumerate(failure.lines, start=1):
        if re.match(r"\s*while\b", line):
            condition = code(line.strip().removeprefix("while").rstrip(":").strip())
            loop = phrase(
                "The `while` loop on line {line} goes on as long as {condition} is true. What inside the loop makes it "
                "false?",
                line=number,
                condition=condition,
            )
            return {"loop": loop}
        if re.search(r"\binput\(", line):
            return {"loop": phrase("Line {line} waits for input. Did you answer it?", line=number)}
    return {"loop": phrase("Which loop or call takes so long? `print` inside a loop shows whether it moves on.")}


def _assertion(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    says = phrase(" It says: {message}.", message=code(failure.message)) if failure.message else ""
    return {"says": says}


def _magic_line(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    lines = (number for number, line in enumerate(failure.lines, start=1) if match["name"] in line)
    found = next(lines, None)
    return {"line": str(found)} if found else {}


def _own_call(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    """Move to the line on which the function calls itself: the stack may have ended on any line of it."""
    number = failure.line_number or 0
    around = [
        node
        for node in walk(failure.cell_source)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno <= number <= (node.end_lineno or node.lineno)
    ]
    inner = max(around, key=lambda node: node.lineno, default=None)
    calls = [] if inner is None else [node for node in ast.walk(inner) if isinstance(node, ast.Call)]
    own = [call.lineno for call in calls if inner and _called(call) == inner.name]
    return {"line": str(min(own))} if own and number not in own else {}


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


RULES = (
    Rule(
        id="assertion",
        is_general=True,
        enames=("AssertionError",),
        pattern=r"",
        concept="tests",
        facts=_assertion,
        means=(
            "A check (`assert`) {where} is not fulfilled: your code ran, but its result is not the expected one.{says}"
        ),
        look=(
            "{look} Work out by hand what the checked expression should give, then run just that "
            "expression in a cell of its own and compare the two."
        ),
        step=(
            "Try the smallest input by hand first: an empty list, zero, one item. Print the values in "
            "between, and find the first one that differs from what you expect."
        ),
    ),
    Rule(
        id="not-implemented",
        enames=("NotImplementedError",),
        pattern=r"",
        concept="functions",
        means=("The code {where} still has the placeholder `NotImplementedError`: this part is yours to write."),
        look=(
            "{look} Read the text above the cell, and the function's description: what goes in, what should come out?"
        ),
        step=(
            "Replace the whole placeholder line by your own code. Begin with the simplest case, run "
            "the cell, and go on from there."
        ),
    ),
    Rule(
        id="recursion",
        enames=("RecursionError",),
        pattern=r"",
        concept="recursion",
        facts=_own_call,
        means=("A function calls itself again and again without an end, until Python stops it."),
        look=("{look} Which case should end the calls, and does each call come closer to it?"),
        step=(
            "A function that calls itself needs a case that answers directly, tested first, and every "
            "call must get a smaller problem:\n\n"
            "```python\ndef countdown(n):\n    if n == 0:\n        return\n    countdown(n - 1)\n```"
        ),
    ),
    Rule(
        id="memory",
        enames=("MemoryError", "KernelDied", "DeadKernelError"),
        pattern=r"^$|memory|oom|137|[Uu]nable to allocate|array is too big",
        concept="memory",
        means=(
            "Your code asked for more memory than the kernel has. If the kernel was ended by this, run "
            "the cells above again after the restart."
        ),
        look=(
            "{look} What grows here? A list that a loop never stops filling, a very large `range` "
            "turned into a list, or a big table that is copied several times."
        ),
        step=(
            "Try it with a small input first, and print `len(...)` of what you collect. Process items "
            "one by one in a loop instead of keeping all of them."
        ),
    ),
    Rule(
        id="kernel-died",
        enames=("KernelDied", "DeadKernelError"),
        pattern=r"",
        concept="the kernel",
        means=(
            "The kernel ended while this cell was running, so all variables are gone. Your code and "
            "your files are still there."
        ),
        look=("{look} Did the cell end Python itself (`exit`, `quit`, `os._exit`), or use very much memory or time?"),
        step=(
            "Restart the kernel and run the cells one by one from the top. The one after which it ends "
            "again is the one to look into."
        ),
    ),
    Rule(
        id="interrupted",
        enames=("KeyboardInterrupt", "TimeoutError", "CellTimeoutError"),
        pattern=r"",
        concept="loops",
        facts=_endless,
        means=("The cell was stopped while it was still running. Most often that is a loop that never ends."),
        look=("{look} {loop}"),
        step=(
            "Something that the loop's condition asks about must change in every round:\n\n"
            "```python\nlives = 3\nwhile lives > 0:\n    lives = lives - 1\n```"
        ),
    ),
    Rule(
        id="module-missing",
        enames=("ModuleNotFoundError",),
        pattern=r"No module named '(?P<module>[\w.]+)'",
        concept="modules and imports",
        facts=_module,
        means=("There is no library called {module} in this kernel; it is imported {where}."),
        look=("{look} {similar} The kernel has no network, so nothing can be installed into it, with `pip` neither."),
        step=(
            "Use the libraries that the lab's text names; they are all installed. If the spelling is "
            "right and you need this library, ask your instructor."
        ),
    ),
    Rule(
        id="import-name",
        enames=("ImportError",),
        pattern=r"cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<module>[\w.]+)'",
        concept="modules and imports",
        means=("The library {module} is there, but has nothing called {name} to import {where}."),
        look=(
            "{look} Check the spelling and the capital letters of {name}. A file of your own with the "
            "library's name would hide the library."
        ),
        step=("Import the library as a whole, type its name and a dot, and press Tab to see what it offers."),
    ),
    Rule(
        id="file-missing",
        enames=("FileNotFoundError",),
        pattern=r"No such file or directory(?:: (?P<path>.+))?",
        concept="files",
        facts=lambda _f, m: {"path": code(m["path"].strip("'")) if m["path"] else "that is named"},
        means=("The file {path} that is to be opened {where} does not exist at that place."),
        look=(
            "{look} Check the spelling, the ending (`.txt`, `.csv`) and the folder. Paths start from "
            "the notebook's own folder."
        ),
        step=(
            "See what is there: `import os`, then `os.listdir()`. A file on your own computer has to be uploaded first."
        ),
    ),
    Rule(
        id="file-forbidden",
        enames=(
            "PermissionError",
            "IsADirectoryError",
            "NotADirectoryError",
            "OSError",
            "ConnectionError",
            "URLError",
            "gaierror",
        ),
        pattern=(
            r"Permission denied|Read-only file system|Is a directory|Not a directory"
            r"|name resolution|Network is unreachable|No space left|urlopen error"
        ),
        concept="files",
        means=(
            "The kernel may not do what is asked {where}: it has no network, and it may write only in your own folder."
        ),
        look=("{look} Does it open a web address, or a path outside of your folder, or a folder in place of a file?"),
        step=(
            "Use a file name without a leading `/`, so that the file is in the notebook's own folder. "
            "Data from the web has to come with the lab."
        ),
    ),
    Rule(
        id="magic-unknown",
        enames=("UsageError",),
        pattern=r"magic function `(?P<name>%%?\w+)` not found",
        concept="syntax",
        facts=_magic_line,
        means="A line {where} begins with `%`, which is an order to the notebook. It knows none called {name}.",
        look="{look} Compare the spelling: `%matplotlib`, `%timeit`, `%run`.",
        step="Correct the name, or take the `%` away if a line of Python is meant.",
    ),
)
