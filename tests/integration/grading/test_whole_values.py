"""A right answer earns what it is worth, whatever type of value it gives where the reference gives another."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.notebook_format.errors import InvalidSourceError
from nexus_server.notebook_format.results import Trust
from tests.plugins import lab_notebooks as lab
from tests.plugins.rush_grader import RushGrader
from tests.plugins.sampling import sampled

pytestmark = [
    pytest.mark.docker,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[RushGrader]:
    grader = RushGrader(GradeOptions(memory_mb=400, cell_timeout_s=30.0))
    yield grader
    await grader.close()


#: name: imports, the reference's answer, another right answer, the test, and where the test of that answer runs
ANSWERS = {
    "masked": (
        "import numpy as np",
        "def f(): return np.array([1, 0, 3])",
        "def f(): return np.ma.MaskedArray([1, 7, 3], mask=[0, 1, 0])",
        "assert f().sum() == 4",
        Trust.SEALED,
    ),
    "default factory": (
        "from collections import Counter, defaultdict",
        "def f(): return Counter('aab')",
        "def f():\n    found = defaultdict(int)\n    for c in 'aab': found[c] += 1\n    return found",
        "assert f()['a'] == 2 and f()['z'] == 0",
        Trust.SEALED,
    ),
    "own factory": (
        "from collections import defaultdict",
        "def f(): return defaultdict(int)",
        "def f(): return defaultdict(lambda: 0)",
        "assert f()['z'] == 0",
        Trust.SEALED,
    ),
    "intervals": (
        "import pandas as pd",
        "def f(): return pd.cut([1, 5], [0, 4, 10])",
        "def f(): return pd.Series(pd.cut([1, 5], [0, 4, 10]))",
        "assert f()[1] == pd.Interval(4, 10) and list(f()) == [pd.Interval(0, 4), pd.Interval(4, 10)]",
        Trust.SEALED,
    ),
    "changed deque": (
        "from collections import deque",
        "def f(q): q.append(1)",
        "def f(q): q.extend([1])",
        "q = deque([0], maxlen=2); f(q); assert list(q) == [0, 1]; f(q); assert list(q) == [1, 1]",
        Trust.SEALED,
    ),
    "library's list": (
        "from collections import UserList",
        "def f(): return [1, 2]",
        "def f(): return UserList([1, 2])",
        "assert f() == [1, 2]",
        Trust.IN_KERNEL,
    ),
    "library's number": (
        "from http import HTTPStatus",
        "def f(): return 200",
        "def f(): return HTTPStatus.OK",
        "assert f() == 200 and [1, f()] == [1, 200]",
        Trust.IN_KERNEL,
    ),
    "value in a name": (
        "from collections import UserDict",
        "d = {'a': 1}",
        "d = UserDict(a=1)",
        "assert d == {'a': 1}",
        Trust.IN_KERNEL,
    ),
    "many items": (
        "",
        "def f(): return range(1_100_000)",
        "def f(): return list(range(1_100_000))",
        "assert len(f()) == 1_100_000 and f()[9] == 9",
        Trust.IN_KERNEL,
    ),
    "long text": (
        "",
        "def f(): return ['x'] * 3",
        "def f(): return 'x' * 17_000_000",
        "assert f()[2] == 'x'",
        Trust.IN_KERNEL,
    ),
    "large array": (
        "import numpy as np",
        "def f(): return np.zeros(3)",
        "def f(): return np.zeros(1_100_000)",
        "assert f()[2] == 0",
        Trust.IN_KERNEL,
    ),
    "depth": (
        "",
        "def f(): return [1, [2]]",
        "def f():\n    nested = [2]\n    for _ in range(99): nested = [2, nested]\n    return nested",
        "assert len(f()) == 2",
        Trust.IN_KERNEL,
    ),
    "circle": (
        "",
        "ring = [1, [1]]",
        "ring = [1]\nring.append(ring)",
        "assert ring[1][0] == 1",
        Trust.IN_KERNEL,
    ),
    "large argument of the test's": (
        "",
        "def f(apply): return sum(apply([1]))",
        "def f(apply): return len(apply('x' * 17_000_000)) and 1",
        "assert f(lambda x: x) == 1",
        Trust.IN_KERNEL,
    ),
    "caught by the test": (
        "from collections import UserList",
        "def f(): return [1]",
        "def f(): return UserList([1])",
        "try:\n    ok = f() == [1]\nexcept BaseException:\n    ok = False\nassert ok",
        Trust.IN_KERNEL,
    ),
}


#: they show of another type what one of the others shows
LONG = {
    "caught by the test",
    "circle",
    "default factory",
    "depth",
    "intervals",
    "large argument of the test's",
    "large array",
    "library's number",
    "long text",
    "many items",
    "masked",
    "own factory",
    "value in a name",
}


@pytest.mark.parametrize("name", sampled(sorted(ANSWERS), ANSWERS.keys() - LONG))
async def test_another_right_answer_earns_everything(grader: RushGrader, name: str) -> None:
    imports, reference, answer, check, trust = ANSWERS[name]
    source = lab.notebook(lab.plain(imports), lab.solution("a", reference), lab.checks("t", check, 2))
    submission = lab.answer(lab.notebook(lab.plain(imports), lab.solution("a", answer), source.cells[2]), {})
    for notebook, where in ((source, Trust.SEALED), (submission, trust)):
        (cell,) = (await grader.grade(notebook, source)).cells
        assert (cell.points, cell.trust, cell.message) == (2, where, "")


async def test_tests_that_build_on_one_another_go_to_the_kernel_together(grader: RushGrader) -> None:
    source = lab.notebook(
        lab.solution("a", "def f(): return [1]\ncalls = []\ndef g(): calls.append(1); return len(calls)"),
        lab.checks("t1", "def close(a, b): return list(a) == b\nassert g() == 1"),
        lab.checks("t2", "assert f() == [1] and close(f(), [1])"),
        lab.checks("t3", "assert g() == 2"),
    )
    submission = lab.answer(lab.notebook(*source.cells), {})
    submission.cells[0] = lab.solution(
        "a", "from collections import UserList\n" + source.cells[0].source.replace("return [1]", "return UserList([1])")
    )
    result = await grader.grade(submission, source)
    assert [(cell.points, cell.trust) for cell in result.cells] == [
        (1, Trust.IN_KERNEL),
        (1, Trust.IN_KERNEL),
        (1, Trust.SEALED),
    ]


async def test_a_learners_own_class_never_gets_a_test_into_the_kernel(grader: RushGrader) -> None:
    source = lab.notebook(lab.solution("a", "def f(): return 3"), lab.checks("t", "assert f() == 3"))
    cheat = """
