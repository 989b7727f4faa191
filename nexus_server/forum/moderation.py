"""Reports of posts, and what staff make of them.

Reports hide a post by themselves only when established learners made them: an account costs nothing, some days of work
do. Staff hear of every reported post, see all reports, and can hide and show a post whatever was reported.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.forum.errors import NothingToAppealError, NotModeratorError
from nexus_server.forum.posts import PostLimiter, get_post
from nexus_server.forum.reading import find_authors, get_thread
from nexus_server.forum.settings import ForumSettings
from nexus_server.forum.views import Author
from nexus_server.learner import Learner, Role
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuditEntry, Notification, User
from nexus_server.store.models.forum import Post, Report, Thread

STAFF = (Role.INSTRUCTOR.value, Role.ADMIN.value)


@dataclass(frozen=True, slots=True)
class ReportView:
    """What one person said about a post."""

    reporter: Author
    reason: str
    created_at: datetime
    #: of the author, who asks to have it shown again
    is_appeal: bool


@dataclass(frozen=True, slots=True)
class ReportedPostView:
    """A post that waits for staff, newest report first."""

    post_id: UUID
    thread_id: UUID
    thread_title: str
    author: Author
    body_html: str
    hidden: bool
    reported_at: datetime
    reports: list[ReportView]


class ForumModerator:
    """Takes reports, and lets staff settle them."""

    def __init__(self, database: Database, limiter: PostLimiter, clock: Clock, settings: ForumSettings) -> None:
        """Keep reports in `database`."""
        self._database = database
        self._limiter = limiter
        self._clock = clock
        self._settings = settings

    async def report(self, reporter: Learner, post_id: UUID, reason: str) -> None:
        """Report a post to the moderators; once per learner, and hidden after several. Nobody reports their own.

        Raises:
            PostNotFoundError: there is no such post.
            RateLimitedError: the reporter reports too much.
        """
        await self._limiter.hit("forum_posts", reporter.id)
        try:
            async with self._database.transaction() as session:
                post = await get_post(session, post_id, lock=True)
                if post.author_id == reporter.id:
                    return
                is_first = not await self._count(session, post_id)
                session.add(
                    Report(post_id=post_id, reporter_id=reporter.id, reason=reason, created_at=self._clock.now())
                )
                await session.flush()
                hides = post.hidden_at is None and await self._is_enough(session, post)
                if hides:
                    post.hidden_at = self._clock.now()
                if is_first or hides:
                    await self._tell_staff(session, post)
        except IntegrityError:
            return  # reported before by the same learner: the first report stands

    async def appeal(self, author: Learner, post_id: UUID, reason: str) -> None:
        """Ask moderators to look again at a post of one's own that is hidden; it waits with the reported posts.

        Raises:
            PostNotFoundError: there is no such post.
            NothingToAppealError: it is not hidden, not the author's, or was appealed before.
        """
        try:
            async with self._database.transaction() as session:
                post = await get_post(session, post_id, lock=True)
                if post.author_id != author.id or post.hidden_at is None:
                    raise NothingToAppealError
                appeal = {"post_id": post_id, "reporter_id": author.id, "reason": reason, "is_appeal": True}
                session.add(Report(**appeal, created_at=self._clock.now()))
                await session.flush()
                await self._tell_staff(session, post)
        except IntegrityError:
            raise NothingToAppealError from None

    async def arrange(
        self, moderator: Learner, thread_id: UUID, *, locked: bool | None = None, pinned: bool | None = None
    ) -> None:
        """Close a thread to answers, pin it to the top of the lists, or undo that; None leaves it as it is.

        Raises:
            NotModeratorError: the caller is no moderator.
            ThreadNotFoundError: there is no such thread.
        """
        _require_staff(moderator)
        now = self._clock.now()
        async with self._database.transaction() as session:
            thread = await get_thread(session, thread_id)
            if locked is not None:
                thread.locked_at = now if locked else None
            if pinned is not None:
                thread.pinned_at = now if pinned else None
            said = {name: value for name, value in (("locked", locked), ("pinned", pinned)) if value is not None}
            entry = AuditEntry(
                actor_id=moderator.id,
                action="forum.arrange",
                subject_type="thread",
                subject_id=str(thread_id),
                data=said,
            )
            session.add(entry)

    async def reported(
        self, moderator: Learner, *, limit: int = 20, after: Position | None = None
    ) -> Page[ReportedPostView]:
        """Return the posts with open reports, those with the newest report first.

        Raises:
            NotModeratorError: the caller is no moderator.
        """
        _require_staff(moderator)
        newest = func.max(Report.created_at)
        query = select(Report.post_id, newest).join(Post, Post.id == Report.post_id).join(Thread)
        query = query.where(Report.resolved_at.is_(None), Post.deleted_at.is_(None), Thread.deleted_at.is_(None))
        query = query.group_by(Report.post_id)
        if after is not None:
            query = query.having(or_(newest < after.moment, and_(newest == after.moment, Report.post_id < after.id)))
        async with self._database.reading() as session:
            rows = (await session.execute(query.order_by(newest.desc(), Report.post_id.desc()).limit(limit + 1))).all()
            views = {view.post_id: view for view in await _views(session, [row.post_id for row in rows[:limit]])}
        positions = [Position(moment, post_id) for post_id, moment in rows]
        return cut(positions, limit, lambda position: position, lambda position: views[position.id])

    async def settle(self, moderator: Learner, post_id: UUID, *, hidden: bool) -> None:
        """Hide a post, or show it (again); its open reports are settled by that.

        Raises:
            NotModeratorError: the caller is no moderator.
            PostNotFoundError: there is no such post.
        """
        _require_staff(moderator)
        now = self._clock.now()
        async with self._database.transaction() as session:
            post = await get_post(session, post_id, lock=True)
            post.hidden_at = (post.hidden_at or now) if hidden else None
            settled = {"resolved_at": now, "resolved_by": moderator.id, "resolution": "hidden" if hidden else "kept"}
            open_reports = Report.post_id == post_id, Report.resolved_at.is_(None)
            await session.execute(update(Report).where(*open_reports).values(settled))
            action = "forum.hide" if hidden else "forum.show"
            entry = AuditEntry(actor_id=moderator.id, action=action, subject_type="post", subject_id=str(post_id))
            session.add(entry)

    async def _count(self, session: AsyncSession, post_id: UUID) -> int:
        query = select(func.count()).where(Report.post_id == post_id, Report.resolved_at.is_(None))
        return await session.scalar(query) or 0

    async def _is_enough(self, session: AsyncSession, post: Post) -> bool:
        """Whether enough established people reported a post of somebody who is no staff."""
        author = await session.get(User, post.author_id) if post.author_id else None
        if author is not None and author.role in STAFF:
            return False
        old_enough = self._clock.now() - timedelta(days=self._settings.report_min_age_days)
        is_established = and_(User.created_at <= old_enough, User.xp >= self._settings.report_min_xp)
        query = (
            select(func.count())
            .select_from(Report)
            .join(User, User.id == Report.reporter_id)
            .where(Report.post_id == post.id, Report.resolved_at.is_(None), User.disabled_at.is_(None))
            .where(Report.is_appeal.is_(False))
            .where(or_(User.role.in_(STAFF), is_established))
        )
        return (await session.scalar(query) or 0) >= self._settings.hide_after_reports

    async def _tell_staff(self, session: AsyncSession, post: Post) -> None:
        thread = await session.get_one(Thread, post.thread_id)
        hidden = post.hidden_at is not None
        payload = {"thread_id": str(thread.id), "post_id": str(post.id), "title": thread.title, "hidden": hidden}
        staff = await session.scalars(select(User.id).where(User.role.in_(STAFF), User.disabled_at.is_(None)))
        now = self._clock.now()
        session.add_all(
            Notification(user_id=user_id, type="forum.reported", payload=payload, created_at=now) for user_id in staff
        )


def _require_staff(moderator: Learner) -> None:
    if not moderator.is_staff:
        raise NotModeratorError


async def _views(session: AsyncSession, post_ids: list[UUID]) -> list[ReportedPostView]:
    posts = (await session.execute(select(Post, Thread).join(Thread).where(Post.id.in_(post_ids)))).all()
    open_reports = Report.post_id.in_(post_ids), Report.resolved_at.is_(None)
    reports = (await session.scalars(select(Report).where(*open_reports).order_by(Report.created_at.desc()))).all()
    people = {report.reporter_id for report in reports} | {post.author_id for post, _ in posts}
    authors = await find_authors(session, people)
    return [
        ReportedPostView(
            post_id=post.id,
            thread_id=thread.id,
            thread_title=thread.title,
            author=authors[post.author_id],
            body_html=post.body_html,
            hidden=post.hidden_at is not None,
            reported_at=max(report.created_at for report in reports if report.post_id == post.id),
            reports=[
                ReportView(authors[report.reporter_id], report.reason, report.created_at, report.is_appeal)
                for report in reports
                if report.post_id == post.id
            ],
        )
        for post, thread in posts
    ]
