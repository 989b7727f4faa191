"""Requests to look again at points, over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.marking.regrade_requests import RegradeRequestView


class RegradeRequestIn(BaseModel):
    """Which cell, and why another look is worth it."""

    model_config = ConfigDict(extra="forbid")
    grade_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class RegradeAnswerIn(BaseModel):
    """What to tell the learner, and the cell's points where they change."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
    points: float | None = Field(None, ge=0, allow_inf_nan=False)


class RegradeRequestsQuery(BaseModel):
    """`answered` lists those that have an answer."""

    model_config = ConfigDict(extra="forbid")
    answered: bool = False


class RegradeRequestList(BaseModel):
    """Requests to look again."""

    items: list[RegradeRequestView]
    next: None = None


class OwnRegradeRequestsHandler(NexusHandler):
    """GET and POST /submissions/{submission_id}/regrade-requests."""

    @operation("Read what I asked about a submission's points", reply=RegradeRequestList)
    async def get(self, submission_id: UUID) -> RegradeRequestList:
        """Read it."""
        requests = self.services.teaching.marking.requests
        return RegradeRequestList(items=await requests.list_own(self.learner, submission_id))

    @operation("Ask for another look at a cell's points", body=RegradeRequestIn, reply=RegradeRequestView, status=201)
    async def post(self, submission_id: UUID, body: RegradeRequestIn) -> RegradeRequestView:
        """Ask."""
        await self.services.rate_limits.hit("help", self.learner.id)
        requests = self.services.teaching.marking.requests
        return await requests.ask(self.learner, submission_id, body.grade_id, body.reason)


class RegradeRequestsHandler(NexusHandler):
    """GET /teaching/regrade-requests."""

    @operation("Read who of my students asks for another look", query=RegradeRequestsQuery, reply=RegradeRequestList)
    async def get(self, query: RegradeRequestsQuery) -> RegradeRequestList:
        """Read the list."""
        requests = self.services.teaching.marking.requests
        return RegradeRequestList(items=await requests.list_all(self.learner, is_answered=query.answered))


class RegradeAnswerHandler(NexusHandler):
    """POST /teaching/regrade-requests/{look_id}/answer."""

    @operation("Answer a request, with other points where they change", body=RegradeAnswerIn, reply=RegradeRequestView)
    async def post(self, look_id: UUID, body: RegradeAnswerIn) -> RegradeRequestView:
        """Answer."""
        requests = self.services.teaching.marking.requests
        return await requests.answer(self.learner, look_id, body.text, body.points)


ROUTES = [
    Route("/submissions/{submission_id}/regrade-requests", OwnRegradeRequestsHandler),
    Route("/teaching/regrade-requests", RegradeRequestsHandler),
    Route("/teaching/regrade-requests/{look_id}/answer", RegradeAnswerHandler),
]
