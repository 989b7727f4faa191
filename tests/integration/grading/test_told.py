"""What learners are told of checks that failed: literals always, computed values unless something hidden may leak."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab

pytestmark = [
    pytest.mark.docker,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HALF = f"""_cases = [(4, 2)]
{BEGIN}
_cases += [(7907, 3953)]
{END}
_points = 0
for _x, _expected in _cases:
    if half(_x) == _expected:
        _points += 1
    else:
        print(f"half({{_x}}) should be {{_expected}}; you got {{half(_x)}}")
2 * _points / len(_cases)"""


def source() -> NotebookNode:
    quiet = lab.checks("test-quiet", f"{BEGIN}\nassert half(6) == 3, 'not for learners'\n{END}")
    quiet.metadata["nexus"] = {"messages": "hidden"}
    return lab.notebook(
        lab.solution("double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
        lab.checks("test-double", f"assert double(1) == 2\n{BEGIN}\nassert double(7907) == 15814, 'large, too'\n{END}"),
        lab.solution("half", "def half(x):\n    ### BEGIN SOLUTION\n    return x // 2\n    ### END SOLUTION"),
        lab.checks("test-half", 'assert half(4) == 2, f"4 gives 2; you got {half(4)}"'),
        lab.checks("test-share", HALF, points=2),
        quiet,
        lab.checks("test-both", "assert half(double(3)) == 3"),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[Grader]:
    opened = Grader(GradeOptions())
    yield opened
    await opened.close()


async def told(grader: Grader, double: str, half: str) -> dict[str, str]:
    answers = {"double": double, "half": half}
    answered = lab.answer(release(source()), {name: text for name, text in answers.items() if text})
    result = await grader.grade(answered, source())
    return {cell.grade_id: cell.message for cell in result.cells}


async def test_plain_functions_show_what_they_computed_after_hidden_tests_too(grader: Grader) -> None:
    found = await told(grader, "def double(x):\n    return 2 if x == 1 else 0", "def half(x):\n    return x")
    assert found["test-double"] == "large, too"
    assert found["test-half"] == "4 gives 2; you got 4"
    assert found["test-share"] == "Not right yet: 0 of 2 points.\nhalf(4) should be 2; you got 4"
    assert found["test-quiet"].startswith("A hidden test failed")
    assert "7907" not in repr(found)


async def test_what_code_remembers_of_hidden_tests_is_not_shown(grader: Grader) -> None:
    double = "seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x"
    found = await told(grader, double, "def half(x):\n    return seen")
    assert found["test-double"] == ""
    assert "7907" not in repr(found)
    assert found["test-half"] == "This check failed: `assert half(4) == 2`"


async def test_a_stub_is_named_where_it_is_another_task_s(grader: Grader) -> None:
    found = await told(grader, "", "def half(x):\n    return x // 2")
    assert found["test-double"] == "There is no answer here yet."
    assert found["test-half"] == ""
    assert found["test-both"] == "This check also needs `double`, which isn't written yet."
    found = await told(grader, "def double(x):\n    raise NotImplementedError('odd')", "")
    assert found["test-share"] == "There is no answer here yet."
