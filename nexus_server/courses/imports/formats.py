"""Which formats can be imported, and which of them a file is in. Nothing that is read here is run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import NothingToImportError
from nexus_server.courses.imports.notebooks import import_notebook
from nexus_server.courses.imports.report import ImportedStep


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """A kind of file that becomes steps."""

    suffixes: tuple[str, ...]
    read: Callable[[Bundle, str], list[ImportedStep]]


FORMATS = (ImportFormat((".ipynb",), import_notebook),)


def import_bundle(bundle: Bundle) -> list[ImportedStep]:
    """Make steps of every file of a bundle that is in a known format.

    Raises:
        NothingToImportError: there is none.
        NexusError: one of them cannot be read; nothing is imported then.
    """
    steps = [step for name in sorted(bundle) for step in _steps(bundle, name)]
    if not steps:
        known = ", ".join(suffix for each in FORMATS for suffix in each.suffixes)
        raise NothingToImportError(f"There is no file here that can be imported; known are {known}, and zips of them.")
    return steps


def _steps(bundle: Bundle, name: str) -> Iterator[ImportedStep]:
    for each in FORMATS:
        if name.lower().endswith(each.suffixes):
            yield from each.read(bundle, name)
