"""What a learner may read of a node, from the database."""

from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.progress import load_way_of_node
from nexus_server.store.database import Database
from nexus_server.tutor.failure import language_of
from nexus_server.tutor.lessons.lessons import Lesson


class StoredLessons:
    """Lessons of published nodes, for those who may open them."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def get_lesson(self, learner: Learner, node_id: UUID) -> Lesson:
        """Return the lesson.

        Raises:
            NodeNotFoundError: there is no such node, or it is archived.
            NodeLockedError: it is not open to this learner yet.
        """
        async with self._database.reading() as session:
            way, node = await load_way_of_node(session, node_id, learner)
        way.require_open(node)
        kernel_name = str(node.spec.get("lab", {}).get("kernel", ""))
        return Lesson(node.id, node.title, node.content_md, language_of(kernel_name))
