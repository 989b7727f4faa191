"""Whatever a learner does to the cells gains nothing and costs nothing."""

from nbformat import NotebookNode

from nexus_server.notebook_format.merge import MergedCell, Origin, merge
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab


def _submitted() -> tuple[NotebookNode, NotebookNode]:
    source = lab.square_lab()
    return lab.answer(release(source), {"square": "square = abs"}), source


def _sources(merged: list[MergedCell]) -> list[str]:
    return [cell.cell.source for cell in merged]


def test_answers_come_from_the_learner_and_tests_from_the_source() -> None:
    submission, source = _submitted()
    submission.cells[2].source = "pass"
    merged = merge(submission, source)
    assert _sources(merged) == ["# Squares", "square = abs", lab.SQUARE_TESTS]
    assert [cell.origin for cell in merged] == [Origin.SOURCE, Origin.LEARNER, Origin.SOURCE]


def test_order_points_and_flags_come_from_the_source() -> None:
    submission, source = _submitted()
    submission.cells.reverse()
    submission.cells[0].metadata.nbgrader.points = 100
    submission.cells[1].metadata.nbgrader.update(solution=False, grade=True, points=50)
    merged = merge(submission, source)
    assert _sources(merged) == ["# Squares", "square = abs", lab.SQUARE_TESTS]
    assert [cell.meta.points for cell in merged] == [0, 0, 2]


def test_deleted_test_is_back_and_deleted_answer_is_missing() -> None:
    submission, source = _submitted()
    del submission.cells[1:]
    merged = merge(submission, source)
    assert merged[1].origin is Origin.MISSING
    assert merged[1].cell.source == ""
    assert merged[2].cell.source == lab.SQUARE_TESTS


def test_last_of_duplicated_answers_counts_and_the_others_run_before_it() -> None:
    submission, source = _submitted()
    again = lab.solution("square", "square = int")
    submission.cells.insert(2, again)
    assert _sources(merge(submission, source))[1:3] == ["square = abs", "square = int"] or _sources(
        merge(submission, source)
    ) == ["# Squares", "square = abs", "square = int", lab.SQUARE_TESTS]
    assert [cell.cell.source for cell in merge(submission, source) if cell.position == 1] == ["square = int"]


def test_cells_that_the_learner_added_run_where_they_stand() -> None:
    submission, source = _submitted()
    submission.cells.insert(1, lab.plain("helper = 1"))
    submission.cells.append(lab.plain("after = 1"))
    assert _sources(merge(submission, source)) == [
        "# Squares",
        "helper = 1",
        "square = abs",
        lab.SQUARE_TESTS,
        "after = 1",
    ]


def test_answer_is_found_by_cell_id_when_its_metadata_is_gone() -> None:
    submission, source = _submitted()
    submission.cells[1].metadata = NotebookNode()
    assert merge(submission, source)[1].cell.source == "square = abs"


def test_added_cell_claiming_a_tests_id_is_no_test() -> None:
    submission, source = _submitted()
    submission.cells.insert(0, lab.checks("test_square", "0", points=10))
    merged = merge(submission, source)
    assert [cell.cell.source for cell in merged if cell.meta.grade] == [lab.SQUARE_TESTS]


def test_read_only_cells_come_from_the_source_and_plain_ones_from_the_learner() -> None:
    source = lab.notebook(lab.locked("data", "data = 1"), lab.plain("import math"), lab.checks("t", "1"))
    submission = release(source)
    submission.cells[0].source = "data = 2"
    submission.cells[1].source = "import math, cmath"
    assert _sources(merge(submission, source))[:2] == ["data = 1", "import math, cmath"]
