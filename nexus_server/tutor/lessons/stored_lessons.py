"""What a learner may read of a node, from the database."""

from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.progress import load_way_of_node
from nexus_server.store.database import Database
from nexus_server.tutor.failure import Language
from nexus_server.tutor.lessons.lessons import Lesson

#: parts of kernel names, and the language that the rules read
_LANGUAGES = {
    "python": Language.PYTHON,
    "javascript": Language.JAVASCRIPT,
    "typescript": Language.JAVASCRIPT,
    "deno": Language.JAVASCRIPT,
    "node": Language.JAVASCRIPT,
    "sql": Language.SQL,
    "bash": Language.BASH,
}


def language_of(kernel_name: str) -> Language | None:
    """Return the language of a kernel by its name, or None when the rules do not know it."""
    return next((language for part, language in _LANGUAGES.items() if part in kernel_name.casefold()), None)


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
