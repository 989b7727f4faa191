from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.tutor.chat.service import ChatReply
from nexus_server.tutor.errors import ChatLimitError, EmptyMessageError
from nexus_server.tutor.models.model import Speaker
from nexus_server.tutor.models.scripted import SILENCE
from tests.integration.tutor.conftest import MakeWorld, World

NOTE = "# Means\n\nA mean is the sum divided by the count.\n\n# Medians\n\nA median stands in the middle."


async def say(world: World, learner: Learner, text: str, node_id: UUID | None = None) -> ChatReply:
    *_, last = [event async for event in await world.chat.stream(learner, node_id, text)]
    assert isinstance(last, ChatReply)
    return last


async def test_without_a_model_the_note_is_quoted(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    node = await world.node(NOTE)
    reply = await say(world, ada, "What is a median?", node)
    assert "> A median stands in the middle." in reply.message.text
    assert reply.message.source == "static"
    assert reply.remaining_today == 100, "what is looked up costs nothing"


async def test_a_model_sees_the_lesson_and_the_conversation(make_world: MakeWorld) -> None:
    world = make_world("Think of a queue.", "Yes.")
    ada = await world.learner()
    node = await world.node(NOTE)
    await say(world, ada, "What is a median?", node)
    reply = await say(world, ada, "Like a queue?", node)
    assert (reply.message.text, reply.message.source) == ("Yes.", "scripted")
    turns = world.script.prompts[1].turns
    assert [t.text for t in turns[:2]] == ["What is a median?", "Think of a queue."]
    assert [t.speaker for t in turns] == [Speaker.LEARNER, Speaker.TUTOR, Speaker.LEARNER]
    assert "A mean is the sum" in turns[2].text


async def test_a_solution_is_withheld_in_every_room(make_world: MakeWorld) -> None:
    solution = "total = 0\nfor value in numbers:\n    total += value\nresult = total / len(numbers)"
    world = make_world(f"Sure!\n```python\n{solution}\n```")
    ada = await world.learner()
    node = await world.node(NOTE, solution)
    for room in (node, None):
        reply = await say(world, ada, "Give me the solution", room)
        assert reply.message.source == "static"
        assert "total" not in reply.message.text


async def test_a_silent_model_is_replaced_by_look_ups(make_world: MakeWorld) -> None:
    world = make_world(SILENCE)
    reply = await say(world, await world.learner(), "What is a KeyError?")
    assert "dictionaries" in reply.message.text
    assert reply.message.source == "static"


async def test_rooms_are_apart_and_ones_own(make_world: MakeWorld) -> None:
    world = make_world()
    ada, bob = await world.learner(), await world.learner()
    node = await world.node(NOTE)
    await say(world, ada, "About means", node)
    await say(world, ada, "About anything")
    await say(world, bob, "Bob was here")
    texts = [m.text for m in (await world.chat.history(ada, node))[0]]
    assert texts[0] == "About means"
    assert len(texts) == 2
    assert (await world.chat.history(ada, None))[0][0].text == "About anything"


async def test_history_comes_in_pages_in_order(make_world: MakeWorld) -> None:
    world = make_world(messages_per_day=100)
    ada = await world.learner()
    for number in range(40):
        await say(world, ada, f"question {number}")
        world.clock.time += timedelta(seconds=1)
    latest, cursor = await world.chat.history(ada, None)
    assert len(latest) == 50
    earlier, end = await world.chat.history(ada, None, cursor)
    assert len(earlier) == 30
    assert end is None
    questions = [m.text for m in [*earlier, *latest] if m.author is Speaker.LEARNER]
    assert questions == [f"question {number}" for number in range(40)]
    assert [m.author for m in earlier[:2]] == [Speaker.LEARNER, Speaker.TUTOR]


async def test_the_daily_limit(make_world: MakeWorld) -> None:
    world = make_world("Think of a queue.", messages_per_day=1)
    ada = await world.learner()
    assert (await say(world, ada, "one")).remaining_today == 0
    with pytest.raises(ChatLimitError) as refused:
        await say(world, ada, "two")
    assert refused.value.retry_after_s == timedelta(hours=12).total_seconds()


async def test_bad_messages_and_rooms(make_world: MakeWorld) -> None:
    world = make_world()
    ada = await world.learner()
    node = await world.node(NOTE)
    with pytest.raises(EmptyMessageError):
        await say(world, ada, " \n ", node)
    world.shelf.locked.add(node)
    for room, error in ((node, NodeLockedError), (uuid4(), NodeNotFoundError)):
        with pytest.raises(error):
            await say(world, ada, "hello", room)
        with pytest.raises(error):
            await world.chat.history(ada, room)
