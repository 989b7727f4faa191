"""A source, ready to grade against."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from nexus_server.grading.analysis import analyse
from nexus_server.grading.hashes import content_hash, tests_hash
from nexus_server.grading.languages.registry import LANGUAGES
from nexus_server.grading.options import Mode
from nexus_server.grading.plan import Plan
from nexus_server.notebook_format.choices import kind_of
from nexus_server.notebook_format.languages import notebook_language
from nexus_server.notebook_format.metadata import cell_meta
from nexus_server.notebook_format.names import defined_names
from nexus_server.notebook_format.release import for_grading, release

#: sources whose plans are remembered
MAX_PLANS = 200


@dataclass(slots=True)
class PlannedLab:
    """A source with its plan, which calibration may change."""

    key: str
    #: as `tests_hash` says
    tests: str
    source: NotebookNode
    released: dict[str, NotebookNode]
    plan: Plan
    files: Mapping[str, bytes]
    test_files: Mapping[str, bytes]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_calibrated: bool = False
    #: why the reference solution does not prove the tests here; empty where it does, or where there is none
    fault: str = ""

    def grade_id(self, index: int) -> str:
        """Return the name of the graded cell at a position."""
        return str(self.source.cells[index].metadata.nbgrader.grade_id)

    def max_points(self, index: int) -> float:
        """Return what the graded cell at a position is worth."""
        return float(self.source.cells[index].metadata.nbgrader.points)


class Labs:
    """The labs that were graded against last."""

    def __init__(self, mode: Mode) -> None:
        """`mode` says where their tests run."""
        self._mode = mode
        self._labs: OrderedDict[str, PlannedLab] = OrderedDict()

    def get(self, source: NotebookNode, files: Mapping[str, bytes], test_files: Mapping[str, bytes]) -> PlannedLab:
        """Return the lab of a source, prepared when it is new.

        Raises:
            InvalidSourceError: it cannot be graded.
        """
        key = content_hash(source, {**files, **test_files})
        if key not in self._labs:
            self._labs[key] = _prepare(key, source, self._mode, files, test_files)
            while len(self._labs) > MAX_PLANS:
                self._labs.popitem(last=False)
        self._labs.move_to_end(key)
        return self._labs[key]


def _prepare(
    key: str, source: NotebookNode, mode: Mode, files: Mapping[str, bytes], test_files: Mapping[str, bytes]
) -> PlannedLab:
    source = for_grading(source)
    released = {cell.metadata.nbgrader.grade_id: cell for cell in release(source).cells if "nbgrader" in cell.metadata}
    analysis = analyse(source)
    sealed = frozenset() if mode is Mode.IN_KERNEL else analysis.sealable
    choices = {cell_meta(cell).grade_id: cell for cell in source.cells if kind_of(cell)}
    plan = Plan(analysis, sealed, LANGUAGES.get(notebook_language(source)), defined_names(source), choices)
    tests = tests_hash(source, {**files, **test_files})
    return PlannedLab(key, tests, source, released, plan, files, test_files)
