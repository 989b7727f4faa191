import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.store.models.tutor import Hint as Row
from nexus_server.tutor.errors import HintLimitError, HintNotFoundError
from nexus_server.tutor.hints.types import Delta, GivenHint
from nexus_server.tutor.models.scripted import SILENCE
from tests.integration.tutor.conftest import MakeWorld, World, request_of

SOLUTION = "total = sum(numbers)\nreturn total / len(numbers)"


async def row_of(world: World, hint: GivenHint) -> Row:
    async with world.database.transaction() as session:
        return (await session.scalars(select(Row).where(Row.id == hint.id))).one()


async def test_levels_go_deeper_for_the_same_error(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    hints = [await world.hints.hint(ada, request_of(f"print(totl)  # try {n}")) for n in range(5)]
    assert [h.level for h in hints] == [1, 2, 3, 4, 4]
    assert len({h.text for h in hints}) == 4
    assert {h.source for h in hints} == {"static"}


async def test_levels_cannot_be_skipped_but_read_again(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    assert (await world.hints.hint(ada, request_of(level=3))).level == 1
    assert (await world.hints.hint(ada, request_of(level=3))).level == 2
    again = await world.hints.hint(ada, request_of(level=1))
    assert (again.level, again.cached, again.remaining_today) == (1, True, 48)


async def test_another_error_another_learner_and_another_day_start_again(make_world: MakeWorld) -> None:
    world = make_world()
    ada, bob = await world.learner(), await world.learner()
    node = await world.node()
    assert (await world.hints.hint(ada, request_of())).level == 1
    assert (await world.hints.hint(bob, request_of())).level == 1
    assert (await world.hints.hint(ada, request_of(node_id=node))).level == 1
    world.clock.time += timedelta(hours=25)
    assert (await world.hints.hint(ada, request_of())).level == 1


async def test_the_daily_limit_holds_until_the_learners_midnight(make_world: MakeWorld) -> None:
    world = make_world(hints_per_day=2)
    ada = await world.learner("Asia/Tokyo")
    assert [(await world.hints.hint(ada, request_of(f"{n}"))).remaining_today for n in range(2)] == [1, 0]
    with pytest.raises(HintLimitError) as refused:
        await world.hints.hint(ada, request_of("other"))
    # START is 21:00 in Tokyo
    assert refused.value.retry_after_s == timedelta(hours=3).total_seconds()
    assert (await world.hints.hint(ada, request_of("0", level=1))).cached, "what was given may be read again"
    world.clock.time += timedelta(hours=3)
    assert (await world.hints.hint(ada, request_of("other"))).remaining_today == 1


async def test_requests_at_once_do_not_slip_past_the_limit(make_world: MakeWorld) -> None:
    world = make_world(hints_per_day=3)
    ada = await world.learner()
    results = await asyncio.gather(
        *(world.hints.hint(ada, request_of(f"x{n}")) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(r, GivenHint) for r in results) == 3
    assert sum(isinstance(r, HintLimitError) for r in results) == 5


async def test_a_model_writes_and_its_text_is_shared(make_world: MakeWorld) -> None:
    world = make_world("Which name did you set before?", "A second text.")
    ada, bob = await world.learner(), await world.learner()
    first = await world.hints.hint(ada, request_of())
    second = await world.hints.hint(bob, request_of())
    assert (first.text, first.source, first.cached) == ("Which name did you set before?", "scripted", False)
    assert (second.text, second.source, second.cached) == (first.text, "scripted", True)
    assert len(world.script.prompts) == 1
    assert (await row_of(world, first)).usage["output_tokens"] == 6
    other = await world.hints.hint(bob, request_of("print(totl, 1)"))
    assert (other.text, other.level) == ("A second text.", 2)


async def test_an_unhelpful_text_is_not_shared(make_world: MakeWorld) -> None:
    world = make_world("First text.", "Second text.")
    ada, bob = await world.learner(), await world.learner()
    first = await world.hints.hint(ada, request_of())
    await world.hints.rate(ada, first.id, helpful=False, comment="I knew that")
    assert (await world.hints.hint(bob, request_of())).text == "Second text."
    row = await row_of(world, first)
    assert (row.helpful, row.comment) == (False, "I knew that")


async def test_a_solution_is_withheld_and_the_rules_answer(make_world: MakeWorld) -> None:
    world = make_world("Easy.\nWrite `return total / len(numbers)` there.")
    ada = await world.learner()
    node = await world.node(solution=SOLUTION)
    events = [event async for event in await world.hints.stream(ada, request_of(node_id=node))]
    assert not any("return total" in event.text for event in events)
    final = events[-1]
    assert isinstance(final, GivenHint)
    assert final.source == "static"
    assert "`totl`" in final.text
    row = await row_of(world, final)
    assert (row.text, row.usage["reason"]) == (final.text, "solution_line")


async def test_a_silent_model_is_replaced_by_the_rules(make_world: MakeWorld) -> None:
    world = make_world(SILENCE)
    hint = await world.hints.hint(await world.learner(), request_of())
    assert hint.source == "static"
    assert (await row_of(world, hint)).usage["fallback"] == "model_unavailable"


async def test_the_text_arrives_in_parts(make_world: MakeWorld) -> None:
    world = make_world("Look at line 1. Which name is new? Compare the letters.")
    events = [event async for event in await world.hints.stream(await world.learner(), request_of())]
    deltas = [event.text for event in events if isinstance(event, Delta)]
    assert len(deltas) == 3
    assert "".join(deltas).strip() == events[-1].text


async def test_a_reader_who_leaves_early_has_a_whole_hint_stored(make_world: MakeWorld) -> None:
    world = make_world("One sentence. Another sentence. A third sentence.")
    ada = await world.learner()
    stream = await world.hints.stream(ada, request_of())
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    again = await world.hints.hint(ada, request_of(level=1))
    assert (again.cached, again.source) == (True, "static")
    assert "`totl`" in again.text


async def test_unknown_and_locked_nodes_get_no_hints(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    node = await world.node()
    world.shelf.locked.add(node)
    for node_id, error in ((node, NodeLockedError), (uuid4(), NodeNotFoundError)):
        with pytest.raises(error):
            await world.hints.hint(ada, request_of(node_id=node_id))


async def test_only_the_owner_may_rate(make_world: MakeWorld) -> None:
    world = make_world()
    ada, bob = await world.learner(), await world.learner()
    hint = await world.hints.hint(ada, request_of())
    for learner, hint_id in ((bob, hint.id), (ada, uuid4())):
        with pytest.raises(HintNotFoundError):
            await world.hints.rate(learner, hint_id, helpful=True)
    assert (await row_of(world, hint)).helpful is None


async def test_the_first_level_comes_by_itself_for_nothing(make_world: MakeWorld) -> None:
    world = make_world("A model would say this.")
    ada = await world.learner()
    first = await world.hints.first(ada, request_of())
    assert (first.level, first.line_refs) == (1, (1,))
    assert "`totl`" in first.text
    assert world.script.prompts == []
    async with world.database.reading() as session:
        assert (await session.scalars(select(Row))).all() == []


async def test_who_has_read_the_first_level_begins_with_the_second(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    request = replace(request_of(level=2), knows_first=True)
    assert (await world.hints.hint(ada, request)).level == 2
    assert (await world.hints.hint(ada, replace(request, level=4))).level == 3
