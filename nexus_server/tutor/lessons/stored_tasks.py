"""Tasks of labs, from their source notebooks in the database."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node
from nexus_server.tutor.lessons.tasks import Task, find_task

_find = lru_cache(maxsize=500)(find_task)


class StoredTasks:
    """The tasks of published labs."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def find_task(self, node_id: UUID, grade_id: str | None) -> Task | None:
        """Return the lab's task with the answer cell `grade_id`, or else its first one; None when it has none."""
        query = select(Node.source_notebook).where(Node.id == node_id, Node.archived_at.is_(None))
        async with self._database.reading() as session:
            source = await session.scalar(query)
        return _find(source, grade_id) if source else None
