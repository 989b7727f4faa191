"""Writing in the forum: threads, posts, votes, accepted answers."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.forum.errors import (
    HiddenPostError,
    NotYourPostError,
    NotYourThreadError,
    OwnPostVoteError,
    QuestionNotAnswerError,
    SpoilerTitleError,
    ThreadLockedError,
)
from nexus_server.forum.following import follow, tell_of_post
from nexus_server.forum.payment import payment_for
from nexus_server.forum.posts import PostLimiter, get_post
from nexus_server.forum.reading import get_thread
from nexus_server.forum.settings import ForumSettings
from nexus_server.forum.spoilers import NoSpoilers, SpoilerGate
from nexus_server.forum.versions import version_of
from nexus_server.learner import Learner
from nexus_server.learning import LearningRecorder
from nexus_server.markdown import render, render_task
from nexus_server.offload.pool import InProcess, Offload
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuditEntry
from nexus_server.store.models.forum import Post, PostVersion, Thread, Vote
from nexus_server.store.models.roadmaps import Node

#: characters that are rendered on the event loop: a few milliseconds, whatever they are
RENDERED_HERE = 500


class ForumWriter:
    """What learners and moderators may change."""

    def __init__(
        self,
        database: Database,
        recorder: LearningRecorder,
        limiter: PostLimiter,
        clock: Clock,
        settings: ForumSettings,
        *,
        offload: Offload | None = None,
        spoilers: SpoilerGate | None = None,
    ) -> None:
        """Write to `database`; an accepted answer is an achievement for `recorder`, as far as `settings` pay it.

        `offload` renders long texts; `spoilers` tells which of them show the solution of a lab.
        """
        self._spoilers = spoilers or NoSpoilers()
        self._settings = settings
        self._offload = offload or InProcess()
        self._database = database
        self._recorder = recorder
        self._limiter = limiter
        self._clock = clock

    async def open_thread(self, author: Learner, *, title: str, body_md: str, node_id: UUID | None) -> UUID:
        """Start a thread with its first post; return its id.

        Raises:
            NodeNotFoundError: `node_id` names no node.
            SpoilerTitleError: everybody reads titles, whatever becomes of the text.
            RateLimitedError: the author posts too much.
        """
        await self._limiter.hit("forum_posts", author.id)
        body_html = await self._render(author, body_md)
        spoiled = await self._spoilers.find_spoiled(author.id, f"{title}\n{body_md}", node_id)
        if spoiled is not None and await self._spoilers.find_spoiled(author.id, title, node_id) is not None:
            raise SpoilerTitleError
        now = self._clock.now()
        async with self._database.transaction() as session:
            if node_id is not None and await session.get(Node, node_id) is None:
                raise NodeNotFoundError
            thread = Thread(node_id=node_id, author_id=author.id, title=title, created_at=now, last_post_at=now)
            session.add(thread)
            await session.flush()
            post = self._post(thread.id, author, body_md, body_html, spoiled)
            session.add(post)
            await session.flush()
            await tell_of_post(session, thread, post, author)
            await follow(session, thread.id, author.id, now)
        return thread.id

    async def answer(self, author: Learner, thread_id: UUID, body_md: str) -> UUID:
        """Add a post to a thread, tell who follows it or is named, and follow it; return its id.

        Raises:
            ThreadNotFoundError: there is no such thread.
            ThreadLockedError: a moderator closed it.
            RateLimitedError: the author posts too much.
        """
        await self._limiter.hit("forum_posts", author.id)
        body_html = await self._render(author, body_md)
        spoiled = await self._find_spoiled(author, thread_id, body_md)
        async with self._database.transaction() as session:
            thread = await get_thread(session, thread_id)
            if thread.locked_at is not None and not author.is_staff:
                raise ThreadLockedError
            post = self._post(thread_id, author, body_md, body_html, spoiled)
            session.add(post)
            await session.flush()
            thread.last_post_at = post.created_at
            thread.post_count = await _count_posts(session, thread_id)
            await tell_of_post(session, thread, post, author)
            await follow(session, thread_id, author.id, post.created_at)
        return post.id

    async def edit(self, editor: Learner, post_id: UUID, body_md: str) -> None:
        """Change a post's text; what it said before is kept for its author and for moderators.

        Raises:
            PostNotFoundError: there is no such post.
            NotYourPostError: the editor is neither its author nor a moderator.
            RateLimitedError: the editor changes posts too often.
        """
        await self._limiter.hit("forum_edits", editor.id)
        body_html, now = await self._render(editor, body_md), self._clock.now()
        async with self._database.reading() as session:
            thread_id = (await get_post(session, post_id)).thread_id
        spoiled = await self._find_spoiled(editor, thread_id, body_md)
        async with self._database.transaction() as session:
            post = await self._get_own(session, editor, post_id, "forum.edit")
            session.add(version_of(post, editor, now))
            post.body_md, post.body_html, post.edited_at = body_md, body_html, now
            post.spoiler_node_id = spoiled

    async def delete(self, editor: Learner, post_id: UUID) -> None:
        """Remove a post's texts for good; deleting the question deletes the thread.

        Raises:
            PostNotFoundError: there is no such post.
            NotYourPostError: the editor is neither its author nor a moderator.
        """
        async with self._database.transaction() as session:
            post = await self._get_own(session, editor, post_id, "forum.delete")
            thread = await get_thread(session, post.thread_id)
            if await _is_question(session, post):
                thread.deleted_at = self._clock.now()
            if thread.accepted_post_id == post.id:
                thread.accepted_post_id = None
            post.body_md, post.body_html, post.deleted_at = "", "", self._clock.now()
            await session.execute(delete(PostVersion).where(PostVersion.post_id == post.id))
            await session.flush()
            thread.post_count = await _count_posts(session, thread.id)

    async def vote(self, voter: Learner, post_id: UUID, value: int) -> int:
        """Set the voter's vote to -1, 0 or 1 and return the post's new score.

        Raises:
            PostNotFoundError: there is no such post.
            HiddenPostError: the voter does not get to read it.
            OwnPostVoteError: it is the voter's own.
        """
        async with self._database.transaction() as session:
            post = await get_post(session, post_id, lock=True)
            _require_shown(post, voter)
            if post.author_id == voter.id:
                raise OwnPostVoteError
            vote = await session.get(Vote, (post_id, voter.id))
            if vote is not None and value == 0:
                await session.delete(vote)
            elif vote is not None:
                vote.value = value
            elif value:
                session.add(Vote(post_id=post_id, user_id=voter.id, value=value))
            await session.flush()
            total = select(func.coalesce(func.sum(Vote.value), 0)).where(Vote.post_id == post_id)
            post.score = int(await session.scalar(total) or 0)
            return post.score

    async def accept(self, asker: Learner, post_id: UUID) -> None:
        """Mark a post as the thread's answer; its author earns XP once, unless it is the asker.

        Raises:
            PostNotFoundError: there is no such post.
            NotYourThreadError: somebody else asked.
            QuestionNotAnswerError: it is the question itself.
            HiddenPostError: who asked does not get to read it.
        """
        recorded = None
        async with self._database.transaction() as session:
            post = await get_post(session, post_id)
            thread = await get_thread(session, post.thread_id)
            if thread.author_id != asker.id and not asker.is_staff:
                raise NotYourThreadError
            if await _is_question(session, post):
                raise QuestionNotAnswerError
            _require_shown(post, asker)
            thread.accepted_post_id = post.id
            now = self._clock.now()
            payment = await payment_for(session, thread, post.author_id, asker, now=now, settings=self._settings)
            if payment is not None:
                recorded = await self._recorder.record(session, payment)
        if recorded is not None:
            await self._recorder.announce(recorded)

    async def withdraw_acceptance(self, asker: Learner, post_id: UUID) -> None:
        """Let a thread be without an answer again, if this post was it; what its author earned stays.

        Raises:
            PostNotFoundError: there is no such post.
            NotYourThreadError: somebody else asked.
        """
        async with self._database.transaction() as session:
            post = await get_post(session, post_id)
            thread = await get_thread(session, post.thread_id)
            if thread.author_id != asker.id and not asker.is_staff:
                raise NotYourThreadError
            if thread.accepted_post_id == post.id:
                thread.accepted_post_id = None

    async def _render(self, author: Learner, body_md: str) -> str:
        """Return a text as HTML. No transaction is open: nobody waits for it."""
        if len(body_md) <= RENDERED_HERE:
            return render(body_md)
        _, html = await self._offload.run(str(author.id), render_task, body_md.encode())
        return html.decode()

    async def _find_spoiled(self, author: Learner, thread_id: UUID, body_md: str) -> UUID | None:
        async with self._database.reading() as session:
            node_id = (await get_thread(session, thread_id)).node_id
        return await self._spoilers.find_spoiled(author.id, body_md, node_id)

    def _post(self, thread_id: UUID, author: Learner, body_md: str, body_html: str, spoiled: UUID | None) -> Post:
        return Post(
            thread_id=thread_id,
            author_id=author.id,
            body_md=body_md,
            body_html=body_html,
            created_at=self._clock.now(),
            spoiler_node_id=spoiled,
        )

    async def _get_own(self, session: AsyncSession, editor: Learner, post_id: UUID, action: str) -> Post:
        post = await get_post(session, post_id)
        if post.author_id == editor.id:
            return post
        if not editor.is_staff:
            raise NotYourPostError
        entry = AuditEntry(actor_id=editor.id, action=action, subject_type="post", subject_id=str(post_id))
        session.add(entry)
        return post


def _require_shown(post: Post, learner: Learner) -> None:
    if post.hidden_at is not None and not learner.is_staff:
        raise HiddenPostError


async def _is_question(session: AsyncSession, post: Post) -> bool:
    query = select(Post.id).where(Post.thread_id == post.thread_id).order_by(Post.created_at, Post.id).limit(1)
    return await session.scalar(query) == post.id


async def _count_posts(session: AsyncSession, thread_id: UUID) -> int:
    query = select(func.count()).select_from(Post).where(Post.thread_id == thread_id, Post.deleted_at.is_(None))
    return await session.scalar(query) or 0
