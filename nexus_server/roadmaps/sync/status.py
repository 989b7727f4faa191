"""What instructors see of the content: what is wrong with the files, and what a sync would change."""

from pydantic import BaseModel
from sqlalchemy import func, select

from nexus_server.accounts.permissions import Permission, require
from nexus_server.learner import Learner
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.sync.checked_files import FileChecks
from nexus_server.roadmaps.sync.watch import ContentWatch
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


class ProblemView(BaseModel):
    """A problem of a file."""

    file: str
    line: int
    severity: Severity
    message: str


class ContentStatus(BaseModel):
    """The files against the database. Nodes are named ``roadmap/node``."""

    roadmaps: int
    nodes: int
    archived_nodes: int
    #: changed on disk since the last sync, or kept back by an error
    pending: list[str]
    problems: list[ProblemView]


class SyncResult(BaseModel):
    """What a sync did."""

    created: list[str]
    updated: list[str]
    archived: list[str]
    unchanged: int
    problems: list[ProblemView]


class ContentAdministration:
    """Content, for instructors."""

    def __init__(self, database: Database, watch: ContentWatch, files: FileChecks) -> None:
        """`files` are what `watch` reads; it tells open tabs what changed for them."""
        self._database = database
        self._watch = watch
        self._files = files

    async def sync(self, instructor: Learner) -> SyncResult:
        """Bring the database in line with the files.

        Raises:
            ForbiddenError: students may not.
        """
        require(instructor, Permission.SYNC_CONTENT)
        report = await self._watch.reload()
        return SyncResult(
            created=report.created,
            updated=report.updated,
            archived=report.archived,
            unchanged=report.unchanged,
            problems=[_view(problem) for problem in report.problems],
        )

    async def status(self, instructor: Learner) -> ContentStatus:
        """Return what is wrong with the files now, and what differs from the database.

        Raises:
            ForbiddenError: students may not.
        """
        require(instructor, Permission.SYNC_CONTENT)
        files = await self._files.latest()
        async with self._database.reading() as session:
            query = select(Roadmap.slug, Node.slug, Node.content_hash).join(Node, Node.roadmap_id == Roadmap.id)
            rows = (await session.execute(query.where(Node.archived_at.is_(None)))).all()
            archived = await session.scalar(select(func.count()).where(Node.archived_at.is_not(None)))
        stored = {f"{roadmap}/{node}": content_hash for roadmap, node, content_hash in rows}
        return ContentStatus(
            roadmaps=files.roadmaps,
            nodes=len(stored),
            archived_nodes=archived or 0,
            pending=[name for name in files.named if name not in stored or files.hashes.get(name) != stored[name]],
            problems=[_view(problem) for problem in files.problems],
        )


def _view(problem: Problem) -> ProblemView:
    return ProblemView(file=problem.file, line=problem.line, severity=problem.severity, message=problem.message)
