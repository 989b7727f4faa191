"""XML of strangers, read within limits: no entities, nothing from outside, neither deep nor endless."""

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from nexus_server.courses.imports.errors import ImportTooLargeError, UnreadableImportError

MAX_DEPTH = 100
MAX_ELEMENTS = 60_000
_CHUNK = 64 * 1024


class _BoundedBuilder(TreeBuilder):
    """Builds a tree, and refuses one that is too deep or too large while it is read."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            text = f"The XML has over {MAX_DEPTH} levels, or over {MAX_ELEMENTS} elements."
            raise ImportTooLargeError(text, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(data: bytes, name: str) -> Element:
    """Return the root of a document.

    Raises:
        UnreadableImportError: it is no XML, or has entities or references to other files.
        ImportTooLargeError: it is too deep or too large.
    """
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_entities=True, forbid_external=True)
    try:
        for at in range(0, len(data), _CHUNK):
            parser.feed(data[at : at + _CHUNK])
        root: Element = parser.close()
    except DefusedXmlException as error:
        text = f"{name}: the XML declares entities, or refers to other files; neither is read."
        raise UnreadableImportError(text) from error
    except (ParseError, ValueError, LookupError, AssertionError) as error:
        raise UnreadableImportError(f"{name}: it is not valid XML: {error}.") from error
    return root


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the children of a name, whatever their namespace."""
    return (child for child in element if local_name(child) == name)


def child(element: Element, *names: str) -> Element | None:
    """Return what a path of names leads to, the first of each; None where there is nothing."""
    found: Element | None = element
    for name in names:
        found = next(children(found, name), None) if found is not None else None
    return found


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Yield every element below of one of the names, in order."""
    return (each for each in element.iter() if each is not element and local_name(each) in names)


def text_at(element: Element, *names: str) -> str:
    """Return the text that a path of names leads to; empty where there is none."""
    found = child(element, *names)
    return (found.text or "").strip() if found is not None else ""


def inner_text(element: Element, name: str) -> str:
    """Return what is in a child as HTML: its text, also where an exporter left its elements unescaped."""
    found = child(element, name)
    if found is None:
        return ""
    if not len(found):
        return (found.text or "").strip()
    parts = [
        escape(found.text or "", quote=False),
        *(tostring(each, encoding="unicode", method="html") for each in found),
    ]
    return "".join(parts).strip()
