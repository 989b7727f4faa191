"""Submissions of labs."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.feedback import send_feedback
from nexus_server.handlers.operation import Route, operation
from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.submissions.submission_tasks import read_submission
from nexus_server.submissions.views import Receipt, SubmissionList, SubmissionView, in_language

#: the server's own limit for requests with a notebook is lower and has its own message
MAX_SUBMISSION_BYTES = 64 * 1024 * 1024


class SubmissionIn(BaseModel):
    """A notebook as nbformat JSON; without it, the one in my workspace."""

    model_config = ConfigDict(extra="forbid")

    notebook: dict[str, Any] | None = None


async def read_notebook(handler: NexusHandler, raw: bytes) -> bytes | None:
    """Return the notebook of a request as it is stored, read and checked in a process of its own.

    The limit on submissions comes first: what is refused has cost something, too.
    """
    services, learner = handler.services, handler.learner
    await services.rate_limits.hit("submissions", learner.id)
    if not raw:
        return None
    max_bytes = services.submissions.settings.max_notebook_bytes
    try:
        is_given, data = await services.offload.run(str(learner.id), read_submission, raw, max_bytes=max_bytes)
    except NotANotebookError:
        # A lab that may not be handed in at all is the better answer. The path was looked at before the body.
        await services.submissions.service.require_lab(learner, UUID(handler.path_kwargs["node_id"]))
        raise
    return bytes(data) if is_given else None


class NodeSubmissionsHandler(NexusHandler):
    """GET and POST /nodes/{node_id}/submissions."""

    @operation("List my submissions of a lab, newest first", reply=SubmissionList)
    async def get(self, node_id: UUID) -> SubmissionList:
        """List them."""
        found = await self.services.submissions.service.list_submissions(self.learner, node_id)
        return found.model_copy(update={"items": [in_language(item, self.language) for item in found.items]})

    @operation(
        "Hand in a lab; it is stored before this is answered, and the same bytes are one attempt",
        body=SubmissionIn,
        reader=read_notebook,
        body_optional=True,
        reply=Receipt,
        status=202,
        max_body_bytes=MAX_SUBMISSION_BYTES,
        needs_home=True,
    )
    async def post(self, node_id: UUID, body: bytes | None) -> Receipt:
        """Store it."""
        return await self.services.submissions.service.submit(self.learner, node_id, body)


class SubmissionHandler(NexusHandler):
    """GET /submissions/{submission_id}."""

    @operation("Read a submission of mine with its grade", reply=SubmissionView)
    async def get(self, submission_id: UUID) -> SubmissionView:
        """Read it."""
        found = await self.services.submissions.service.get_submission(self.learner, submission_id)
        return in_language(found, self.language)


class FeedbackHandler(NexusHandler):
    """GET /submissions/{submission_id}/feedback."""

    @operation("Read the feedback on a submission of mine", media_types=("text/html",))
    async def get(self, submission_id: UUID) -> None:
        """Send the page."""
        send_feedback(self, await self.services.submissions.service.get_feedback(self.learner, submission_id))


ROUTES = [
    Route("/nodes/{node_id}/submissions", NodeSubmissionsHandler),
    Route("/submissions/{submission_id}", SubmissionHandler),
    Route("/submissions/{submission_id}/feedback", FeedbackHandler),
]
