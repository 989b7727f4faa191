"""What can be tested outside the learner's process: the reference solution earns everything, sealed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus, Trust
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
    grader = RushGrader(GradeOptions(memory_mb=400, cell_timeout_s=20.0))
    yield grader
    await grader.close()


#: what `make test` tries: callbacks, classes, changed values, streams, a library's values, partial credit
SAMPLE = {"callbacks", "classes", "generators", "in_place", "pandas", "partial", "printing"}
LABS = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "sealed").glob("*.lab")}


def _lab(name: str) -> NotebookNode:
    answer, _, checks = LABS[name].partition("# --- checks\n")
    return lab.notebook(lab.solution("answer", answer.strip()), lab.checks("check", checks.strip(), 3))


@pytest.fixture(scope="module", params=sampled(sorted(LABS), SAMPLE))
def name(request: pytest.FixtureRequest) -> str:
    """A lab; both tests of one follow each other, so that the second finds the process for its tests."""
    return str(request.param)


async def test_reference_earns_everything_sealed(grader: RushGrader, name: str) -> None:
    source = _lab(name)
    result = await grader.grade(source, source)
    assert [(cell.points, cell.trust, cell.message) for cell in result.cells] == [(3, Trust.SEALED, "")]


async def test_stub_earns_nothing(grader: RushGrader, name: str) -> None:
    source = _lab(name)
    result = await grader.grade(release(source), source)
    assert result.score == 0


async def test_instructors_cells_and_later_answers_see_what_they_need(grader: RushGrader) -> None:
    source = lab.notebook(
        lab.locked("data", "import math\ndata = [1, 4, 9]\ndef close(a, b):\n    return math.isclose(a, b)"),
        lab.solution("roots", "def roots(xs):\n    return [math.sqrt(x) for x in xs]"),
        lab.locked("apply", "result = roots(data)"),
        lab.checks("one", "import statistics\nassert all(close(a, b) for a, b in zip(result, [1, 2, 3]))", 1),
        lab.solution("mean", "average = statistics.mean(result)"),
        lab.checks("two", "assert average == 2 and result == [1, 2, 3]", 1),
    )
    result = await grader.grade(source, source)
    assert [(cell.status, cell.trust) for cell in result.cells] == [(CellStatus.PASSED, Trust.SEALED)] * 2
    cheated = lab.answer(release(source), {"roots": "close = lambda a, b: True\ndef roots(xs):\n    return [0] * 3"})
    assert (await grader.grade(cheated, source)).score == 0


GIVEN = """from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
class Suit(Enum):
    HEARTS = auto()
    SPADES = auto()
    @property
    def is_red(self):
        return self is Suit.HEARTS
class Rank(IntEnum):
    TWO = 2
    ACE = 14
Point = namedtuple('Point', 'x y')
@dataclass(frozen=True, order=True)
class Card:
    rank: Rank
    suit: Suit = field(compare=False)
    name: str = field(init=False, default='')
    def __post_init__(self):
        object.__setattr__(self, 'name', f'{self.rank.name} of {self.suit.name}')
class BadMove(ValueError):
    pass
"""
PLAYED = """def cards():
    return [(rank, suit) for suit in Suit for rank in Rank]
def colours(suits):
    return {suit: 'red' if suit.is_red else 'black' for suit in suits}
def move(point, by):
    if not isinstance(point, Point):
        raise TypeError(point)
    if by < 0:
        raise BadMove('backwards')
    return point._replace(x=point.x + by)
def parse(name, kind):
    return kind[name]
def best(hand):
    return max(hand)
"""
PLAYED_CHECKS = """assert cards()[0] == (Rank.TWO, Suit.HEARTS) and cards()[-1][1] is Suit.SPADES
assert colours([Suit.SPADES, Suit.HEARTS]) == {Suit.HEARTS: 'red', Suit.SPADES: 'black'}
assert {rank for rank, _ in cards()} == set(Rank) and max(rank for rank, _ in cards()) + 1 == 15
moved = move(Point(1, 2), 3)
assert isinstance(moved, Point) and moved == Point(4, 2)
assert parse('ACE', Rank) is Rank.ACE
hand = [Card(Rank.TWO, Suit.HEARTS), Card(Rank.ACE, Suit.SPADES)]
assert best(hand) == hand[1] and isinstance(best(hand), Card) and best(hand).name == 'ACE of SPADES'
try:
    move(Point(0, 0), -1)
