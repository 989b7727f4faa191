"""What policies change of hints and chat, and what models may cost."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from nexus_server.learner import Learner
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.tutor import ModelCall, TutorPolicyRow
from nexus_server.tutor.chat.service import ChatReply
from nexus_server.tutor.errors import ChatOffError, TutorOffError
from nexus_server.tutor.models.scripted import SILENCE
from tests.integration.tutor.conftest import MakeWorld, SlowTutor, World, request_of

PRICED = {"input_price_per_million_tokens": 1_000, "output_price_per_million_tokens": 1_000}


async def say(world: World, *, cohort: UUID | None = None, node: UUID | None = None, **said: Any) -> None:
    row = TutorPolicyRow(place=uuid4().hex, cohort_id=cohort, node_id=node, said=said)
    async with world.database.transaction() as session:
        session.add(row)


async def join(world: World, *learners: Learner) -> UUID:
    cohort = Cohort(id=uuid4(), name="4b", join_code=uuid4().hex[:8])
    async with world.database.transaction() as session:
        session.add(cohort)
        await session.flush()
        session.add_all(CohortMember(cohort_id=cohort.id, user_id=learner.id) for learner in learners)
    return cohort.id


async def calls(world: World) -> list[ModelCall]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(ModelCall).order_by(ModelCall.created_at)))


async def answer(world: World, learner: Learner, node: UUID | None = None) -> ChatReply:
    events = [event async for event in await world.chat.stream(learner, node, "What is a loop?")]
    assert isinstance(events[-1], ChatReply)
    return events[-1]


async def test_a_lab_is_off_for_one_class_alone(make_world: MakeWorld) -> None:
    world = make_world()
    ada, bob = await world.learner(), await world.learner()
    node, cohort = await world.node(), await join(world, ada)
    await say(world, cohort=cohort, node=node, mode="off")
    for ask in (world.hints.hint, world.hints.first):
        with pytest.raises(TutorOffError):
            await ask(ada, request_of(node_id=node))
    with pytest.raises(ChatOffError):
        await world.chat.stream(ada, node, "Why?")
    assert (await world.hints.hint(ada, request_of())).level == 1, "elsewhere it is on"
    assert (await world.hints.hint(bob, request_of(node_id=node))).level == 1, "for others, too"


async def test_hints_may_be_on_without_the_chat(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    await say(world, mode="hints")
    assert (await world.hints.hint(ada, request_of())).level == 1
    with pytest.raises(ChatOffError):
        await world.chat.stream(ada, None, "Why?")


async def test_a_class_is_without_the_tutor_in_its_exam(make_world: MakeWorld) -> None:
    world = make_world()
    ada, bob = await world.learner(), await world.learner()
    begins = world.clock.time + timedelta(hours=1)
    exam = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    await say(world, cohort=await join(world, ada), exams=[exam])
    assert (await world.hints.hint(ada, request_of())).level == 1
    world.clock.time += timedelta(hours=2)
    with pytest.raises(TutorOffError):
        await world.hints.hint(ada, request_of())
    with pytest.raises(TutorOffError):
        await world.hints.first(ada, request_of())
    with pytest.raises(ChatOffError):
        await world.chat.stream(ada, None, "Why?")
    assert (await world.hints.hint(bob, request_of())).level == 1, "another class has no exam"
    world.clock.time += timedelta(hours=2)
    assert (await world.hints.hint(ada, request_of())).level > 0


async def test_a_roadmap_is_one_place(make_world: MakeWorld) -> None:
    world = make_world()
    ada, node, other = await world.learner(), await world.node(), await world.node()
    async with world.database.transaction() as session:
        roadmap_id = await session.scalar(select(Node.roadmap_id).where(Node.id == node))
        session.add(TutorPolicyRow(place="r", roadmap_id=roadmap_id, said={"mode": "off"}))
    with pytest.raises(TutorOffError):
        await world.hints.hint(ada, request_of(node_id=node))
    assert (await world.hints.hint(ada, request_of(node_id=other))).level == 1


async def test_no_model_is_asked_about_whoever_declines(make_world: MakeWorld) -> None:
    world = make_world("Look closer.")
    ada = await world.learner()
    async with world.database.transaction() as session:
        await session.execute(update(User).where(User.id == ada.id).values(no_ai=True))
    assert (await world.hints.hint(ada, request_of())).source == "static"
    assert (await answer(world, ada)).message.source == "static"
    assert world.script.prompts == []
    assert await calls(world) == []


async def test_words_to_avoid_are_told_to_the_model_and_looked_for(make_world: MakeWorld) -> None:
    world = make_world("Use a Comprehension here.", "Try comprehensions.", "Look closer.")
    ada = await world.learner()
    await say(world, avoid=["comprehension"], context="Second week.")
    hint = await world.hints.hint(ada, request_of())
    assert (hint.source, len(world.script.prompts)) == ("static", 2), "asked once more, then the rules answer"
    assert all("Second week." in prompt.instructions for prompt in world.script.prompts)
    assert "comprehension" in world.script.prompts[0].instructions


async def test_texts_of_other_courses_are_not_shared(make_world: MakeWorld) -> None:
    world = make_world("One text.", "Another text.")
    ada, bob = await world.learner(), await world.learner()
    await world.hints.hint(ada, request_of())
    await say(world, cohort=await join(world, bob), context="Second week.")
    assert (await world.hints.hint(bob, request_of())).text == "Another text."


async def test_a_call_is_reserved_and_settled(make_world: MakeWorld) -> None:
    world = make_world(
        "Look closer.", input_price_per_million_tokens=1_000_000, output_price_per_million_tokens=2_000_000
    )
    ada = await world.learner()
    await world.hints.hint(ada, request_of())
    (call,) = await calls(world)
    assert call.is_settled
    usage = len(world.script.prompts[0].turns[-1].text.split())
    assert (call.tokens, call.cost_micro) == (usage + 2, (usage + 2 * 2) * 1_000_000)


async def test_a_budget_that_is_used_up_leaves_the_rules(make_world: MakeWorld) -> None:
    world = make_world("Look closer.")
    ada, bob = await world.learner(), await world.learner()
    cohort = await join(world, ada)
    await say(world, cohort=cohort, tokens_per_day=100)
    hint = await world.hints.hint(ada, request_of())
    assert (hint.source, hint.notice) == ("static", "budget_used")
    assert (await world.hints.hint(bob, request_of())).source == "scripted", "it is the class's budget"
    assert len(world.script.prompts) == 1


async def test_a_budget_begins_again_with_the_day(make_world: MakeWorld) -> None:
    world = make_world("Look closer.")
    ada = await world.learner()
    await say(world, tokens_per_day=1_500)
    sources = [(await world.hints.hint(ada, request_of(f"print(totl, {n})"))).source for n in range(20)]
    assert sources[0] == "scripted"
    assert sources[-1] == "static"
    world.clock.time += timedelta(days=1)
    assert (await world.hints.hint(ada, request_of("print(totl, 99)"))).source == "scripted"


async def test_calls_at_once_do_not_spend_the_same_budget_twice(make_world: MakeWorld) -> None:
    world = make_world("Look closer.", script=SlowTutor, **PRICED)
    learners = [await world.learner() for _ in range(6)]
    node = await world.node()
    await say(world, node=node, money_per_day=3.0)
    asked = [
        asyncio.create_task(world.hints.hint(each, request_of(f"print(totl, {n})", node_id=node)))
        for n, each in enumerate(learners)
    ]
    # The model waits. So who is answered first had no budget left beside the calls that are on their way.
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert isinstance(world.model, SlowTutor)
    world.model.may_answer.set()
    hints = await asyncio.gather(*asked)
    spent = sum(call.cost_micro for call in await calls(world))
    assert {hint.source for hint in hints} == {"scripted", "static"}
    assert spent <= 3_000_000


async def test_money_without_prices_is_not_spent(make_world: MakeWorld) -> None:
    world = make_world("Look closer.")
    ada = await world.learner()
    await say(world, money_per_day=1_000.0)
    assert (await world.hints.hint(ada, request_of())).notice == "budget_used"
    assert world.script.prompts == []


async def test_a_call_that_never_began_costs_nothing(make_world: MakeWorld) -> None:
    world = make_world(SILENCE)
    hint = await world.hints.hint(await world.learner(), request_of())
    assert (hint.source, hint.notice) == ("static", "model_unavailable")
    assert [(call.tokens, call.is_settled) for call in await calls(world)] == [(0, True)]


async def test_an_answer_that_is_withheld_counts_as_reserved(make_world: MakeWorld) -> None:
    code = "Here you are:\n\n```python\n" + "\n".join(f"x{n} = {n}" for n in range(9)) + "\n```\n\nAnd more."
    world = make_world(code)
    await world.hints.hint(await world.learner(), request_of())
    found = await calls(world)
    assert len(found) == 2
    assert all(call.is_settled and call.tokens > 100 for call in found)


async def test_a_lab_waits_as_its_policy_says(make_world: MakeWorld) -> None:
    world = make_world(level_wait_s=0)
    ada, node = await world.learner(), await world.node()
    await say(world, node=node, level_wait_s=60)
    levels = [(await world.hints.hint(ada, request_of(node_id=node))).level for _ in range(3)]
    assert levels == [1, 2, 2]
