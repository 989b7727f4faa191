"""What a person should know of a batch beside its points: what was skipped, which files and modules are missing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nexus_server.courses.batch import Found, Graded, Source, ambiguity
from nexus_server.notebook_format.kernel_choice import code_of
from nexus_server.notebook_format.results import GradeResult

#: files that are named one by one before the rest is only counted
WARNED_FILES = 10
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")


def skipped(found: Found) -> list[tuple[Path, str]]:
    """Return the notebooks that are not graded, each with the reason."""
    unmatched = [(path, "no source has this name.") for path in found.unmatched]
    return unmatched + [(path, ambiguity(fitting)) for path, fitting in found.ambiguous.items()]


def of_files(sources: Mapping[Path, Source]) -> Iterator[str]:
    """Tell which files beside the sources stay out of reach."""
    for path, source in sources.items():
        for name in source.files.for_tests:
            yield f"{path.parent / name}: only tests get this file; its name reads like answers."
        if left := [name for name in source.files.withheld if not _is_for_people(name)]:
            more = f" and {len(left) - WARNED_FILES} more" if len(left) > WARNED_FILES else ""
            names = ", ".join(left[:WARNED_FILES]) + more
            yield f"{path}: left out, because nothing in it names them: {names}."


def of_modules(graded: Sequence[Graded], sources: Mapping[Path, Source]) -> Iterator[str]:
    """Name the modules that a source asks for and its kernel has not: then the points say nothing about learners."""
    missing = {
        (item.job.source, found[1])
        for item in graded
        if isinstance(item.result, GradeResult)
        for error in item.result.answer_errors
        if (found := _NO_MODULE.search(error.message)) and found[1] in code_of(sources[item.job.source].notebook)
    }
    for path, module in sorted(missing):
        yield f"{path}: the kernel has no module {module}, so cells that need it fail, the reference's too."


def _is_for_people(name: str) -> bool:
    """Whether a file beside a source tells people about it, so that no notebook misses it."""
    path = Path(name)
    return path.suffix in (".md", ".rst", ".sh") or path.stem.upper() in ("README", "LICENSE", "MAKEFILE")
