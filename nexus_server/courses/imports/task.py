"""Importing as a task of `offload/`: what strangers' files say is read in a process of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nexus_server.courses.imports.bundles import bundle_of
from nexus_server.courses.imports.formats import import_bundle
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport


def import_task(body: bytes, *, name: str) -> tuple[list[dict[str, Any]], bytes]:
    """Return the steps of an uploaded file as `received` reads them.

    Raises:
        NexusError: see `bundle_of` and `import_bundle`.
    """
    steps = import_bundle(bundle_of(name, body))
    return [_told(step) for step in steps], b"".join(data for step in steps for data in _parts(step))


def _parts(step: ImportedStep) -> Iterator[bytes]:
    yield step.content
    yield from step.files.values()


def _told(step: ImportedStep) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "title": step.title,
        "kernel": step.kernel,
        "sources": step.sources,
        "bytes": len(step.content),
        "files": [[name, len(data)] for name, data in step.files.items()],
        "reports": [[report.place, report.outcome, report.text] for report in step.reports],
    }


def received(told: Sequence[Mapping[str, Any]], body: bytes | bytearray) -> list[ImportedStep]:
    """Return the steps that a task told."""
    view, at = bytes(body), 0
    steps = []
    for each in told:
        content, at = view[at : at + each["bytes"]], at + each["bytes"]
        files = {}
        for name, count in each["files"]:
            files[name], at = view[at : at + count], at + count
        reports = tuple(PartReport(place, PartOutcome(outcome), text) for place, outcome, text in each["reports"])
        told_of = tuple(each["sources"])
        steps.append(ImportedStep(each["kind"], each["title"], content, reports, files, each["kernel"], told_of))
    return steps
