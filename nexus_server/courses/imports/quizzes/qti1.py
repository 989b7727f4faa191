"""QTI 1.2 as a quiz, as Canvas and other systems export it (also in Common Cartridges)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.pictures import PictureBox
from nexus_server.courses.imports.quizzes.numbers import points_of
from nexus_server.courses.imports.quizzes.qti1_items import texts_of, write_item
from nexus_server.courses.imports.quizzes.writing import Item, QuizWriter
from nexus_server.courses.imports.quizzes.xml_reading import child, children, descendants, local_name, text_at
from nexus_server.courses.imports.report import ImportedStep
from nexus_server.courses.imports.titles import file_title

#: keys of metadata that say an item's points and kind, in this order
_POINTS = ("points_possible", "cc_weighting", "qmd_weighting")
_KINDS = ("question_type", "cc_profile", "qmd_itemtype")


@dataclass(frozen=True, slots=True)
class _Placed:
    element: Element
    points: float | None
    change: str


def import_qti1(root: Element, path: str, files: Mapping[str, bytes]) -> ImportedStep:
    """Make a quiz of an assessment or an item bank; `files` are the archive's, for its pictures.

    Raises:
        NothingToImportError: no item of it has a counterpart.
    """
    pictures = PictureBox(files)
    writer = QuizWriter(pictures.find)
    for number, placed in enumerate(_items(root, None, ""), 1):
        place = f"item {number}" + (f" ({title})" if (title := placed.element.get("title", "")) else "")
        with writer.attempt(place):
            _write(placed, number, place, writer)
    writer.require_some(path)
    return writer.step(_title(root) or file_title(path), pictures.used)


def _title(root: Element) -> str:
    assessment = next(descendants(root, "assessment", "objectbank"), None)
    return (assessment.get("title") or "") if assessment is not None else ""


def _items(element: Element, points: float | None, change: str) -> Iterator[_Placed]:
    """Yield the items in order; those of a group that is drawn from bear its points."""
    for each in element:
        name = local_name(each)
        if name == "item":
            yield _Placed(each, points, change)
        elif name in ("assessment", "section", "objectbank"):
            selection = child(each, "selection_ordering", "selection")
            if selection is not None and (drawn := text_at(selection, "selection_number")):
                own = text_at(selection, "selection_extension", "points_per_item")
                text = f"{drawn} of its group were drawn at random; here all are asked"
                yield from _items(each, points_of(own) if own else None, text)
            else:
                yield from _items(each, points, change)


def _write(placed: _Placed, number: int, place: str, writer: QuizWriter) -> None:
    element, said = placed.element, dict(_metadata(placed.element))
    presentation = child(element, "presentation")
    if presentation is None:
        raise UnreadableImportError("it has no presentation")
    points = placed.points if placed.points is not None else _points(element, said)
    name = said.get("assessment_question_identifierref") or element.get("ident") or f"q{number}"
    item = Item(place, name, "", points, _feedback(element, "general_fb", writer))
    if placed.change:
        item.changes.append(placed.change)
    kind = next((said[key] for key in _KINDS if said.get(key)), "")
    write_item(element, presentation, kind.lower(), item, writer)


def _metadata(element: Element) -> Iterator[tuple[str, str]]:
    for field in descendants(element, "qtimetadatafield"):
        yield text_at(field, "fieldlabel"), text_at(field, "fieldentry")
    for each in descendants(element, "qmd_itemtype", "qmd_weighting"):
        yield local_name(each), (each.text or "").strip()


def _points(element: Element, said: Mapping[str, str]) -> float:
    """Return what the item says that it gives, else the most that its scores add up to, else 1."""
    for key in _POINTS:
        if key in said:
            return points_of(said[key])
    # A maximum of 100 is a share of the whole in per cent.
    most = next((points_of(each.get("maxvalue", "")) for each in descendants(element, "decvar")), 1.0)
    return 1.0 if most in (0.0, 100.0) else most


def _feedback(element: Element, ident: str, writer: QuizWriter) -> str:
    for each in children(element, "itemfeedback"):
        if each.get("ident") == ident:
            return texts_of(each, writer)
    return ""
