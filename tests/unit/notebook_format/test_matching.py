"""Whose cell is whose, where copies, moves and lost metadata leave it open."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from nexus_server.notebook_format.matching import match
from nexus_server.notebook_format.merge import MergedCell, Origin, merge
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab


def _deck() -> NotebookNode:
    return lab.notebook(
        lab.plain("deck = [1, 2]"),
        lab.solution("all", "def all_cards(): return deck"),
        lab.checks("t_all", "assert all_cards()"),
        lab.solution("top", "def top(): return deck[0]"),
        lab.checks("t_top", "assert top() == 1"),
    )


def _essay() -> NotebookNode:
    return lab.notebook(
        new_markdown_cell("# Essay"),
        new_markdown_cell("Say why."),
        lab.manual("why", "The model answer."),
        lab.solution("double", "def double(x):\n    return 2 * x"),
        lab.checks("t_double", "assert double(3) == 6\n### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS"),
    )


def _sources(merged: list[MergedCell]) -> list[str]:
    return [cell.cell.source for cell in merged]


def _read_without_ids(notebook: NotebookNode) -> NotebookNode:
    """What is read of a notebook of format 4.2."""
    old = lab.notebook(*copy.deepcopy(notebook.cells))
    for cell in old.cells:
        del cell["id"]
    old.nbformat_minor = 2
    return parse_notebook(json.dumps(old))


def _bare(notebook: NotebookNode) -> NotebookNode:
    """What a tool that keeps only types and texts makes of a notebook."""
    bare = lab.notebook(*copy.deepcopy(notebook.cells))
    for cell in bare.cells:
        cell.metadata = NotebookNode()
    return _read_without_ids(bare)


def test_copy_of_a_given_cell_runs_where_the_learner_put_it() -> None:
    source = _deck()
    submission = release(source)
    submission.cells[3:3] = [lab.plain("deck.clear()"), lab.plain("deck = [1, 2]")]
    assert _sources(merge(submission, source))[2:5] == ["assert all_cards()", "deck.clear()", "deck = [1, 2]"]
    assert _sources(merge(submission, source))[0] == "deck = [1, 2]"


@pytest.mark.parametrize("keeps_ids", [True, False])
def test_copy_of_a_read_only_cell_is_added_code(*, keeps_ids: bool) -> None:
    source = _deck()
    source.cells[0] = lab.locked("deck", "deck = [1, 2]")
    submission = release(source)
    again = copy.deepcopy(submission.cells[0])
    again.id = "again" if keeps_ids else submission.cells[0].id
    submission.cells[3:3] = [lab.plain("deck.clear()"), again]
    merged = merge(submission, source)
    assert _sources(merged)[2:5] == ["assert all_cards()", "deck.clear()", "deck = [1, 2]"]
    assert [cell.origin for cell in merged[3:5]] == [Origin.LEARNER, Origin.LEARNER]


def test_cells_below_a_copied_answer_stay_below_what_stands_above_them() -> None:
    source = _deck()
    submission = release(source)
    submission.cells += [lab.solution("all", "all_cards = list"), lab.plain("print(top())")]
    merged = merge(submission, source)
    assert _sources(merged)[-1] == "print(top())"
    assert [cell.cell.source for cell in merged if cell.position == 1] == ["all_cards = list"]


def test_moved_cell_takes_no_added_cell_with_it() -> None:
    source = _deck()
    submission = release(source)
    submission.cells.insert(0, submission.cells.pop())
    submission.cells.insert(2, lab.plain("helper = 1"))
    assert _sources(merge(submission, source))[1] == "helper = 1"


def test_ids_that_were_made_up_match_nothing() -> None:
    source = _read_without_ids(_deck())
    submission = release(source)
    submission.cells.insert(0, lab.plain("import math"))
    merged = merge(_read_without_ids(submission), source)
    assert _sources(merged)[:2] == ["import math", "deck = [1, 2]"]
    assert merged[0].position is None


def test_answers_without_metadata_are_found_between_their_neighbours() -> None:
    source = _essay()
    submission = release(source)
    submission.cells[2].source, submission.cells[3].source = "Because.", "double = lambda x: 2 * x"
    merged = merge(_bare(submission), source)
    assert _sources(merged)[2:4] == ["Because.", "double = lambda x: 2 * x"]
    assert [cell.origin for cell in merged[2:4]] == [Origin.LEARNER, Origin.LEARNER]
    assert len(merged) == len(source.cells)


def test_released_text_without_metadata_is_no_answer() -> None:
    source = _essay()
    merged = merge(_bare(release(source)), source)
    assert [cell.cell.source for cell in merged if cell.position == 2] == [release(source).cells[2].source]
    assert len(merged) == len(source.cells)


@pytest.mark.parametrize("place", [0, 2, 5])
def test_answer_that_may_be_elsewhere_goes_to_a_person(place: int) -> None:
    source = _essay()
    submission = release(source)
    del submission.cells[2]
    submission.cells[place:place] = [new_markdown_cell("Because of this."), new_markdown_cell("And of that.")]
    (lost,) = [cell for cell in merge(submission, source) if cell.position == 2]
    assert lost.origin is Origin.LOST
    assert lost.cell.source == "Because of this.\n\nAnd of that."


def test_answer_whose_type_another_program_changed_goes_to_a_person() -> None:
    source = _essay()
    submission = json.loads(nbformat.writes(release(source)))
    submission["cells"][2] = {"cell_type": "text-cell-p", "metadata": {}, "source": "Because of this."}
    (lost,) = [cell for cell in merge(parse_notebook(json.dumps(submission)), source) if cell.position == 2]
    assert (lost.origin, lost.cell.source) == (Origin.LOST, "Because of this.")


def test_deleted_answer_is_missing_where_nothing_else_may_be_it() -> None:
    source = _essay()
    submission = release(source)
    del submission.cells[2]
    submission.cells += [lab.plain("notes = 1"), new_markdown_cell("  ")]
    (missing,) = [cell for cell in merge(submission, source) if cell.position == 2]
    assert missing.origin is Origin.MISSING


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=14))
def test_each_cell_of_both_notebooks_is_used_at_most_once(picks: list[tuple[int, int]]) -> None:
    source = _deck()
    released = release(source)
    submission = lab.notebook()
    for number, (position, kind) in enumerate(picks):
        cell = copy.deepcopy(released.cells[position])
        if kind in (1, 3):
            cell.metadata = NotebookNode()
        if kind in (2, 3):
            cell.id, cell.source = f"own-{number}", cell.source + "#" * number * (kind == 2)
        submission.cells.append(cell)
    matching = match(submission, source)
    used = [*matching.chosen.values(), *(index for indexes in matching.added.values() for index in indexes)]
    assert sorted(used) == list(range(len(submission.cells)))
    assert set(matching.chosen) <= set(range(len(source.cells)))
