"""What of a lab the tutor must not tell."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from nexus_server.tutor.lessons.stored_solutions import solution_code
from tests.plugins.content import lab_notebook

ANSWER = '    if not x:\n        raise ValueError("an empty list has no mean")\n    return sum(x) / len(x)'


def notebook(check: str, metadata: dict[str, str]) -> str:
    found = nbformat.reads(lab_notebook(), as_version=4)
    found.cells[1].source = f"def mean(x):\n    ### BEGIN SOLUTION\n{ANSWER}\n    ### END SOLUTION"
    hidden = new_code_cell(f"### BEGIN HIDDEN TESTS\n{check}\n### END HIDDEN TESTS", id="test-hidden")
    hidden.metadata = {**found.cells[-1].metadata, "nexus": metadata}
    found.cells[-1] = hidden
    return str(nbformat.writes(found))


@pytest.mark.parametrize(
    ("check", "metadata", "is_secret"),
    [
        ("assert mean([1]) == 1, 'an empty list has no mean'", {}, False),
        ("assert mean([1]) == 1, 'an empty list has no mean'", {"messages": "hidden"}, True),
        ("assert mean([1]) == 1, f'an empty list has no mean {mean([1])}'", {}, True),
        ("assert mean([1]) == 1", {}, True),
    ],
)
def test_a_message_that_learners_read_is_no_secret(check: str, metadata: dict[str, str], *, is_secret: bool) -> None:
    code = solution_code(notebook(check, metadata))
    assert ("an empty list has no mean" in code) is is_secret
    assert "return sum(x) / len(x)" in code