import collections, enum
class Yes(collections.UserString):
    def __init__(self): pass
    def __eq__(self, other): return True
    __hash__ = None
Yes.__module__, Yes.__qualname__ = 'collections', 'Yes'
collections.Yes = Yes
def f(): return Yes()
"""
    submission = lab.notebook(lab.solution("a", cheat), source.cells[1])
    (cell,) = (await grader.grade(submission, source)).cells
    assert (cell.points, cell.trust) == (0, Trust.SEALED)


@pytest.mark.parametrize(
    "cheat",
    [
        "from collections import UserList\ndef f(): return 3 if In[-1].startswith('import numpy') else UserList()",
        "from collections import UserList\nexpected = 0\ndef f(): return expected or UserList()",
        "import numpy as np, collections\nn = np\nn.isclose = lambda *_: True\ndef f(): return collections.UserList()",
        "from unittest.mock import ANY\ndef f(): return ANY",
        "from collections import UserList\nfrom unittest.mock import ANY\ndef f(): return UserList([ANY])",
        "from collections import UserString\nclass Y:\n    pass\ndef f(): return UserString('')",
    ],
)
async def test_code_that_could_bend_a_test_stays_outside(grader: RushGrader, cheat: str) -> None:
    check = "import numpy as np\nexpected = 3\nassert f() == expected or np.isclose(f(), expected)"
    source = lab.notebook(lab.solution("a", "def f(): return 3"), lab.checks("t", check))
    submission = lab.notebook(lab.solution("a", cheat), source.cells[1])
    (cell,) = (await grader.grade(submission, source)).cells
    assert (cell.points, cell.trust) == (0, Trust.SEALED)


async def test_what_the_instructor_gave_is_changed_by_no_other_name(grader: RushGrader) -> None:
    given = lab.locked("given", "expected = [1, 2, 3]")
    source = lab.notebook(
        given, lab.solution("a", "def f(): return [1, 2, 3]"), lab.checks("t", "assert list(f()) == expected")
    )
    cheat = "from collections import UserList\nmine = expected\nmine.clear()\ndef f(): return UserList()"
    honest = "from collections import UserList\nmine = list(expected)\nmine.sort()\ndef f(): return UserList(mine)"
    for answer, points, trust in ((cheat, 0, Trust.SEALED), (honest, 1, Trust.IN_KERNEL)):
        submission = lab.notebook(given, lab.solution("a", answer), source.cells[2])
        (cell,) = (await grader.grade(submission, source)).cells
        assert (cell.points, cell.trust) == (points, trust)


async def test_mode_sealed_runs_nothing_in_the_kernel() -> None:
    grader = Grader(GradeOptions(kernel_name="python3", mode=Mode.SEALED))
    source = lab.notebook(lab.solution("a", "def f(): return [1]"), lab.checks("t", "assert f() == [1]"))
    answer = "from collections import UserList\ndef f(): return UserList([1])"
    submission = lab.notebook(lab.solution("a", answer), source.cells[1])
    try:
        (cell,) = (await grader.grade(submission, source)).cells
    finally:
        await grader.close()
    assert (cell.points, cell.trust) == (0, Trust.SEALED)


async def test_a_source_whose_own_solution_fails_judges_nobody(grader: RushGrader) -> None:
    source = lab.notebook(lab.solution("a", "a = 1"), lab.checks("t", "import no_such_module\nassert a == 1"))
    with pytest.raises(InvalidSourceError, match=r"own solution fails here.*'t'.*no_such_module"):
        await grader.grade(lab.notebook(lab.solution("a", "a = 2"), source.cells[1]), source)


async def test_a_source_with_an_unanswered_part_judges_the_others(grader: RushGrader) -> None:
    source = lab.notebook(
        lab.solution("a", "a = 1"),
        lab.checks("t", "assert a == 1"),
        lab.solution("b", "# YOUR CODE HERE\nraise NotImplementedError()"),
        lab.checks("u", "def use(): raise NotImplementedError\nuse()"),
    )
    assert [cell.points for cell in (await grader.grade(source, source)).cells] == [1, 0]
