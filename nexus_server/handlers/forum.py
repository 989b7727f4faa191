"""The forum over HTTP: Markdown in, sanitised HTML out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from nexus_server.characters import one_line
from nexus_server.forum.views import PostState, PostView, Sort, ThreadView
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.forum_fields import AuthorOut, ForumHandler, ReportIn
from nexus_server.handlers.lists import FromAttributes, PageOut, PageQuery
from nexus_server.handlers.operation import Route, operation
from nexus_server.search.hits import ExcerptPieceView

LEAST_TITLE = 3


def _check_title(value: str) -> str:
    title = one_line(value)
    if len(title) < LEAST_TITLE:
        raise ValueError(f"A title has at least {LEAST_TITLE} characters.")
    return title


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=LEAST_TITLE, max_length=200),
    AfterValidator(_check_title),
]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class ThreadQuery(PageQuery):
    """Which threads."""

    node_id: UUID | None = None
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    sort: Sort = Sort.ACTIVE
    limit: int = Field(20, ge=1, le=100)


class ThreadIn(BaseModel):
    """A new thread."""

    title: Title
    body_md: Body
    node_id: UUID | None = None


class PostIn(BaseModel):
    """A post's text, as Markdown."""

    body_md: Body


class VoteIn(BaseModel):
    """A vote; 0 takes it back."""

    value: Literal[-1, 0, 1]


class ModerationIn(BaseModel):
    """What becomes of a post."""

    hidden: bool


class ArrangementIn(BaseModel):
    """What becomes of a thread; what is left out stays as it is."""

    locked: bool | None = None
    pinned: bool | None = None


class ThreadOut(FromAttributes):
    """A thread in a list."""

    id: UUID
    node_id: UUID | None
    title: str
    author: AuthorOut
    created_at: datetime
    last_post_at: datetime
    post_count: int
    accepted_post_id: UUID | None
    locked: bool
    pinned: bool
    #: whether I hear of new posts; lists do not say
    is_followed: bool | None
    #: where the words that I looked for stand; empty unless I searched
    excerpt: list[ExcerptPieceView]


class PostOut(FromAttributes):
    """A post as the reader may see it."""

    id: UUID
    author: AuthorOut
    body_html: str
    body_md: str | None
    score: int
    my_vote: int
    created_at: datetime
    edited_at: datetime | None
    state: PostState
    may_edit: bool
    #: whether it shows the solution of a lab
    is_spoiler: bool


class ThreadsOut(PageOut[ThreadOut]):
    """Threads in order."""


class ReportOut(FromAttributes):
    """What one person said about a post."""

    reporter: AuthorOut
    reason: str
    created_at: datetime
    #: of the author, who asks to have it shown again
    is_appeal: bool


class ReportedPostOut(FromAttributes):
    """A post that waits for a moderator."""

    post_id: UUID
    thread_id: UUID
    thread_title: str
    author: AuthorOut
    body_html: str
    hidden: bool
    reported_at: datetime
    reports: list[ReportOut]


class ReportedPostsOut(PageOut[ReportedPostOut]):
    """Reported posts in order."""


class ThreadDetailOut(ThreadOut):
    """A thread with its posts: the question first."""

    posts: list[PostOut]


class ScoreOut(BaseModel):
    """A post's score after a vote."""

    score: int
    my_vote: int


def _detail(thread: ThreadView, posts: list[PostView]) -> ThreadDetailOut:
    shaped = [PostOut.model_validate(post) for post in posts]
    return ThreadDetailOut(**ThreadOut.model_validate(thread).model_dump(), posts=shaped)


class ThreadsHandler(ForumHandler):
    """GET and POST /forum/threads."""

    @operation("List threads", query=ThreadQuery, reply=ThreadsOut)
    async def get(self, query: ThreadQuery) -> ThreadsOut:
        """Return a page of threads."""
        page = await self.services.forum.reader.threads(
            self.learner, node_id=query.node_id, words=query.q, sort=query.sort, limit=query.limit, after=query.cursor
        )
        return ThreadsOut.model_validate(page)

    @operation("Start a thread", body=ThreadIn, reply=ThreadDetailOut, status=201)
    async def post(self, body: ThreadIn) -> ThreadDetailOut:
        """Start it."""
        thread_id = await self.services.forum.writer.open_thread(
            self.learner, title=body.title, body_md=body.body_md, node_id=body.node_id
        )
        return _detail(*await self.services.forum.reader.thread(self.learner, thread_id))


