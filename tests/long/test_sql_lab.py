"""A lab in SQL: released, answered and graded in the learner's kernel, and cheats that gain nothing."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.kernels.image_building import ensure_images
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import GradeResult
from tests.plugins import lab_notebooks as lab

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

PETS = """CREATE TABLE pets (name TEXT, kind TEXT, legs INTEGER);
INSERT INTO pets VALUES ('Rex', 'dog', 4), ('Tweety', 'bird', 2), ('Tom', 'cat', 3);"""
REFERENCE = """CREATE VIEW sure_footed AS
-- BEGIN SOLUTION
SELECT name, legs FROM pets WHERE legs >= 3 ORDER BY name
-- END SOLUTION
;"""
VISIBLE = "SELECT expect((SELECT COUNT(*) FROM sure_footed), 2)"
HIDDEN = """-- BEGIN HIDDEN TESTS
SELECT expect((SELECT group_concat(name) FROM sure_footed), 'Rex,Tom');
SELECT expect((SELECT avg(legs) FROM sure_footed), 3.5);
-- END HIDDEN TESTS"""
PARTIAL = "-- BEGIN HIDDEN TESTS\nSELECT 1.5\n-- END HIDDEN TESTS"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[Grader]:
    """One for all, with the image that few sites need."""
    ensure_images(Path(sys.prefix), ["nexus-sql"])
    opened = Grader(replace(GradeOptions(kernel_name="nexus-sql", memory_mb=128, cell_timeout_s=60.0)))
    yield opened
    await opened.close()


def pets_lab(*more: NotebookNode) -> NotebookNode:
    made = lab.notebook(
        lab.locked("data", PETS),
        lab.solution("view", REFERENCE),
        lab.checks("visible", VISIBLE, 2.0),
        lab.checks("hidden", HIDDEN, 3.0),
        *more,
    )
    made.metadata.kernelspec = {"name": "nexus-sql", "display_name": "SQL", "language": "sql"}
    nbformat.validate(made)
    return made


def told(result: GradeResult) -> list[tuple[str, float]]:
    return [(cell.status.value, cell.points) for cell in result.cells]


def answered(answer: str, source: NotebookNode) -> NotebookNode:
    return lab.answer(release(source), {"view": answer})


async def test_a_lab_is_released_answered_and_graded(grader: Grader) -> None:
    source = pets_lab(lab.checks("partial", PARTIAL, 3.0))
    released = release(source)
    assert released.cells[1].source == "CREATE VIEW sure_footed AS\n-- YOUR CODE HERE\n;"
    assert "Rex,Tom" not in released.cells[3].source
    assert told(await grader.grade(source, source)) == [("passed", 2), ("passed", 3), ("partial", 1.5)]
    untouched = await grader.grade(released, source)
    assert [cell.points for cell in untouched.cells][:2] == [0, 0]
    half = answered("CREATE VIEW sure_footed AS SELECT name, legs FROM pets WHERE legs < 4", source)
    result = await grader.grade(half, source)
    assert told(result)[:2] == [("passed", 2), ("failed", 0)]
    assert result.cells[1].message
    assert "Rex" not in result.cells[1].message, "what a hidden test expects stays hidden"


@pytest.mark.parametrize(
    "cheat",
    [
        "CREATE TABLE expect (a, b); CREATE VIEW sure_footed AS SELECT 1 AS name, 1 AS legs",
        "SELECT load_extension('x')",
        "CREATE VIEW sure_footed AS SELECT 1 AS legs; PRAGMA writable_schema = ON; PRAGMA query_only = ON",
        ".open /tmp/other.db\nCREATE VIEW sure_footed AS SELECT 'x' AS name, 1 AS legs",
        "BEGIN; CREATE VIEW sure_footed AS SELECT name, 3 AS legs FROM pets",
    ],
    ids=["a table called expect", "an extension", "settings", "another database", "an open transaction"],
)
async def test_cheats_gain_nothing(grader: Grader, cheat: str) -> None:
    source = pets_lab()
    result = await grader.grade(answered(cheat, source), source)
    assert result.cells[1].points == 0
    assert result.score <= 2


async def test_data_files_lie_where_the_notebook_reads_them(grader: Grader) -> None:
    source = pets_lab()
    source.cells.insert(0, lab.locked("open", ".open data/shop.db\nCREATE TABLE IF NOT EXISTS kept (a)"))
    files = {"data/shop.db": b"", "data/large.bin": bytes(1_200_000), "../outside.txt": b"no"}
    assert told(await grader.grade(source, source, files=files)) == [("passed", 2), ("passed", 3)]
