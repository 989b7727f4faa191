"""A learner without an error asks for a hint: how to begin, and where a wrong result comes from."""

import pytest

from nexus_server.tutor.errors import NothingToHintError
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.hints.types import HintRequest
from nexus_server.tutor.lessons.tasks import Task
from tests.integration.tutor.conftest import MakeWorld

STUB = Failure("def mean(numbers):\n    # YOUR CODE HERE", "", "")
TASK = Task("mean", "Write `mean`.", ("Add up first.", "A sum, then a division."))


async def test_the_authors_hints_come_first_and_are_counted(make_world: MakeWorld) -> None:
    world = make_world("A model would say this.")
    ada, node = await world.learner(), await world.node()
    world.shelf.tasks[node] = TASK
    hints = [await world.hints.hint(ada, HintRequest(STUB, node, task="mean")) for _ in range(4)]
    assert [(hint.level, hint.source) for hint in hints] == [(1, "author"), (2, "author"), (3, "static"), (4, "static")]
    assert [hint.text for hint in hints[:2]] == list(TASK.hints)
    assert hints[3].remaining_today == 46


async def test_levels_can_be_read_again_for_nothing(make_world: MakeWorld) -> None:
    world = make_world()
    ada, node = await world.learner(), await world.node()
    world.shelf.tasks[node] = TASK
    first = await world.hints.hint(ada, HintRequest(STUB, node, 1, "mean"))
    again = await world.hints.hint(ada, HintRequest(STUB, node, 1, "mean"))
    assert (again.id, again.text, again.remaining_today) == (first.id, first.text, first.remaining_today)


async def test_without_an_error_and_a_task_there_is_nothing_to_say(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    for node in (None, await world.node()):
        with pytest.raises(NothingToHintError):
            await world.hints.hint(ada, HintRequest(STUB, node))


async def test_a_failed_check_is_looked_for_in_the_learners_function(make_world: MakeWorld) -> None:
    world = make_world()
    own = "def mean(numbers):\n    print(sum(numbers) / len(numbers))"
    check = Failure("assert mean([2, 4]) == 3", "AssertionError", "", "Cell In[2], line 1", other_cells=(own,))
    first, second = [await world.hints.hint(await world.learner(), HintRequest(check))], []
    ada = await world.learner()
    second = [await world.hints.hint(ada, HintRequest(check)) for _ in range(2)]
    assert first[0].concept == "None and return values"
    assert second[1].text.startswith("Look into `mean`, at `print(sum(numbers) / len(numbers))`.")
    assert second[1].line_refs == ()
