"""Messages of hidden checks that tell a value of their test."""

from pathlib import Path

import nbformat
import pytest

from nexus_server.roadmaps.checks.checks import check_content
from nexus_server.roadmaps.files.problem import Severity

HIDDEN = "assert double(-3) == -6"


def messages(content_dir: Path, check: str, *, metadata: dict[str, str] | None = None) -> list[str]:
    path = content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.reads(path.read_text(), as_version=4)
    cell = notebook.cells[-1]
    assert HIDDEN in cell.source
    cell.source = cell.source.replace(HIDDEN, check)
    cell.metadata.update({"nexus": metadata} if metadata else {})
    path.write_text(nbformat.writes(notebook))
    _, problems = check_content(content_dir)
    assert all(problem.severity is Severity.WARNING for problem in problems)
    return [f"{problem.file} {problem.message}" for problem in problems]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        ("assert double(150) == 300, 'twice 150 is more'", "150"),
        ("assert double(150) == 300, 'it should be 300'", "300"),
        ("assert double('abab') == 'xyz', 'xyz is what it should be'", "xyz"),
        ("np.testing.assert_allclose(double(0.25), 0.5, err_msg='half a half: 0.25')", "0.25"),
    ],
)
def test_a_value_of_the_check_in_its_message_is_a_warning(content_dir: Path, check: str, value: str) -> None:
    told = f"test-hidden: the message of a hidden check tells {value}, and learners read it"
    assert messages(content_dir, check) == [f"tiny/labs/lab.ipynb {told}"]


@pytest.mark.parametrize(
    "check",
    [
        "assert double(150) == 300, 'negative numbers, too'",
        "assert double(150) == 300, f'you got {double(150)}, not 300'",
        "assert double(2) == 4, 'a number up to 10 may be a word of the sentence: 2'",
        "assert double('x') == 'double', 'double is a name that learners know'",
        "assert double(150) == 300, 'a longer number is another one: 1500 or 150.5'",
    ],
)
def test_other_messages_are_none(content_dir: Path, check: str) -> None:
    assert messages(content_dir, check) == []


def test_what_learners_do_not_read_tells_nothing(content_dir: Path) -> None:
    check = "assert double(150) == 300, 'it should be 300'"
    assert messages(content_dir, check, metadata={"messages": "hidden"}) == []