except BadMove as error:
    assert str(error) == 'backwards' and isinstance(error, ValueError)
else:
    raise AssertionError('nothing raised')
"""


@pytest.mark.parametrize(
    ("change", "points"),
    [
        (("", ""), 1),
        (("by < 0", "by < -9"), 0),
        (("kind[name]", "'ACE'"), 0),
        (("max(hand)", "min(hand)"), 0),
        (("max(hand)", "(Rank.ACE, Suit.SPADES)"), 0),
        (("max(hand)", "type('Card', (), {'__eq__': lambda s, o: True, 'name': 'ACE of SPADES'})()"), 0),
        (("BadMove('", "KeyError('"), 0),
        (("point._replace(x=point.x + by)", "(point.x + by, point.y)"), 0),
        (("for suit in Suit ", "for suit in [Suit.SPADES, Suit.HEARTS] "), 0),
        # Classes of one's own, named like the given ones, are not them.
        (("def cards", "class Suit(Enum):\n    HEARTS = 1\n    SPADES = 2\ndef cards"), 0),
        (("def cards", "class Liar(Enum):\n    __eq__ = lambda s, o: True\n    A = 1\nSuit = Liar\ndef cards"), 0),
    ],
)
async def test_enumerations_named_tuples_and_exceptions_that_are_given_cross(
    grader: RushGrader, change: tuple[str, str], points: float
) -> None:
    source = lab.notebook(
        lab.locked("given", GIVEN), lab.solution("answer", PLAYED), lab.checks("check", PLAYED_CHECKS, 1)
    )
    submission = lab.answer(release(source), {"answer": PLAYED.replace(*change)})
    (cell,) = (await grader.grade(submission, source)).cells
    assert (cell.points, cell.trust) == (points, Trust.SEALED), cell.message


@pytest.mark.parametrize(
    "checks",
    [
        "import inspect\nassert 'for' in inspect.getsource(f)",
        "assert 'f' in globals() and f(1) == 1",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='3'):\n    assert f(1) == 1",
        "%time assert f(1) == 1",
        "class Own:\n    pass\nown = Own()\nassert f(own) is own",
    ],
)
async def test_what_cannot_be_sealed_runs_in_the_kernel_and_says_so(grader: RushGrader, checks: str) -> None:
    source = lab.notebook(
        lab.solution("f", "def f(x):\n    for _ in 'a':\n        return x"), lab.checks("c", checks, 1)
    )
    result = await grader.grade(source, source)
    assert [(cell.status, cell.trust) for cell in result.cells] == [(CellStatus.PASSED, Trust.IN_KERNEL)]


async def test_a_test_that_needs_another_ones_effect_takes_only_that_one_into_the_kernel(grader: RushGrader) -> None:
    source = lab.notebook(
        lab.solution("square", "def square(x):\n    return x * x\nfound = [1, 4]"),
        lab.checks("plain", "assert square(3) == 9", 1),
        lab.checks("changes", "found.append(square(3))\nassert found == [1, 4, 9]", 1),
        lab.checks("needs", "assert len(found) == 3", 1),
        lab.checks("last", "assert square(-1) == 1", 1),
    )
    result = await grader.grade(source, source)
    assert [(cell.points, cell.trust) for cell in result.cells] == [
        (1, Trust.SEALED),
        (1, Trust.IN_KERNEL),
        (1, Trust.IN_KERNEL),
        (1, Trust.SEALED),
    ]


async def test_learner_and_tests_find_the_labs_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A local kernel works where we stand; in the sandbox this is the container's own directory.
    monkeypatch.chdir(tmp_path)
    source = lab.notebook(
        lab.locked("read", "import csv\nwith open('data/x.csv') as file:\n    rows = list(csv.reader(file))"),
        lab.solution("count", "count = len(rows)"),
        lab.checks("check", "assert count == len(rows) == 3", 1),
    )
    files = {"data/x.csv": b"a\nb\nc\n", "../escape": b""}
    grader = Grader(GradeOptions(kernel_name="python3", cell_timeout_s=20.0))
    try:
        result = await grader.grade(source, source, files=files)
    finally:
        await grader.close()
    assert [(cell.points, cell.trust) for cell in result.cells] == [(1, Trust.SEALED)]
    assert not (tmp_path.parent / "escape").exists()
