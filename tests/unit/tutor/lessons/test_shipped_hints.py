"""The hints that authors wrote for the shipped labs."""

from pathlib import Path

import nbformat

from nexus_server.notebook_format.release import release
from nexus_server.tutor.lessons.tasks import find_task

CONTENT = Path(__file__).resolve().parents[4] / "content"


def _hinted() -> list[tuple[Path, str]]:
    """Return each lab and the id of each of its tasks that has hints."""
    found = []
    for path in sorted(CONTENT.glob("*/labs/*.ipynb")):
        text = path.read_text(encoding="utf-8")
        if '"hints"' in text:
            cells = nbformat.reads(text, as_version=4).cells
            found += [
                (path, cell.metadata.nbgrader.grade_id) for cell in cells if cell.metadata.get("nexus", {}).get("hints")
            ]
    return found


def test_ten_labs_have_hints_for_their_hardest_tasks() -> None:
    assert len({path for path, _ in _hinted()}) >= 10
    for path, grade_id in _hinted():
        task = find_task(path.read_text(encoding="utf-8"), grade_id)
        assert task is not None
        assert len(task.hints) == 3, (path.stem, grade_id)
        assert len(set(task.hints)) == 3


def test_no_release_holds_a_hint() -> None:
    for path, _ in _hinted():
        source = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        hints = [hint for cell in source.cells for hint in cell.metadata.get("nexus", {}).get("hints", [])]
        released = nbformat.writes(release(source))
        assert '"hints"' not in released
        assert not [hint for hint in hints if hint.splitlines()[0] in released], path.stem
