"""What stands for a learner's object can do what the object can, and no more."""

from collections.abc import Hashable, Iterable, Sized
from itertools import islice
from typing import Any

import pytest

from tests.unit.grading.remote.conftest import MakeLearner

LEARNER = """
import contextlib, itertools
from collections import namedtuple
from collections.abc import Mapping
from typing import NamedTuple

class Bare:
    pass
class Full:
    def __len__(self): return 2
    def __iter__(self): return iter('ab')
    def __reversed__(self): return iter('ba')
    def __call__(self, x): return x + 1
class Half:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return self.x == other.x
    def __truediv__(self, k): return Half(self.x / k)
    def __itruediv__(self, k):
        self.x /= k
        return self
Point = namedtuple('Point', 'x y')
class Vector(NamedTuple):
    x: int
    y: int
    def norm(self): return self.x + self.y
class Liar:
    def __iter__(self): return iter([1])
    def __contains__(self, item): return True

class Shelf(Mapping):
    def __init__(self, books): self.books = books
    def __getitem__(self, key): return self.books[key]
    def __iter__(self): return iter(self.books)
    def __len__(self): return len(self.books)

taken = []
def letters():
    for letter in 'ab':
        taken.append(letter)
        yield letter
def taken_so_far(): return taken
def rest(data): return memoryview(data)[1:]
def x_of(point):
    if not isinstance(point, Point):
        raise TypeError(point)
    return point.x
@contextlib.contextmanager
def tag():
    print('<p>')
    yield 'p'
    print('</p>')
def numbers(): return itertools.count()
def told(function):
    'what it raises'
    try:
        function()
    except Exception as error:
        return str(error), error.args
"""


@pytest.fixture
def learner(make_learner: MakeLearner) -> dict[str, Any]:
    """The learner's names as a test sees them."""
    return make_learner(LEARNER, asked_for=["Bare", "Full", "Half", "Point", "Vector", "Shelf"])


def test_a_method_that_is_not_there_is_not_there(learner: dict[str, Any]) -> None:
    bare = learner["Bare"]()
    assert not callable(bare)
    assert not any(hasattr(bare, name) for name in ("__len__", "__iter__", "__enter__", "__add__", "__getitem__"))
    assert not isinstance(bare, Iterable | Sized)
    with pytest.raises(TypeError, match=r"'Bare' has no len|object of type 'Bare'"):
        len(bare)


def test_a_method_that_is_there_is_found(learner: dict[str, Any]) -> None:
    full = learner["Full"]()
    assert isinstance(full, Iterable)
    assert isinstance(full, Sized)
    full = learner["Full"]()
    assert callable(full)
    assert full(1) == len(full) == 2
    assert "b" in full
    assert "c" not in full
    assert list(reversed(full)) == ["b", "a"]


def test_equality_without_a_hash_has_no_hash(learner: dict[str, Any]) -> None:
    half = learner["Half"](4)
    assert not isinstance(half, Hashable)
    same = half
    half /= 2
    assert half is same
    assert half.x == 2
    assert (half / 2).x == 1


def test_a_generator_that_manages_a_context_is_entered(
    learner: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with learner["tag"]() as name:
        print(name)  # noqa: T201  between what the learner prints
    assert capsys.readouterr().out == "<p>\np\n</p>\n"


def test_items_are_looked_for_here_where_a_class_may_lie(learner: dict[str, Any]) -> None:
    assert "b" in learner["letters"]()
    assert "c" not in learner["letters"]()
    liar = learner["Liar"]()
    assert 1 in liar
    assert 2 not in liar


def test_the_first_items_are_fetched_one_by_one(learner: dict[str, Any]) -> None:
    letters = learner["letters"]()
    # The next item may cost an endless search.
    assert next(letters) == "a"
    assert learner["taken_so_far"]() == ["a"]
    numbers = learner["numbers"]()
    assert list(islice(numbers, 1000)) == list(range(1000))
    assert next(numbers) == 1000


def test_named_tuples_that_are_asked_for_are_of_their_class(learner: dict[str, Any]) -> None:
    point, vector = learner["Point"](1, 2), learner["Vector"](3, 4)
    assert isinstance(point, learner["Point"])
    assert not isinstance(vector, learner["Point"])
    assert point == (1, 2)
    assert learner["x_of"](point) == 1
    assert isinstance(vector, learner["Vector"])
    assert vector.norm() == 7
    assert vector == learner["Vector"](3, 4)


def test_views_of_an_own_mapping_are_views(learner: dict[str, Any]) -> None:
    shelf = learner["Shelf"]({"a": 1, "b": [2]})
    assert dict(shelf) == {"a": 1, "b": [2]}
    assert shelf.keys() == {"a", "b"}
    assert list(shelf.values()) == [1, [2]]
    assert ("a", 1) in shelf.items()
    assert shelf == {"a": 1, "b": [2]}
    assert learner["rest"](b"abc") == b"bc"


def test_docstrings_and_what_a_tests_function_raises_are_the_learners(learner: dict[str, Any]) -> None:
    def fail() -> None:
        raise KeyError("k")

    assert learner["told"].__doc__ == "what it raises"
    assert learner["told"](fail) == ("'k'", ("k",))
