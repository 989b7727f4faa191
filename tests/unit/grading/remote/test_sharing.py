"""One object stays one object across the border: in a value, in the names of a notebook, in a call's arguments."""

import collections
import copy
import json
import re
import types
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus_server.grading.remote.kinds import NotWholeError, WireError
from nexus_server.grading.remote.sharing import mutable_objects
from nexus_server.grading.remote.stubs import NotWholeValueError
from nexus_server.grading.remote.wire import Codec
from tests.unit.grading.remote.conftest import MakeLearner

LEARNER = """
import collections, numpy as np
class Stack(list):
    pass
row, copied = [1], [1]
same_row = row
def grid(n): return [[0] * n] * n
def buckets(keys): return dict.fromkeys(keys, [])
def shallow(items): return items[:]
def wrapped(items): return {'items': items, 'first': items[0]}
def first(items): return items[0]
def add(items, what=1, *, log=None):
    items.append(what)
    if log is not None:
        log.append(items)
    return items
def deepest(items):
    while isinstance(items[0], list):
        items = items[0]
    items[0] += 1
def swap(pair): pair[0], pair[1] = pair[1], pair[0]
def fail(items):
    items.clear()
    raise ValueError('cleared')
def is_one(a, b): return a is b
def zeros(): return [np.zeros(2)] * 2
def each(function, items): return [function(item) for item in items]
def fill(array): array[:] = 7
def stack(items): return Stack(items)
"""


@pytest.fixture
def learner(make_learner: MakeLearner) -> dict[str, Any]:
    """The learner's names as a test sees them."""
    return make_learner(LEARNER, asked_for=["Stack"])


def test_rows_that_are_one_list_are_one_list(learner: dict[str, Any]) -> None:
    grid = learner["grid"](3)
    grid[0][0] = 1
    assert grid == [[1, 0, 0]] * 3
    found = learner["buckets"]("ab")
    assert found["a"] is found["b"]


def test_names_of_one_object_are_names_of_one_object(learner: dict[str, Any]) -> None:
    assert learner["same_row"] is learner["row"]
    assert learner["copied"] is not learner["row"]


def test_a_result_that_holds_its_argument_holds_it_here(learner: dict[str, Any]) -> None:
    items: list[Any] = [[1], [2]]
    shallow = learner["shallow"](items)
    assert shallow is not items
    assert shallow[0] is items[0]
    wrapped = learner["wrapped"](items)
    assert wrapped["items"] is items
    assert wrapped["first"] is items[0] is learner["first"](items)


def test_what_a_call_changed_is_changed_in_place_however_deep(learner: dict[str, Any]) -> None:
    inner = [1]
    items: list[Any] = [[inner]]
    middle = items[0]
    learner["deepest"](items)
    assert (inner, items[0] is middle, middle[0] is inner) == ([2], True, True)
    one, two = [1], [2]
    pair = [one, two]
    learner["swap"](pair)
    assert pair[0] is two
    assert pair[1] is one
    array = np.zeros(2)
    learner["fill"](array)
    assert array.tolist() == [7, 7]


def test_arguments_given_by_name_and_arguments_of_a_call_that_failed_are_changed(learner: dict[str, Any]) -> None:
    items: list[Any] = []
    log: list[Any] = []
    assert learner["add"](items=items, log=log) is items
    assert items == [1]
    assert log[0] is items
    with pytest.raises(ValueError, match="cleared"):
        learner["fail"](items)
    assert items == []


def test_the_learners_code_sees_one_object_where_the_test_gave_one(learner: dict[str, Any]) -> None:
    items = [1]
    assert learner["is_one"](items, items) is True
    assert learner["is_one"](items, b=items) is True
    assert learner["is_one"](items, [1]) is False


def test_arrays_callbacks_and_objects_that_stay_there_keep_their_numbers(learner: dict[str, Any]) -> None:
    one, other = learner["zeros"]()
    assert one is other
    assert learner["each"](lambda item: [item], [1, [2]]) == [[1], [[2]]]
    stack, items = learner["stack"]([1]), [5]
    found = learner["wrapped"]([stack, items])
    assert found["items"][1] is items
    assert learner["add"]([stack, items], items)[1] is items


