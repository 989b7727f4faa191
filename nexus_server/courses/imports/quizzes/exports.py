"""Exports of quizzes: Moodle's XML, QTI 1.2 as Canvas writes it, QTI 2 and 3, alone or in packages."""

from dataclasses import replace
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.quizzes.moodle import import_moodle
from nexus_server.courses.imports.quizzes.qti1 import import_qti1
from nexus_server.courses.imports.quizzes.qti2 import import_qti2
from nexus_server.courses.imports.quizzes.qti2_names import name_of
from nexus_server.courses.imports.quizzes.xml_reading import descendants, read_xml
from nexus_server.courses.imports.report import ImportedStep

_QTI2 = ("assessmentItem", "assessmentTest")
#: what packages have beside their quizzes
_BESIDE = ("manifest", "quiz")


def import_quizzes(bundle: Bundle) -> list[ImportedStep]:
    """Make a quiz of each export of a bundle.

    Raises:
        UnreadableImportError: an XML file cannot be read, or is no quiz and stands alone.
        NothingToImportError: no question of one has a counterpart.
    """
    roots = {path: read_xml(data, path) for path, data in sorted(bundle.items()) if path.lower().endswith(".xml")}
    steps = []
    for path, root in roots.items():
        name = name_of(root)
        if name == "quiz" and next(descendants(root, "question"), None) is not None:
            steps.append(replace(import_moodle(root, path), sources=(path,)))
        elif name == "questestinterop" and _has_items(root):
            steps.append(replace(import_qti1(root, path, bundle), sources=(path,)))
        elif name not in (*_QTI2, *_BESIDE, "questestinterop") and len(bundle) == 1:
            raise UnreadableImportError(f"{path}: this XML is no quiz that can be read; its root is {name!r}.")
    items = {path: root for path, root in roots.items() if name_of(root) in _QTI2}
    if items:
        first, *rest = import_qti2(items, bundle)
        steps += [replace(first, sources=tuple(items)), *rest]
    return steps


def _has_items(root: Element) -> bool:
    return next(descendants(root, "item"), None) is not None
