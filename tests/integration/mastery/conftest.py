"""A site whose content has a map of concepts."""

from pathlib import Path

import nbformat
import pytest

from nexus_server.learner import Learner
from nexus_server.store.models.roadmaps import UserProgress
from tests.plugins.school import START, School

MAP = """\
- {id: tiny.numbers, title: Numbers, taught: hello}
- {id: tiny.pi, title: The number pi, needs: [tiny.numbers], taught: quizzed}
"""


@pytest.fixture
def content_dir(content_dir: Path) -> Path:
    """Add a map, and say which concepts the quiz and the lab show."""
    roadmap, quiz, lab = (
        content_dir / "tiny" / name for name in ("roadmap.yaml", "quizzes/quizzed.yaml", "labs/lab.ipynb")
    )
    roadmap.write_text(roadmap.read_text().replace("nodes:", "concepts: concepts.yaml\nnodes:", 1))
    (content_dir / "tiny/concepts.yaml").write_text(MAP)
    text = quiz.read_text().replace("  - id: one\n", "  - id: one\n    concepts: [tiny.numbers]\n")
    quiz.write_text(text.replace("{id: two,", "{id: two, concepts: [tiny.pi],"))
    notebook = nbformat.read(lab, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["nexus"] = {"concepts": ["tiny.numbers"]}
    nbformat.write(notebook, lab)
    return content_dir


async def open_all(school: School, learner: Learner, *slugs: str) -> None:
    """Let the learner have begun steps, which stay open."""
    rows = [
        UserProgress(user_id=learner.id, node_id=await school.node_id(slug), status="in_progress", updated_at=START)
        for slug in slugs
    ]
    async with school.database.transaction() as session:
        session.add_all(rows)
