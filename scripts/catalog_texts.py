"""The server's own texts for people, found in its code: whatever becomes the message of an error, and what is marked.

A text is marked by the call that takes it: `gettext`, `gettext_noop` or `phrase` (nexus_server/languages.py). Besides,
the first line of an error's docstring is its message, and so is the text that it is raised with.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nexus_server.tutor.rules.engine import RULES
from nexus_server.tutor.rules.examples import QUESTIONS
from nexus_server.tutor.rules.glossary import GLOSSARY

#: what only operators and authors see, on the command line, which speaks English
ENGLISH_ONLY = ("commands", "courses", "demo", "kernels/helper", "kernels/image_building.py")
#: where the texts of hints are, which have a catalog of their own
HINTS = "tutor/rules"
MARKS = {"gettext", "gettext_noop", "phrase"}
PLURAL_MARK = "ngettext"
ROOT_ERROR = "NexusError"
#: Tornado's, whose text comes second
HTTP_ERROR = "HTTPError"
#: what a check of a field raises, which pydantic passes on
FIELD_ERROR = "ValueError"


#: a text, or one and several
Text = str | tuple[str, str]


def server_texts(package: Path) -> list[Text]:
    """Return the texts of every module below `package` that may reach a browser, but for those of hints."""
    return _texts(package, lambda place: not place.startswith((*ENGLISH_ONLY, HINTS)))


def tutor_texts(package: Path) -> list[Text]:
    """Return the texts of hints: those of each rule and concept, and those that rules are filled in with."""
    rules = [text for rule in RULES for text in (rule.means, rule.look, rule.step)]
    return [*rules, *GLOSSARY, *GLOSSARY.values(), *QUESTIONS.values(), *_texts(package, _is_of_hints)]


def _is_of_hints(place: str) -> bool:
    return place.startswith(HINTS)


def _texts(package: Path, is_meant: Callable[[str], bool]) -> list[Text]:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))}
    errors = error_names(trees.values())
    texts: dict[Text, None] = {}
    for path, tree in trees.items():
        place = path.relative_to(package).as_posix()
        if not is_meant(place):
            continue
        checks_fields = place.startswith("handlers/")
        for node in ast.walk(tree):
            texts.update(dict.fromkeys(_texts_of(node, errors | ({FIELD_ERROR} if checks_fields else set()))))
    return list(texts)


def error_names(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of all subclasses of `NexusError`."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {ROOT_ERROR}
    while new := {name for name, of in bases.items() if of & found} - found:
        found |= new
    return found


def _texts_of(node: ast.AST, errors: set[str]) -> Iterator[Text]:
    if isinstance(node, ast.ClassDef) and node.name in errors:
        yield from (ast.get_docstring(node) or "").splitlines()[:1]
    if not isinstance(node, ast.Call):
        return
    name = _name(node.func)
    if name in MARKS or name in errors:
        yield from _literals(node.args[:1])
    if name == PLURAL_MARK:
        one, several = _literals(node.args[:2])
        yield one, several
    if name == HTTP_ERROR:
        yield from _literals(node.args[1:2])
    if name in errors:
        fields = [keyword.value for keyword in node.keywords if keyword.arg == "fields"]
        yield from (text for each in fields if isinstance(each, ast.Dict) for text in _literals(each.values))


def _literals(nodes: Iterable[ast.expr | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def _name(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))
