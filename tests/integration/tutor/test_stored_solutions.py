"""The solutions of a site's labs, read once."""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from nexus_server.offload.messages import Task
from nexus_server.offload.pool import InProcess
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.tutor.lessons.stored_solutions import READ_AT_ONCE, StoredSolutions
from tests.plugins.content import lab_notebook


class Counted(InProcess):
    """Counts how often each lab is read."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.reads: Counter[str] = Counter()
        self.tasks = 0

    async def run(self, key: str, task: Task, body: bytes = b"", **options: Any) -> tuple[Any, bytes]:
        self.tasks += 1
        self.reads.update(json.loads(body).keys())
        return await super().run(key, task, body, **options)


async def labs(database: Database, *notebooks: str) -> list[Node]:
    roadmap = Roadmap(slug=uuid4().hex, title="R", difficulty="beginner")
    async with database.transaction() as session:
        session.add(roadmap)
        await session.flush()
        found = [
            Node(roadmap_id=roadmap.id, slug=f"n{place}", title="N", order_index=place, type="lab", content_hash="1")
            for place in range(len(notebooks))
        ]
        for node, text in zip(found, notebooks, strict=True):
            node.source_notebook = text
        session.add_all(found)
    return found


async def test_who_asks_at_the_same_time_has_each_lab_read_once(database: Database) -> None:
    first, second = await labs(database, lab_notebook(), lab_notebook())
    offload = Counted()
    solutions = StoredSolutions(database, offload)
    answers = await asyncio.gather(*(solutions.by_lab() for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert set(answers[0]) == {first.id, second.id}
    assert "return" in answers[0][first.id]
    assert set(offload.reads.values()) == {1}


async def test_a_lab_that_changed_is_read_again(database: Database) -> None:
    first, second = await labs(database, lab_notebook(), lab_notebook())
    offload = Counted()
    solutions = StoredSolutions(database, offload)
    await solutions.by_lab()
    async with database.transaction() as session:
        await session.execute(update(Node).where(Node.id == first.id).values(content_hash="2"))
    await solutions.by_lab()
    assert offload.reads == {str(first.id): 2, str(second.id): 1}


async def test_no_task_reads_more_than_its_share(database: Database) -> None:
    document = json.loads(lab_notebook())
    document["metadata"]["padding"] = "x" * (READ_AT_ONCE // 2)
    large = json.dumps(document)
    await labs(database, large, large, large)
    offload = Counted()
    assert len(await StoredSolutions(database, offload).by_lab()) == 3
    assert offload.tasks == 3
