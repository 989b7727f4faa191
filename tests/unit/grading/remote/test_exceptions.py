"""What a learner's own exceptions say and carry is what tests read, however the class makes it."""

from typing import Any

import pytest

from tests.unit.grading.remote.conftest import MakeLearner

LEARNER = """
class Poor(ValueError):
    code = 402
    def __init__(self, amount, limit=5):
        self.amount, self._limit = amount, limit
    def __str__(self):
        return f'{self.amount} is over {self._limit}'
    @property
    def missing(self):
        return self.amount - self._limit
    @property
    def broken(self):
        raise RuntimeError
    def in_words(self, unit):
        return f'{self.missing} {unit} missing'
class Poorer(Poor):
    def __str__(self):
        raise RuntimeError
class Plain(Exception):
    pass
def pay(kind, amount):
    raise {'poor': Poor, 'poorer': Poorer, 'plain': Plain, 'key': KeyError}[kind](amount)
"""


@pytest.fixture
def learner(make_learner: MakeLearner) -> dict[str, Any]:
    """The learner's names as a test sees them."""
    return make_learner(LEARNER)


def _raised(learner: dict[str, Any], kind: str) -> Any:
    with pytest.raises(Exception) as caught:
        learner["pay"](kind, 7)
    return caught.value


def test_an_exception_says_what_its_class_makes_it_say(learner: dict[str, Any]) -> None:
    poor = _raised(learner, "poor")
    assert isinstance(poor, ValueError)
    assert (type(poor).__name__, str(poor), poor.args) == ("Poor", "7 is over 5", (7,))


def test_an_exception_carries_what_its_class_gives_it(learner: dict[str, Any]) -> None:
    poor = _raised(learner, "poor")
    assert (poor.amount, poor.code, poor.missing) == (7, 402, 2)
    assert poor.in_words("euros") == "2 euros missing"
    assert not hasattr(poor, "broken")
    assert not hasattr(poor, "_limit")


def test_exceptions_that_add_nothing_say_what_they_were_given(learner: dict[str, Any]) -> None:
    assert str(_raised(learner, "plain")) == "7"
    assert str(_raised(learner, "key")) == "7"
    assert str(_raised(learner, "poorer")) == ""


def test_an_exception_that_a_test_makes_itself_is_a_usual_one(learner: dict[str, Any]) -> None:
    assert str(learner["Plain"]("mine")) == "mine"
