"""Variants of a lab: what a learner is given is what their work is graded against, and others get other values."""

import json
from pathlib import Path

import nbformat
import pytest

from nexus_server.learner import Learner
from tests.plugins.lab_notebooks import locked
from tests.plugins.school import School, answer


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database: nothing of this is in it."""
    return sqlite_url


async def give_parameters(school: School) -> None:
    path = school.content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.reads(path.read_text(), as_version=4)
    notebook.metadata["nexus"] = {"parameters": {"count": {"min": 1, "max": 1_000_000}}}
    given = locked("given", "count = 5")
    given.metadata["tags"] = ["parameters"]
    notebook.cells.append(given)
    notebook.cells[0].source += "\n\nThink of {{ count }}."
    path.write_text(nbformat.writes(notebook))
    await school.roadmaps.sync.run()


def given_in(text: str) -> tuple[str, str]:
    """Return a notebook's text and its given cell."""
    cells = json.loads(text)["cells"]
    return "".join(cells[0]["source"]), "".join(cells[-1]["source"])


def workspace_text(school: School, learner: Learner, path: str) -> str:
    return Path(school.workspace(learner) / path).read_text()


async def test_what_a_learner_is_given_is_what_they_are_graded_against(school: School) -> None:
    await give_parameters(school)
    drawn = []
    for name in ("Ada", "Ben"):
        learner, lab = await school.ready_for_lab(name)
        opened = await school.roadmaps.nodes.open_node(learner, lab)
        assert opened.path is not None
        text, given = given_in(workspace_text(school, learner, opened.path))
        drawn.append(given)
        assert text.endswith(f"Think of {given.removeprefix('count = ')}.")
        await school.roadmaps.nodes.reset_lab(learner, lab)
        assert given_in(workspace_text(school, learner, opened.path)) == (text, given)
        await school.submissions.service.submit(learner, lab, answer(1.0))
        await school.grade_all()
        assert given_in(school.grader.sources[-1])[1] == given
    assert len({*drawn, "count = 5"}) == 3
