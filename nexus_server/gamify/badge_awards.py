"""Which badges a learner has, and giving those newly earned."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.badges import CATALOGUE, BadgeSpec, Metric, is_earned
from nexus_server.learning import EventKind
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import Badge, LearningEvent, UserBadge

#: metrics that are counts of events of one kind
EVENTS_OF = {
    Metric.NODES_COMPLETED: EventKind.NODE_COMPLETED,
    Metric.QUIZZES_PASSED: EventKind.QUIZ_PASSED,
    Metric.POSTS_ACCEPTED: EventKind.POST_ACCEPTED,
}
FULL_MARKS = 1.0


async def store_catalogue(session: AsyncSession, catalogue: Sequence[BadgeSpec] = CATALOGUE) -> None:
    """Bring the badges table up to date with the catalogue, by slug."""
    known = {badge.slug: badge for badge in await session.scalars(select(Badge))}
    for spec in catalogue:
        badge = known.get(spec.slug)
        if badge is None:
            badge = Badge(slug=spec.slug)
            session.add(badge)
        badge.name, badge.icon_url, badge.criteria_json = spec.name, spec.icon_url, spec.criteria


async def count_metrics(session: AsyncSession, user_id: UUID) -> dict[Metric, int]:
    """Return every metric of a learner, counted from the events and the learner's totals."""
    query = (
        select(LearningEvent.kind, func.count()).where(LearningEvent.user_id == user_id).group_by(LearningEvent.kind)
    )
    kinds = dict((await session.execute(query)).all())
    counts = {metric: kinds.get(kind.value, 0) for metric, kind in EVENTS_OF.items()}
    counts[Metric.LABS_PASSED] = await _count_labs(session, user_id, 0.0)
    counts[Metric.PERFECT_LABS] = await _count_labs(session, user_id, FULL_MARKS)
    user = await session.get_one(User, user_id)
    counts[Metric.LONGEST_STREAK], counts[Metric.XP] = user.longest_streak, user.xp
    return counts


async def _count_labs(session: AsyncSession, user_id: UUID, score: float) -> int:
    """Count the labs graded at `score` or better; a lab is graded once per event key, whatever its attempts."""
    query = select(func.count(func.distinct(LearningEvent.node_id))).where(
        LearningEvent.user_id == user_id,
        LearningEvent.kind == EventKind.LAB_GRADED.value,
        LearningEvent.score >= score,
    )
    return await session.scalar(query) or 0


async def award_badges(session: AsyncSession, user_id: UUID, now: datetime) -> list[Badge]:
    """Give the learner every badge that is earned and not yet given; return the new ones."""
    counts = await count_metrics(session, user_id)
    given = select(UserBadge.badge_id).where(UserBadge.user_id == user_id)
    missing = await session.scalars(select(Badge).where(Badge.id.not_in(given)).order_by(Badge.slug))
    earned = [badge for badge in missing if is_earned(badge.criteria_json, counts)]
    session.add_all(UserBadge(user_id=user_id, badge_id=badge.id, earned_at=now) for badge in earned)
    return earned
