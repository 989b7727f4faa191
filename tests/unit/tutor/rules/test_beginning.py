"""Help for learners without an error: the author's hints first, then what the task's text gives."""

from nexus_server.tutor.failure import Failure
from nexus_server.tutor.lessons.tasks import Task
from nexus_server.tutor.rules.beginning import begin
from nexus_server.tutor.rules.glossary import GLOSSARY

TEXT = "## The mean\n\nWrite `mean(numbers)`. It goes through the list in a loop and gives the mean back."
STUB = Failure("def mean(numbers):\n    # YOUR CODE HERE\n    raise NotImplementedError", "", "")


def test_without_hints_the_text_and_the_stub_tell_how_to_begin() -> None:
    found = begin(Task("mean", TEXT), STUB)
    assert "It goes through the list in a loop" in found.at(1)
    assert "## The mean" not in found.at(1)
    assert "line 2" in found.at(2)
    assert "`numbers`" in found.at(2)
    assert found.concept == "loops"
    assert GLOSSARY[found.concept] in found.at(3)
    assert found.at(4).endswith("next step.")
    assert (found.line, found.authored) == (2, 0)


def test_the_authors_hints_come_first() -> None:
    found = begin(Task("mean", TEXT, ("Add up first.", "A sum, then a division.")), STUB)
    assert found.levels[:2] == ("Add up first.", "A sum, then a division.")
    assert found.authored == 2
    assert GLOSSARY[found.concept] in found.at(3)


def test_more_hints_than_levels_are_cut() -> None:
    found = begin(Task("mean", TEXT, tuple("abcdef")), STUB)
    assert found.levels == ("a", "b", "c", "d")


def test_a_cell_without_a_function_and_a_task_without_a_text_get_help_too() -> None:
    found = begin(Task("x"), Failure("", "", ""))
    assert all(found.levels)
    assert found.line is None