class ThreadHandler(ForumHandler):
    """GET and PATCH /forum/threads/{thread_id}."""

    @operation("Read a thread", reply=ThreadDetailOut)
    async def get(self, thread_id: UUID) -> ThreadDetailOut:
        """Return it with its posts."""
        return _detail(*await self.services.forum.reader.thread(self.learner, thread_id))

    @operation("Close a thread or pin it, for moderators", body=ArrangementIn, status=204)
    async def patch(self, thread_id: UUID, body: ArrangementIn) -> None:
        """Do so, or undo it."""
        moderator = self.services.forum.moderator
        await moderator.arrange(self.learner, thread_id, locked=body.locked, pinned=body.pinned)


class PostsHandler(ForumHandler):
    """POST /forum/threads/{thread_id}/posts."""

    @operation("Answer in a thread", body=PostIn, reply=PostOut, status=201)
    async def post(self, thread_id: UUID, body: PostIn) -> PostOut:
        """Add the post."""
        post_id = await self.services.forum.writer.answer(self.learner, thread_id, body.body_md)
        _, posts = await self.services.forum.reader.thread(self.learner, thread_id)
        return PostOut.model_validate(next(post for post in posts if post.id == post_id))


class PostHandler(ForumHandler):
    """PATCH and DELETE /forum/posts/{post_id}."""

    @operation("Edit a post", body=PostIn, status=204)
    async def patch(self, post_id: UUID, body: PostIn) -> None:
        """Change its text."""
        await self.services.forum.writer.edit(self.learner, post_id, body.body_md)

    @operation("Delete a post", status=204)
    async def delete(self, post_id: UUID) -> None:
        """Remove its text."""
        await self.services.forum.writer.delete(self.learner, post_id)


class VoteHandler(ForumHandler):
    """POST /forum/posts/{post_id}/vote."""

    @operation("Vote on a post", body=VoteIn, reply=ScoreOut)
    async def post(self, post_id: UUID, body: VoteIn) -> ScoreOut:
        """Set my vote."""
        score = await self.services.forum.writer.vote(self.learner, post_id, body.value)
        return ScoreOut(score=score, my_vote=body.value)


class AcceptHandler(ForumHandler):
    """POST and DELETE /forum/posts/{post_id}/accept."""

    @operation("Accept an answer", status=204)
    async def post(self, post_id: UUID) -> None:
        """Accept it."""
        await self.services.forum.writer.accept(self.learner, post_id)

    @operation("Take an acceptance back", status=204)
    async def delete(self, post_id: UUID) -> None:
        """Leave the thread without an accepted answer."""
        await self.services.forum.writer.withdraw_acceptance(self.learner, post_id)


class ReportHandler(ForumHandler):
    """POST /forum/posts/{post_id}/report."""

    @operation("Report a post to the moderators", body=ReportIn, status=204)
    async def post(self, post_id: UUID, body: ReportIn) -> None:
        """Report it."""
        await self.services.forum.moderator.report(self.learner, post_id, body.reason)


class ReportsHandler(NexusHandler):
    """GET /forum/reports."""

    @operation("List reported posts, for moderators", query=PageQuery, reply=ReportedPostsOut)
    async def get(self, query: PageQuery) -> ReportedPostsOut:
        """Return a page of the posts with open reports."""
        page = await self.services.forum.moderator.reported(self.learner, limit=query.limit, after=query.cursor)
        return ReportedPostsOut.model_validate(page)


class ModerationHandler(NexusHandler):
    """POST /forum/posts/{post_id}/moderation."""

    @operation("Hide a post or show it again, for moderators; settles its reports", body=ModerationIn, status=204)
    async def post(self, post_id: UUID, body: ModerationIn) -> None:
        """Settle it."""
        await self.services.forum.moderator.settle(self.learner, post_id, hidden=body.hidden)


ROUTES = [
    Route("/forum/reports", ReportsHandler),
    Route("/forum/threads", ThreadsHandler),
    Route("/forum/threads/{thread_id}", ThreadHandler),
    Route("/forum/threads/{thread_id}/posts", PostsHandler),
    Route("/forum/posts/{post_id}", PostHandler),
    Route("/forum/posts/{post_id}/vote", VoteHandler),
    Route("/forum/posts/{post_id}/accept", AcceptHandler),
    Route("/forum/posts/{post_id}/report", ReportHandler),
    Route("/forum/posts/{post_id}/moderation", ModerationHandler),
]
