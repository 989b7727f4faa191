"""QTI 2.x and 3 as quizzes: tests with their items, and items without a test."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.pictures import PictureBox
from nexus_server.courses.imports.quizzes.numbers import points_of
from nexus_server.courses.imports.quizzes.qti2_items import write_item
from nexus_server.courses.imports.quizzes.qti2_names import attribute, elements, modern, name_of
from nexus_server.courses.imports.quizzes.writing import Item, QuizWriter
from nexus_server.courses.imports.report import ImportedStep
from nexus_server.courses.imports.titles import file_title

#: the roots that are read, by path
Roots = Mapping[str, Element]


def import_qti2(roots: Roots, files: Mapping[str, bytes]) -> list[ImportedStep]:
    """Make a quiz of each test, and one of the items that no test names; `files` are for pictures.

    Raises:
        NothingToImportError: no item has a counterpart.
    """
    items = {path: modern(root) for path, root in roots.items() if name_of(root) == "assessmentItem"}
    tests = {path: modern(root) for path, root in roots.items() if name_of(root) == "assessmentTest"}
    steps, named = [], set[str]()
    for path, test in tests.items():
        refs = list(_refs(path, test))
        named |= {ref for ref, _ in refs}
        steps.append(_quiz(attribute(test, "title") or file_title(path), refs, items, files))
    rest: list[tuple[str, float | None]] = [(path, None) for path in items if path not in named]
    if rest:
        title = attribute(items[rest[0][0]], "title") if len(rest) == 1 else ""
        steps.append(_quiz(title or "Imported questions", rest, items, files))
    return steps


def _refs(path: str, test: Element) -> Iterator[tuple[str, float | None]]:
    """Yield the items of a test in order, each with its weight."""
    for ref in elements(test, "assessmentItemRef"):
        place = normpath((PurePosixPath(path).parent / unquote(attribute(ref, "href"))).as_posix())
        weight = next((points_of(attribute(each, "value")) for each in elements(ref, "weight")), None)
        yield place, weight


def _quiz(
    title: str, refs: list[tuple[str, float | None]], items: Mapping[str, Element], files: Mapping[str, bytes]
) -> ImportedStep:
    pictures = PictureBox(files)
    writer = QuizWriter(pictures.find)
    for path, weight in refs:
        element = items.get(path)
        name = attribute(element, "title") if element is not None else ""
        place = f"item {path}" + (f" ({name})" if name else "")
        with writer.attempt(place):
            _write(element, weight, place, writer)
    writer.require_some(title)
    return writer.step(title, pictures.used)


def _write(element: Element | None, weight: float | None, place: str, writer: QuizWriter) -> None:
    if element is None:
        raise UnreadableImportError("the test names it, and it is not here")
    item = Item(place, attribute(element, "identifier") or "item", "", _points(element) if weight is None else weight)
    write_item(element, item, writer)


def _points(element: Element) -> float:
    """Return what an item says that it gives at most, else what its mapping adds up to, else 1."""
    for declared in elements(element, "outcomeDeclaration"):
        if attribute(declared, "identifier") == "MAXSCORE":
            value = next(elements(declared, "value"), None)
            if value is not None:
                return points_of((value.text or "").strip())
    for declared in elements(element, "outcomeDeclaration"):
        if attribute(declared, "identifier") == "SCORE" and (most := attribute(declared, "normalMaximum")):
            return points_of(most)
    return sum(_mapped(declared) for declared in elements(element, "responseDeclaration")) or 1.0


def _mapped(declared: Element) -> float:
    """Return the most that the mapping of a response gives."""
    gains = [points_of(attribute(each, "mappedValue"), 0.0) for each in elements(declared, "mapEntry")]
    most = max(gains, default=0.0) if attribute(declared, "cardinality") == "single" else sum(gains)
    bound = next((attribute(each, "upperBound") for each in elements(declared, "mapping")), "")
    return min(most, points_of(bound, most)) if bound else most
