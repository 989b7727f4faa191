"""QTI 3's names as those of QTI 2: ``qti-choice-interaction`` is ``choiceInteraction`` there. Pure."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.quizzes.xml_reading import local_name

_HYPHEN = re.compile(r"-([a-z])")
_PREFIX = "qti-"


def name_of(element: Element) -> str:
    """Return an element's name as QTI 2 has it."""
    name = local_name(element)
    return _camel(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) else name


def modern(root: Element) -> Element:
    """Rename a document's elements to QTI 2's names without a namespace, in place; other elements keep theirs."""
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = name_of(element)
    return root


def attribute(element: Element, name: str) -> str:
    """Return an attribute by QTI 2's name, in either spelling; empty where there is none."""
    value = element.get(name)
    if value is None:
        hyphened = re.sub(r"([A-Z])", lambda match: f"-{match[1].lower()}", name)
        value = element.get(hyphened)
    return (value or "").strip()


def elements(element: Element, *names: str) -> Iterator[Element]:
    """Yield every element below of one of the names, in order."""
    return (each for each in element.iter() if each is not element and each.tag in names)


def _camel(name: str) -> str:
    return _HYPHEN.sub(lambda match: match[1].upper(), name)
