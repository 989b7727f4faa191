"""What a learner may read of XP and badges."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from nexus_server.gamify.badge_awards import progress_towards, words_of
from nexus_server.gamify.criteria.evaluation import History
from nexus_server.gamify.history import read_history
from nexus_server.learner import Learner
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.gamify import Badge, LearningEvent, UserBadge, XpEntry
from nexus_server.store.paging import newest_first


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One payment."""

    id: UUID
    amount: int
    reason: str
    award_key: str
    node_id: UUID | None
    awarded_at: datetime


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge as a learner sees it; `progress` of `goal`, and when it was earned."""

    id: UUID
    slug: str
    name: str
    icon_url: str
    criteria: str
    progress: int
    goal: int
    earned_at: datetime | None


def _ledger_row(entry: XpEntry, node_id: UUID | None) -> LedgerRow:
    return LedgerRow(entry.id, entry.amount, entry.reason, entry.award_key, node_id, entry.awarded_at)


def _badge_view(badge: Badge, history: History, earned_at: datetime | None) -> BadgeView:
    progress = progress_towards(badge, history)
    # Who has a badge reached its goal, whatever became of its criteria since.
    done = progress.goal if earned_at is not None else progress.done
    return BadgeView(badge.id, badge.slug, badge.name, badge.icon_url, words_of(badge), done, progress.goal, earned_at)


class GamifyService:
    """Reads of the spine's projections."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def ledger(self, learner: Learner, *, limit: int, after: Position | None = None) -> Page[LedgerRow]:
        """Return the newest payments, or those after a position."""
        query = (
            select(XpEntry, LearningEvent.node_id)
            .join(LearningEvent, LearningEvent.seq == XpEntry.event_seq)
            .where(XpEntry.user_id == learner.id)
        )
        query = newest_first(query, XpEntry.awarded_at, XpEntry.id, after=after, limit=limit)
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return cut(rows, limit, lambda row: Position(row[0].awarded_at, row[0].id), lambda row: _ledger_row(*row))

    async def badges(self, user_id: UUID) -> list[BadgeView]:
        """Return every badge that is offered or earned, earned ones first, with the learner's progress."""
        async with self._database.reading() as session:
            history = await read_history(session, user_id)
            rows = select(UserBadge.badge_id, UserBadge.earned_at).where(UserBadge.user_id == user_id)
            earned = dict((await session.execute(rows)).all())
            badges = list(await session.scalars(select(Badge).order_by(Badge.slug)))
        views = [
            _badge_view(badge, history, earned.get(badge.id))
            for badge in badges
            if badge.is_offered or badge.id in earned
        ]
        return sorted(views, key=lambda view: view.earned_at is None)
