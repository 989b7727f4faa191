"""Metadata: roles, upgrades, checksums as nbgrader computes them."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from nexus_server.notebook_format.metadata import CellRole, cell_meta, checksum, max_score, upgrade
from tests.plugins import lab_notebooks as lab


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        (lab.plain("1"), CellRole.PLAIN),
        (lab.solution("a", "1"), CellRole.SOLUTION),
        (lab.checks("a", "1"), CellRole.TESTS),
        (lab.manual("a", "1"), CellRole.MANUAL),
        (lab.task("a", "1"), CellRole.TASK),
        (lab.locked("a", "1"), CellRole.LOCKED),
    ],
)
def test_flags_give_the_role(cell: NotebookNode, role: CellRole) -> None:
    assert cell_meta(cell).role is role


@pytest.mark.parametrize(
    "cell", [lab.solution("a", "x = 1"), lab.checks("b", "assert x", 2.5), lab.manual("c", "why"), lab.locked("d", "y")]
)
def test_checksum_is_nbgraders(cell: NotebookNode) -> None:
    assert checksum(cell) == compute_checksum(cell)


@pytest.mark.parametrize(
    "raw",
    [
        {"grade": True, "solution": False, "grade_id": "a", "points": "2"},
        {"grade": True, "grade_id": "a", "points": ""},
        {"grade": True, "grade_id": "a", "points": -1},
        {"grade": True, "grade_id": "a"},
        {"solution": True, "grade_id": "a", "points": 3},
        {
            "grade": True,
            "solution": True,
            "locked": False,
            "grade_id": "a",
            "points": 1.0,
            "checksum": "0" * 32,
            "schema_version": 1,
        },
        {"locked": True, "grade": False, "solution": False, "grade_id": "a", "schema_version": 2, "extra": 1},
    ],
)
def test_upgrade_agrees_with_nbgrader(raw: dict[str, object]) -> None:
    ours, theirs = new_code_cell("1"), new_code_cell("1")
    ours.metadata["nbgrader"], theirs.metadata["nbgrader"] = NotebookNode(raw), NotebookNode(raw)
    upgrade(lab.notebook(ours))
    MetadataValidator().upgrade_cell_metadata(theirs)
    ours.metadata.nbgrader.pop("task")
    assert ours.metadata.nbgrader == theirs.metadata.nbgrader


def test_upgrade_drops_metadata_without_flags() -> None:
    cell = new_code_cell("1")
    cell.metadata["nbgrader"] = NotebookNode(grade=False, solution=False, locked=False)
    upgrade(lab.notebook(cell))
    assert "nbgrader" not in cell.metadata


@pytest.mark.parametrize("value", ["lots", None, float("nan"), float("inf"), -2, [1]])
def test_strange_points_count_as_none(value: object) -> None:
    cell = lab.checks("a", "1")
    cell.metadata.nbgrader["points"] = value
    assert cell_meta(cell).points == 0.0


def test_max_score_adds_every_graded_kind() -> None:
    book = lab.notebook(
        lab.checks("a", "1", 1.5), lab.manual("b", "x", 2), lab.task("c", "x", 3), lab.solution("d", "1")
    )
    assert max_score(book) == 6.5
