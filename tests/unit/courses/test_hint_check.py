"""`nexus content check` refuses authors' hints that give a solution away."""

from pathlib import Path

import nbformat
import pytest

from nexus_server.courses.hint_check import check_hints
from nexus_server.roadmaps.files.loader import load_chosen


def problems(content_dir: Path, hints: list[str]) -> list[str]:
    path = content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.reads(path.read_text(), as_version=4)
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    answer.metadata["nexus"] = {"hints": hints}
    path.write_text(nbformat.writes(notebook))
    return [problem.message for source in load_chosen(content_dir) for problem in check_hints(source)]


def solution_of(content_dir: Path) -> str:
    notebook = nbformat.reads((content_dir / "tiny/labs/lab.ipynb").read_text(), as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    return next(str(line.strip()) for line in source.splitlines() if line.strip().startswith("return"))


def test_hints_that_help_pass(content_dir: Path) -> None:
    assert problems(content_dir, ["What is twice 3?", "A function gives its result back."]) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_line_of_the_solution_is_an_error_in_each_of_them(content_dir: Path, place: int) -> None:
    hints = ["What is twice 3?", "Think of a sum."]
    hints[place] = f"Write `{solution_of(content_dir)}`."
    (message,) = problems(content_dir, hints)
    assert message == f"metadata.nexus.hints: hint {place + 1} gives the solution away (solution_line)"


def test_only_the_last_may_hold_the_form(content_dir: Path) -> None:
    form = "```python\n" + "\n".join(f"part_{n} = ..." for n in range(7)) + "\n```"
    assert problems(content_dir, ["An idea.", form]) == []
    (message,) = problems(content_dir, [form, "An idea."])
    assert "hint 1" in message