@pytest.mark.parametrize(
    "value",
    [
        [[]] * 3,
        {"a": (one := {1}), "b": one},
        (bytearray(b"a"),) * 2,
        [{"a": [1]}] * 2,
        [types.SimpleNamespace(a=[1])] * 2,
        [pd.DataFrame({"a": [1, 2]})] * 2,
        [np.zeros(2), [np.zeros(2)]] * 2,
    ],
)
def test_what_comes_twice_is_one_object(value: Any) -> None:
    crossed = Codec().decode(json.loads(json.dumps(Codec().encode(value))))
    assert repr(crossed) == repr(value)
    assert len(mutable_objects([crossed])) == len(mutable_objects([value]))


def test_equal_values_stay_apart() -> None:
    value = [[1], [1], {"a": [1]}, np.zeros(1), np.zeros(1)]
    assert Codec().encode(value)[:2] == [[1], [1]]
    crossed = Codec().decode(Codec().encode(value))
    assert crossed[0] is not crossed[1]
    assert crossed[3] is not crossed[4]


def test_rows_that_double_with_each_level_cost_one_each() -> None:
    value: Any = [1]
    for _ in range(25):
        value = [value, value]
    crossed = Codec().decode(Codec().encode(value))
    assert crossed[0] is crossed[1]
    assert len(mutable_objects([crossed])) == 26


def test_a_value_that_holds_itself_and_names_of_nothing_are_refused() -> None:
    ring: list[Any] = []
    ring.append({"ring": ring})
    with pytest.raises(NotWholeError):
        Codec().encode(ring)
    for payload in ({"t": "same", "n": 0}, {"t": "same", "n": []}, [{"t": "shared", "n": {}, "v": [1]}]):
        with pytest.raises(WireError):
            Codec().decode(payload)


CHANGES = """
def twice(items): return [items, items]
def inner(items): return items[-1] if items else items
def shallow(items): return list(items)
def push(items):
    items.append(items[0] if items else [])
def push_new(items):
    new = {'new': []}
    items.insert(0, new)
    return new['new']
def swap(items): items.reverse(); return items[:1]
def empty(items):
    held = items[:]
    items.clear()
    return held
def fill(items):
    for item in items:
        if isinstance(item, dict):
            item['more'] = items[0]
        elif isinstance(item, list):
            item.append((items[0], 1))
"""
LEAVES = st.one_of(st.integers(-3, 3), st.text("ab", max_size=2), st.none(), st.floats(allow_nan=False))


@st.composite
def shared_lists(draw: st.DrawFn) -> list[Any]:
    """A list of containers, some of which hold the same ones."""
    made: list[Any] = []
    for _ in range(draw(st.integers(1, 5))):
        parts = draw(st.lists(st.one_of(LEAVES, st.sampled_from(made) if made else LEAVES), max_size=4))
        kinds: list[Any] = [list, tuple, lambda parts: dict(enumerate(parts)), collections.deque]
        made.append(draw(st.sampled_from(kinds))(parts))
    return draw(st.lists(st.sampled_from(made), max_size=4))


def _graph(value: Any) -> Any:
    """Return a value's content, with a number in the place of each object that can change and came before."""
    numbers: dict[int, int] = {}

    def shown(each: Any) -> Any:
        if isinstance(each, list | dict | collections.deque):
            if id(each) in numbers:
                return ("same", numbers[id(each)])
            numbers[id(each)] = len(numbers)
        if isinstance(each, dict):
            return ("dict", [(key, shown(item)) for key, item in each.items()])
        if isinstance(each, list | tuple | collections.deque):
            return (type(each).__name__, [shown(item) for item in each])
        return (type(each).__name__, each)

    return shown(value)


@pytest.fixture
def changes(make_learner: MakeLearner) -> dict[str, Any]:
    """Functions of the learner that change what they are given."""
    return make_learner(CHANGES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=shared_lists(), name=st.sampled_from(re.findall(r"def (\w+)", CHANGES)))
def test_a_call_leaves_what_it_leaves_without_a_border(changes: dict[str, Any], items: list[Any], name: str) -> None:
    names: dict[str, Any] = {}
    exec(CHANGES, names)  # noqa: S102  the same code on this side
    there, here = copy.deepcopy(items), copy.deepcopy(items)
    try:
        crossed = changes[name](there)
    except NotWholeValueError:
        return  # it holds itself
    assert _graph([there, crossed]) == _graph([here, names[name](here)])
