"""Who may write which roadmap."""

from collections import defaultdict
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.accounts.fields import normalise_email
from nexus_server.accounts.permissions import Permission, may, require
from nexus_server.authoring.errors import NotAnAuthorError
from nexus_server.clock import Clock
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.files.scaffold import require_slug
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.authoring import RoadmapAuthor

_AUTHORS = (
    select(RoadmapAuthor.slug, User.id, User.display_name)
    .join(User, User.id == RoadmapAuthor.user_id)
    .order_by(RoadmapAuthor.slug, User.display_name)
)


class AuthorView(BaseModel):
    """Somebody who may write a roadmap."""

    user_id: UUID
    display_name: str


class RoadmapAuthors:
    """Knows the authors of every roadmap, by its slug."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, *, open_to_instructors: bool) -> None:
        """`open_to_instructors` lets every instructor write roadmaps that name no authors."""
        self._database = database
        self._audit = audit
        self._clock = clock
        self._is_open = open_to_instructors

    async def all(self) -> dict[str, list[AuthorView]]:
        """Return the authors of each roadmap that names any."""
        return await self._read(_AUTHORS)

    async def of(self, slug: str) -> list[AuthorView]:
        """Return the authors of a roadmap."""
        return (await self._read(_AUTHORS.where(RoadmapAuthor.slug == slug))).get(slug, [])

    async def _read(self, query: Select[str, UUID, str]) -> dict[str, list[AuthorView]]:
        found: dict[str, list[AuthorView]] = defaultdict(list)
        async with self._database.reading() as session:
            for slug, user_id, name in await session.execute(query):
                found[slug].append(AuthorView(user_id=user_id, display_name=name))
        return dict(found)

    def may_write(self, instructor: Learner, authors: list[AuthorView]) -> bool:
        """Whether somebody may write a roadmap that has these authors."""
        if may(instructor, Permission.WRITE_EVERY_ROADMAP):
            return True
        if not may(instructor, Permission.WRITE_CONTENT):
            return False
        if not authors:
            return self._is_open
        return any(author.user_id == instructor.id for author in authors)

    async def require(self, instructor: Learner, slug: str) -> None:
        """Let nobody pass who may not write this roadmap.

        Raises:
            ForbiddenError: students may not.
            BadSlugError: it is no name of a roadmap; another path to a folder would have other authors.
            NotAnAuthorError
        """
        require(instructor, Permission.WRITE_CONTENT)
        require_slug(slug)
        if not self.may_write(instructor, await self.of(slug)):
            raise NotAnAuthorError(slug=slug)

    async def add(self, instructor: Learner, slug: str, email: str) -> None:
        """Make a colleague an author; who is one already stays one.

        Where a roadmap names nobody yet, whoever names the first author becomes one beside them, unless they may write
        every roadmap anyway.

        Raises:
            NotAnAuthorError
            UnknownUserError: nobody who teaches has this address.
        """
        await self.require(instructor, slug)
        async with self._database.transaction() as session:
            user = await session.scalar(select(User).where(User.email == normalise_email(email)))
            if user is None or user.role == Role.STUDENT:
                raise UnknownUserError
            if not may(instructor, Permission.WRITE_EVERY_ROADMAP):
                await self.claim(session, instructor, slug)
            if await session.get(RoadmapAuthor, (slug, user.id)) is None:
                session.add(self._author(slug, user.id, instructor))
                self._audit.write(session, instructor.id, "author.add", "roadmap", slug, user_id=str(user.id))

    async def remove(self, instructor: Learner, slug: str, user_id: UUID) -> None:
        """Take somebody from the authors; harmless when they are none.

        Raises:
            NotAnAuthorError
            ForbiddenError: the last author stays, unless an administrator takes them away.
        """
        await self.require(instructor, slug)
        others = [each for each in await self.of(slug) if each.user_id != user_id]
        if not others and not may(instructor, Permission.WRITE_EVERY_ROADMAP):
            raise ForbiddenError("A roadmap keeps its last author: name another one first.")
        async with self._database.transaction() as session:
            await session.execute(
                delete(RoadmapAuthor).where(RoadmapAuthor.slug == slug, RoadmapAuthor.user_id == user_id)
            )
            self._audit.write(session, instructor.id, "author.remove", "roadmap", slug, user_id=str(user_id))

    async def claim(self, session: AsyncSession, instructor: Learner, slug: str) -> None:
        """Make somebody the author of a roadmap that names nobody, in the caller's transaction."""
        named = await session.scalar(select(RoadmapAuthor.user_id).where(RoadmapAuthor.slug == slug).limit(1))
        if named is None:
            session.add(self._author(slug, instructor.id, instructor))
            await session.flush()
            self._audit.write(session, instructor.id, "author.add", "roadmap", slug, user_id=str(instructor.id))

    def _author(self, slug: str, user_id: UUID, added_by: Learner) -> RoadmapAuthor:
        return RoadmapAuthor(slug=slug, user_id=user_id, added_by=added_by.id, added_at=self._clock.now())
