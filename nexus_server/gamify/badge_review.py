"""Badges held against everybody's history: who would get one, and giving what is due."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.badge_awards import criterion_of
from nexus_server.gamify.criteria.evaluation import BadgeProgress, progress_of
from nexus_server.gamify.criteria.expressions import Criterion
from nexus_server.gamify.errors import BadgeNotFoundError
from nexus_server.gamify.history import read_history
from nexus_server.phrases import phrase
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import Badge, UserBadge


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner, and how far they are towards a badge."""

    user_id: UUID
    display_name: str
    email: str
    has_it: bool
    progress: BadgeProgress


class BadgeReview:
    """Looks at one learner after the other, so that nobody else waits for the database."""

    def __init__(self, database: Database, announcer: Announcer) -> None:
        """Give badges through `announcer`, as after an achievement."""
        self._database = database
        self._announcer = announcer

    async def criterion(self, slug: str) -> Criterion:
        """Return what earns a badge.

        Raises:
            BadgeNotFoundError: there is none of this slug.
        """
        async with self._database.reading() as session:
            badge = await session.scalar(select(Badge).where(Badge.slug == slug))
            if badge is None:
                raise BadgeNotFoundError(phrase("There is no badge {slug!r}.", slug=slug))
            return criterion_of(badge)

    async def candidates(self, criterion: Criterion, slug: str | None = None) -> AsyncIterator[Candidate]:
        """Yield every learner who meets the criterion, by name, or who has the badge; nothing is given."""
        held = select(UserBadge.user_id).join(Badge).where(Badge.slug == slug)
        async with self._database.reading() as session:
            holders = set(await session.scalars(held))
            people = list(await session.execute(select(User.id, User.display_name, User.email).order_by(User.email)))
        for user_id, name, email in people:
            async with self._database.reading() as session:
                progress = progress_of(criterion, await read_history(session, user_id))
            if progress.is_met or user_id in holders:
                yield Candidate(user_id, name, email, user_id in holders, progress)

    async def learner_ids(self) -> list[UUID]:
        """Return everybody's id."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(User.id).order_by(User.id)))

    async def award(self, user_id: UUID) -> list[str]:
        """Give a learner every badge that is due, and say so under the bell; return the slugs."""
        return await self._announcer.award_due(user_id)
