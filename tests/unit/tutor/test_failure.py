from collections.abc import Callable

import pytest

from nexus_server.tutor.failure import Failure, Language

RunCell = Callable[[str], Failure]


def test_the_line_is_the_deepest_one_of_the_executed_cell(run_cell: RunCell) -> None:
    failure = run_cell("def half(x):\n    return x / 0\n\nhalf(3)")
    assert (failure.line_number, failure.call_line, failure.bad_line) == (2, 4, "return x / 0")


def test_a_function_of_an_earlier_cell_is_reported_by_its_call(run_cell: RunCell, shell: object) -> None:
    shell.run_cell("def half(x):\n    return x / 0", store_history=True)  # type: ignore[attr-defined]
    assert run_cell("y = 1\n\n\nhalf(3)").line_number == 4


def test_the_place_in_a_syntax_error_is_read_and_removed(run_cell: RunCell) -> None:
    failure = run_cell("x = 1\nfor i in x\n    pass")
    assert (failure.message, failure.line_number) == ("expected ':'", 2)


@pytest.mark.parametrize(
    "traceback",
    [
        'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\nValueError: x',
        "Input In [3], in <cell line: 2>()\n      1 a\n----> 2 b",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[1]\x1b[39m\x1b[32m, line 2\x1b[39m",
        "File /tmp/ipykernel_31/3448312017.py:2\n----> 2 b",
    ],
)
def test_every_spelling_of_a_place_is_read(traceback: str) -> None:
    assert Failure("a\nb", "ValueError", "x", traceback).bad_line == "b"


def test_a_line_outside_of_the_cell_is_not_believed() -> None:
    failure = Failure("a", "ValueError", "x", "Cell In[1], line 7")
    assert (failure.line_number, failure.bad_line) == (None, "")


def test_the_language_is_guessed_from_the_stack(run_javascript: RunCell) -> None:
    known = run_javascript("[].x.y")
    guessed = Failure(known.cell_source, known.ename, known.evalue, known.traceback)
    assert guessed.guessed_language is Language.JAVASCRIPT
    assert Failure("x", "TypeError", "x", "Cell In[1], line 1").guessed_language is Language.PYTHON
