"""One step of a roadmap: reading, opening, completing, resuming, starting over."""

from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.node_page import NodePageHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.views import CompletedView, NodeDetail, OpenedView, PositionView, ResetView

if TYPE_CHECKING:
    from nexus_server.jupyter.sessions.manager import LearnerSessionManager

Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class PositionIn(BaseModel):
    """Where I am: seconds into a video with the parts that were played, or a share of a note."""

    model_config = ConfigDict(extra="forbid")

    position: Seconds
    watched: list[tuple[Seconds, Seconds]] | None = Field(None, max_length=500)


class OpenIn(BaseModel):
    """What else to do when a step is begun."""

    model_config = ConfigDict(extra="forbid")

    #: whether a lab's kernel begins to start before anybody asks for the session
    start_kernel: bool = False


class NodeHandler(NodePageHandler):
    """GET /nodes/{node_id}."""

    @operation("Read a step; 403 node_locked while something must be done first", reply=NodeDetail)
    async def get(self, node_id: UUID) -> NodeDetail:
        """Read it."""
        return await self.services.roadmaps.nodes.get_node(self.learner, node_id, files_url=self.files_url)


class OpenHandler(NexusHandler):
    """POST /nodes/{node_id}/open."""

    @operation(
        "Begin a step; a lab's notebook is put in my workspace, never over my work",
        body=OpenIn,
        body_optional=True,
        reply=OpenedView,
        needs_home=True,
    )
    async def post(self, node_id: UUID, body: OpenIn | None) -> OpenedView:
        """Begin it."""
        opened = await self.services.roadmaps.nodes.open_node(self.learner, node_id)
        if opened.kernel_name is not None:
            await self.services.first_use.require(opened.kernel_name)
        if body is not None and body.start_kernel and opened.path is not None:
            sessions = cast("LearnerSessionManager", self.session_manager)
            sessions.begin_for(self.learner, opened.path, opened.kernel_name)
        return opened


class CompleteHandler(NexusHandler):
    """POST /nodes/{node_id}/complete."""

    @operation("Complete a note or a video", reply=CompletedView)
    async def post(self, node_id: UUID) -> CompletedView:
        """Complete it."""
        return await self.services.roadmaps.nodes.complete_node(self.learner, node_id)


class ResetHandler(NexusHandler):
    """POST /nodes/{node_id}/reset."""

    @operation("Put a lab back to its newest release; my notebook is kept beside it", reply=ResetView, needs_home=True)
    async def post(self, node_id: UUID) -> ResetView:
        """Put it back."""
        return await self.services.roadmaps.nodes.reset_lab(self.learner, node_id)


class PracticeCopyHandler(NexusHandler):
    """POST /nodes/{node_id}/practice-copy."""

    @operation("Get a copy of a lab that is over, to practise on; it never counts", reply=OpenedView, needs_home=True)
    async def post(self, node_id: UUID) -> OpenedView:
        """Put it there, unless there is one."""
        return await self.services.roadmaps.nodes.practise_lab(self.learner, node_id)


class PositionHandler(NexusHandler):
    """PUT /nodes/{node_id}/position."""

    @operation("Keep my resume point", body=PositionIn, reply=PositionView)
    async def put(self, node_id: UUID, body: PositionIn) -> PositionView:
        """Keep it."""
        return await self.services.roadmaps.nodes.set_position(self.learner, node_id, body.position, body.watched)


ROUTES = [
    Route("/nodes/{node_id}", NodeHandler),
    Route("/nodes/{node_id}/open", OpenHandler),
    Route("/nodes/{node_id}/complete", CompleteHandler),
    Route("/nodes/{node_id}/reset", ResetHandler),
    Route("/nodes/{node_id}/practice-copy", PracticeCopyHandler),
    Route("/nodes/{node_id}/position", PositionHandler),
]
