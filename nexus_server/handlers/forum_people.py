"""Following threads, blocking people, what posts said before, and appeals, over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.forum_fields import AuthorOut, ForumHandler, ReportIn
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation


class PostVersionOut(FromAttributes):
    """What a post said, until when, and who replaced it."""

    body_html: str
    replaced_at: datetime
    edited_by: AuthorOut


class PostVersionsOut(BaseModel):
    """What a post said before, the last first."""

    items: list[PostVersionOut]
    next: None = None


class BlockedOut(FromAttributes):
    """Somebody whom I blocked."""

    user_id: UUID
    display_name: str
    created_at: datetime


class BlockedListOut(BaseModel):
    """Whom I blocked, the last first."""

    items: list[BlockedOut]
    next: None = None


class FollowHandler(NexusHandler):
    """PUT and DELETE /forum/threads/{thread_id}/follow."""

    @operation("Hear of new posts in a thread", status=204)
    async def put(self, thread_id: UUID) -> None:
        """Follow it."""
        await self.services.forum.follows.set_follow(self.learner, thread_id, follows=True)

    @operation("Hear of a thread no more", status=204)
    async def delete(self, thread_id: UUID) -> None:
        """Stop following it."""
        await self.services.forum.follows.set_follow(self.learner, thread_id, follows=False)


class PostVersionsHandler(ForumHandler):
    """GET /forum/posts/{post_id}/versions."""

    @operation("What a post said before it was edited, for its author and moderators", reply=PostVersionsOut)
    async def get(self, post_id: UUID) -> PostVersionsOut:
        """Return the texts that were replaced."""
        versions = await self.services.forum.versions.list_versions(self.learner, post_id)
        return PostVersionsOut(items=[PostVersionOut.model_validate(version) for version in versions])


class AppealHandler(ForumHandler):
    """POST /forum/posts/{post_id}/appeal."""

    @operation("Ask moderators to look again at my hidden post", body=ReportIn, status=204)
    async def post(self, post_id: UUID, body: ReportIn) -> None:
        """Put it before them."""
        await self.services.forum.moderator.appeal(self.learner, post_id, body.reason)


class BlocksHandler(NexusHandler):
    """GET /forum/blocks."""

    @operation("Whom I blocked in the forum", reply=BlockedListOut)
    async def get(self) -> BlockedListOut:
        """Return them."""
        blocked = await self.services.forum.blocking.list_blocked(self.learner)
        return BlockedListOut(items=[BlockedOut.model_validate(one) for one in blocked])


class BlockHandler(NexusHandler):
    """PUT and DELETE /forum/blocks/{user_id}."""

    @operation("Do not read or hear of a learner any more", status=204)
    async def put(self, user_id: UUID) -> None:
        """Block them; they are not told."""
        await self.services.forum.blocking.block(self.learner, user_id)

    @operation("Read a learner again", status=204)
    async def delete(self, user_id: UUID) -> None:
        """Unblock them."""
        await self.services.forum.blocking.unblock(self.learner, user_id)


ROUTES = [
    Route("/forum/threads/{thread_id}/follow", FollowHandler),
    Route("/forum/posts/{post_id}/versions", PostVersionsHandler),
    Route("/forum/posts/{post_id}/appeal", AppealHandler),
    Route("/forum/blocks", BlocksHandler),
    Route("/forum/blocks/{user_id}", BlockHandler),
]
