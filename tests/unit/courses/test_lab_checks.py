from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from nexus_server.courses.lab_checks import SEEDS, LabToCheck, check_lab, labs_of
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult, Trust
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.problem import Severity
from tests.plugins.lab_notebooks import locked

STATUS = {0.0: CellStatus.FAILED, 1.0: CellStatus.PASSED}


class Points:
    """Gives the points of a list, one grading after the other."""

    def __init__(self, *points: float | str) -> None:
        self._points = iter(points)

    async def grade(
        self,
        submission: NotebookNode,  # noqa: ARG002  scripted
        source: NotebookNode,  # noqa: ARG002  scripted
        *,
        files: Mapping[str, bytes] | None = None,  # noqa: ARG002  scripted
    ) -> GradeResult:
        points = next(self._points)
        if isinstance(points, str):
            raise SandboxUnavailableError(points)
        cell = CellResult("test-visible", points, 1.0, STATUS[points], Trust.SEALED, "why")
        return GradeResult((cell,), 1.0)


@pytest.fixture
def lab(content_dir: Path) -> LabToCheck:
    (found,) = labs_of([load_roadmap(content_dir / "tiny")])
    return found


async def test_full_marks_three_times_and_none_for_the_stub_is_sound(lab: LabToCheck) -> None:
    assert await check_lab(Points(1.0, 1.0, 1.0, 0.0), lab) == []


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ((0.0, 0.0, 0.0, 0.0), "the reference solution earns 0 of 1 points in test-visible (failed: why)"),
        ((1.0, 0.0, 1.0, 0.0), "test-visible fails 1 times out of 3 on the reference solution (failed: why)"),
        ((1.0, 1.0, 1.0, 1.0), "test-visible gives 1 points to the unchanged stub"),
        (("no kernel", 1.0, 1.0, 0.0), "could not be run: no kernel"),
    ],
)
async def test_anything_else_is_a_problem(lab: LabToCheck, points: tuple[float | str, ...], message: str) -> None:
    (problem,) = await check_lab(Points(*points), lab)
    assert (problem.file, problem.message) == ("tiny/labs/lab.ipynb", message)


async def test_an_optional_kernel_that_is_not_there_is_no_mistake_of_the_lab(content_dir: Path) -> None:
    roadmap = content_dir / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text().replace("pass_score: 0.5", "pass_score: 0.5, kernel: nexus-ml"))
    (lab,) = labs_of([load_roadmap(content_dir / "tiny")])
    (problem,) = await check_lab(Points("no kernel", 1.0, 1.0, 0.0), lab)
    assert (problem.severity, problem.message) == (Severity.WARNING, "could not be run: no kernel")


class Recorded(Points):
    """Remembers what each source says of its parameter."""

    def __init__(self, *points: float | str) -> None:
        super().__init__(*points)
        self.drawn: list[str] = []

    async def grade(
        self, submission: NotebookNode, source: NotebookNode, *, files: Mapping[str, bytes] | None = None
    ) -> GradeResult:
        self.drawn.append(source.cells[-1].source)
        assert submission.cells[-1].source == source.cells[-1].source
        return await super().grade(submission, source, files=files)


@pytest.fixture
def lab_with_variants(content_dir: Path) -> LabToCheck:
    path = content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.reads(path.read_text(), as_version=4)
    notebook.metadata["nexus"] = {"parameters": {"count": {"min": 1, "max": 1000}}}
    given = locked("given", "count = 5")
    given.metadata["tags"] = ["parameters"]
    notebook.cells.append(given)
    path.write_text(nbformat.writes(notebook))
    (found,) = labs_of([load_roadmap(content_dir / "tiny")])
    return found


async def test_a_lab_with_variants_is_graded_for_several_seeds(lab_with_variants: LabToCheck) -> None:
    grader = Recorded(*(1.0, 0.0) * SEEDS)
    assert await check_lab(grader, lab_with_variants) == []
    assert len(grader.drawn) == 2 * SEEDS
    assert len(set(grader.drawn)) == SEEDS


async def test_a_mistake_of_one_variant_names_what_was_drawn(lab_with_variants: LabToCheck) -> None:
    grader = Recorded(1.0, 0.0, 0.0, 0.0)
    (problem,) = await check_lab(grader, lab_with_variants)
    assert problem.message.startswith(f"with {grader.drawn[-1]}: the reference solution earns 0 of 1 points")
