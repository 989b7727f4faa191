"""What is due for a learner: the labs of what they learn that have a deadline, under their own terms, soonest first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.own_terms import load_terms_of
from nexus_server.roadmaps.learning.progress import Way, WayReader
from nexus_server.roadmaps.learning.terms import Terms, decide
from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node


class DueView(BaseModel):
    """A lab that waits for me, and until when."""

    node_id: UUID
    slug: str
    title: str
    roadmap_slug: str
    roadmap_title: str
    status: NodeStatus
    deadline: datetime
    #: share of the points that handing in now would cost, 0 to 1; more than 0 only when the deadline has passed
    penalty: float


class DueList(BaseModel):
    """What is due, the soonest first."""

    items: list[DueView]
    next: str | None = None


class DueReader:
    """Looks up deadlines."""

    def __init__(self, database: Database, clock: Clock, ways: WayReader) -> None:
        """Read from `database`, roadmaps by `ways`."""
        self._database = database
        self._clock = clock
        self._ways_reader = ways

    async def list_due(self, learner: Learner) -> DueList:
        """Return the labs that still bring points: of roadmaps that were begun, or with terms of the learner's own."""
        ways = await self._database.read(lambda connection: self._ways_reader.read_ways(connection, learner))
        labs = [node for way in ways for node in way.nodes if node.type == "lab"]
        async with self._database.reading() as session:
            terms = await load_terms_of(session, learner.id, labs)
        now = self._clock.now()
        due = [view for way in ways for view in _due_of(way, terms, now)]
        return DueList(items=sorted(due, key=lambda view: (view.deadline, view.title, view.slug)))


def _due_of(way: Way, terms: Mapping[UUID, Terms], now: datetime) -> Iterator[DueView]:
    standings = way.standings()
    for node in way.nodes:
        own = terms.get(node.id)
        if own is None or own.deadline is None or not (way.progress or own.changed):
            continue
        status = way.status_of(node, standings)
        penalty = decide(own, now).penalty
        if status is not NodeStatus.COMPLETED and penalty < 1:
            yield _view(way, node, status, own.deadline, penalty)


def _view(way: Way, node: Node, status: NodeStatus, deadline: datetime, penalty: float) -> DueView:
    return DueView(
        node_id=node.id,
        slug=node.slug,
        title=node.title,
        roadmap_slug=way.roadmap.slug,
        roadmap_title=way.roadmap.title,
        status=status,
        deadline=deadline,
        penalty=penalty,
    )
