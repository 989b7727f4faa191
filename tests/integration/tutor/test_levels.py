"""Levels open by attempts and by time."""

from datetime import timedelta

from tests.integration.tutor.conftest import START, MakeWorld, request_of


async def test_the_third_level_opens_by_time(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=20)
    ada, node = await world.learner(), await world.node()
    first, second = [await world.hints.hint(ada, request_of(node_id=node)) for _ in range(2)]
    assert (first.level, first.next_level_opens_at) == (1, None)
    assert (second.level, second.next_level_opens_at) == (2, START + timedelta(seconds=20))
    early = await world.hints.hint(ada, request_of(node_id=node, level=3))
    assert (early.level, early.cached, early.remaining_today) == (2, True, 48), "nothing is counted"
    assert (early.next_level_opens_at, early.next_level_in_s) == (START + timedelta(seconds=20), 20)
    world.clock.time += timedelta(seconds=20)
    third = await world.hints.hint(ada, request_of(node_id=node, level=3))
    assert (third.level, third.next_level_opens_at) == (3, START + timedelta(seconds=40))
    assert (await world.hints.hint(ada, request_of(node_id=node))).level == 3


async def test_another_attempt_opens_the_next_level_at_once(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=3_600)
    ada, node = await world.learner(), await world.node()
    for _ in range(2):
        await world.hints.hint(ada, request_of("print(totl)", node_id=node))
    assert (await world.hints.hint(ada, request_of("print(totl)", node_id=node))).level == 2
    assert (await world.hints.hint(ada, request_of("print(totl, 1)", node_id=node))).level == 3


async def test_the_last_level_leads_nowhere(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=0)
    ada, node = await world.learner(), await world.node()
    hints = [await world.hints.hint(ada, request_of(node_id=node)) for _ in range(4)]
    assert [hint.level for hint in hints] == [1, 2, 3, 4]
    assert hints[-1].next_level_opens_at is None


async def test_an_earlier_level_is_read_again_without_a_word_of_waiting(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=20)
    ada, node = await world.learner(), await world.node()
    for _ in range(2):
        await world.hints.hint(ada, request_of(node_id=node))
    again = await world.hints.hint(ada, request_of(node_id=node, level=1))
    assert (again.level, again.cached, again.next_level_opens_at) == (1, True, None)


async def test_texts_are_shared_whatever_the_spacing(make_world: MakeWorld) -> None:
    world = make_world("Compare the two spellings.")
    ada, bob = await world.learner(), await world.learner()
    await world.hints.hint(ada, request_of("print(totl)"))
    shared = await world.hints.hint(bob, request_of("print( totl )  "))
    assert (shared.cached, len(world.script.prompts)) == (True, 1)
    other = await world.hints.hint(bob, request_of("print(totl + 1)"))
    assert not other.cached


async def test_outside_of_lessons_levels_do_not_wait(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=3_600)
    ada = await world.learner()
    assert [(await world.hints.hint(ada, request_of())).level for _ in range(4)] == [1, 2, 3, 4]
