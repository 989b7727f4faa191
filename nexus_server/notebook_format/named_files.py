"""Which files of a folder a text of code names: outright, by a pattern, by their folder, or as a module. Pure."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from nexus_server.notebook_format.names import parse

#: folders whose files are data without being named one by one
DATA_FOLDERS = frozenset({"data", "datasets", "dataset", "images", "img", "figures", "assets", "media"})
#: parts of a name that say: for the instructor's eyes
_ANSWER_WORDS = frozenset(
    {"answer", "answers", "solution", "solutions", "soln", "solns", "sols", "expected", "secret", "secrets", "hidden"}
    | {"rubric", "rubrics", "grading", "grader", "autograder", "instructor", "teacher"}
)
#: the same of a module; a table may well be called test.csv
_TEST_WORDS = frozenset({"test", "tests", "checks", "sol"})
_NAME_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MAGIC_LINE = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_RUN = re.compile(r"^[ \t]*%(?:run|load_ext|aimport)\s+(\w+)", re.MULTILINE)
_HOLE = re.compile(r"\{[^{}]*\}|%[0-9.]*[sdif]")
#: longer strings are texts, not names
MAX_PATTERN = 300
#: a pattern has to say at least this much; "*" alone would name everything
_SAYS_SOMETHING = re.compile(r"[A-Za-z0-9]{2}")


def looks_like_answers(name: str) -> bool:
    """Whether a file's path reads like solutions, expected values or tests."""
    words = {word.lower() for word in _NAME_PART.findall(name)}
    return bool(words & _ANSWER_WORDS) or (name.endswith(".py") and bool(words & _TEST_WORDS))


@dataclass(frozen=True)
class Naming:
    """What cells or modules say about files."""

    text: str
    #: modules that are imported, and the members of modules, which may be modules themselves
    modules: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    folders: frozenset[str] = frozenset()

    def names(self, name: str) -> bool:
        """Whether a file is named, given its path beside the notebook."""
        path = PurePosixPath(name)
        if _is_written(path.name, self.text):
            return True
        if path.suffix == ".py":
            return (path.parent.name if path.stem == "__init__" else path.stem) in self.modules
        return any(folder.as_posix() in self.folders for folder in path.parents) or any(
            fnmatchcase(name, pattern) for pattern in self.patterns
        )


def naming(code: Iterable[str], prose: Iterable[str] = ()) -> Naming:
    """Read cells of code, each a text of its own, and texts for people, which name files only literally."""
    code = list(code)
    trees = [tree for text in code if (tree := parse(_MAGIC_LINE.sub("", text)))]
    strings = {string for tree in trees for string in _strings(tree)}
    patterns = {string for string in strings if any(sign in string for sign in "*?[")}
    return Naming(
        text="\n".join([*code, *prose]),
        modules=frozenset(name for tree in trees for name in _imports(tree)) | set(_RUN.findall("\n".join(code))),
        patterns=tuple(sorted(pattern for pattern in patterns if _SAYS_SOMETHING.search(pattern))),
        folders=frozenset(string.strip("./") for string in strings) - {""},
    )


def _is_written(name: str, text: str) -> bool:
    """Whether a name stands in a text by itself: `data.csv` is not named by `mydata.csv`."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", text) is not None


def _strings(tree: ast.Module) -> Iterator[str]:
    """Yield the string literals; the holes of f-strings and templates are stars."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < MAX_PATTERN:
            yield _HOLE.sub("*", node.value)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (part for alias in node.names for part in alias.name.split("."))
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from node.module.split(".")


def closure(names: Iterable[str], start: Naming, read: Callable[[str], str]) -> set[str]:
    """Return the names that code names, and what the modules among them name in turn; `read` gives a module's text."""
    names, found, open_namings = list(names), set[str](), [start]
    while open_namings:
        current = open_namings.pop()
        new = {name for name in names if name not in found and current.names(name)}
        found |= new
        open_namings += [naming([read(name)]) for name in sorted(new) if name.endswith(".py")]
    return found
