"""Which formats can be imported. Nothing that is read here is run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import NothingToImportError
from nexus_server.courses.imports.notebooks import import_notebooks
from nexus_server.courses.imports.prose.notes import import_notes
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport

_KNOWN = "notebooks (.ipynb), quizzes (.xml: Moodle, QTI), notes (.md, .qmd), and zips of them"


def _quizzes(bundle: Bundle) -> list[ImportedStep]:
    # What reads HTML takes a while to load, and nobody else needs it.
    from nexus_server.courses.imports.quizzes.exports import import_quizzes  # noqa: PLC0415

    return import_quizzes(bundle) if any(path.lower().endswith(".xml") for path in bundle) else []


READERS: tuple[Callable[[Bundle], list[ImportedStep]], ...] = (import_notebooks, _quizzes, import_notes)


def import_bundle(bundle: Bundle) -> list[ImportedStep]:
    """Make steps of every file of a bundle that is in a known format.

    Raises:
        NothingToImportError: there is none.
        NexusError: one of them cannot be read; nothing is imported then.
    """
    steps = [step for read in READERS for step in read(bundle)]
    if not steps:
        raise NothingToImportError(f"There is no file here that can be imported; known are {_KNOWN}.")
    return [*steps[:-1], replace(steps[-1], reports=(*steps[-1].reports, *_left_over(bundle, steps)))]


def _left_over(bundle: Bundle, steps: Sequence[ImportedStep]) -> Iterator[PartReport]:
    """Yield a line for each file that nothing of the import is made of, and that no step told of."""
    told = {report.place.partition(" ")[2] for step in steps for report in step.reports if report.place[:5] == "file "}
    used = {data for step in steps for data in step.files.values()}
    read = {source for step in steps for source in step.sources}
    for name, data in sorted(bundle.items()):
        if (
            name not in read
            and data not in used
            and not any(name == each or name.endswith(f"/{each}") for each in told)
        ):
            yield PartReport(f"file {name}", PartOutcome.LEFT_OUT, "nothing that was imported needs it")
