"""For authors of roadmaps: quizzes, videos and pictures of a draft, by forms."""

from typing import Annotated
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, StringConstraints

from nexus_server.authoring.views import DraftView, MediaView
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import VideoSpec

#: bytes of a picture or a video, as Base64 has them
MAX_MEDIA_BYTES = 14_000_000


class DraftQuizOut(BaseModel):
    """A step's quiz; null where it has none."""

    quiz: QuizFile | None


class VideoIn(VideoSpec):
    """A step's video: an address, or a file of the draft. `transcript` is the text itself."""


class MediaIn(BaseModel):
    """A picture, a video or its captions."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    #: what is in it, in Base64
    content: Base64Bytes


class DraftQuizHandler(NexusHandler):
    """GET, PUT and DELETE /teaching/drafts/{draft_id}/steps/{slug}/quiz."""

    @operation("Read a quiz of a draft, with its key", reply=DraftQuizOut, needs_home=True)
    async def get(self, draft_id: UUID, slug: str) -> DraftQuizOut:
        """Read it."""
        return DraftQuizOut(quiz=await self.services.authoring.editor.read_quiz(self.learner, draft_id, slug))

    @operation("Write a quiz of a draft; a step without one gets it", body=QuizFile, reply=DraftView, needs_home=True)
    async def put(self, draft_id: UUID, slug: str, body: QuizFile) -> DraftView:
        """Write it."""
        return await self.services.authoring.editor.write_quiz(self.learner, draft_id, slug, body)

    @operation("Take a step's quiz away in a draft; its file stays", reply=DraftView, needs_home=True)
    async def delete(self, draft_id: UUID, slug: str) -> DraftView:
        """Take it away."""
        return await self.services.authoring.editor.remove_quiz(self.learner, draft_id, slug)


class DraftVideoHandler(NexusHandler):
    """PUT /teaching/drafts/{draft_id}/steps/{slug}/video."""

    @operation(
        "Say where a video of a draft is, and what is said in it", body=VideoIn, reply=DraftView, needs_home=True
    )
    async def put(self, draft_id: UUID, slug: str, body: VideoIn) -> DraftView:
        """Say it."""
        editor = self.services.authoring.editor
        return await editor.set_video(self.learner, draft_id, slug, body, body.transcript or "")


class DraftMediaHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/media."""

    @operation(
        "Put a picture, a video or its captions into a draft",
        body=MediaIn,
        reply=MediaView,
        status=201,
        max_body_bytes=MAX_MEDIA_BYTES,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, body: MediaIn) -> MediaView:
        """Put it there."""
        return await self.services.authoring.editor.add_media(self.learner, draft_id, body.name, body.content)


ROUTES = [
    Route("/teaching/drafts/{draft_id}/steps/{slug}/quiz", DraftQuizHandler),
    Route("/teaching/drafts/{draft_id}/steps/{slug}/video", DraftVideoHandler),
    Route("/teaching/drafts/{draft_id}/media", DraftMediaHandler),
]
