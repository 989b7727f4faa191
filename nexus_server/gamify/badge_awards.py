"""Which badges a learner has, and giving those newly earned."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.badges import CATALOGUE, BadgeSpec
from nexus_server.gamify.criteria.evaluation import BadgeProgress, History, progress_of
from nexus_server.gamify.criteria.expressions import Criterion
from nexus_server.gamify.criteria.parsing import parse_criteria
from nexus_server.gamify.criteria.words import in_words
from nexus_server.gamify.history import read_history
from nexus_server.store.models.gamify import Badge, UserBadge

#: criteria that stay parsed: more than a site has badges
PARSED = 512
#: the origin of the badges that come with the product
PRODUCT = ""


async def store_catalogue(
    session: AsyncSession,
    catalogue: Sequence[BadgeSpec] = CATALOGUE,
    origin: str = PRODUCT,
    *,
    before: Collection[str] = (),
) -> list[str]:
    """Bring the badges of one origin up to date with their catalogue, by slug; who has one that left keeps it.

    Args:
        session: of the caller's transaction.
        catalogue: what the origin offers.
        origin: a roadmap's slug, or `PRODUCT`.
        before: what the origin was called before.

    Returns:
        the slugs that another origin has, whose badges were left alone
    """
    known = {badge.slug: badge for badge in await session.scalars(select(Badge))}
    taken = []
    for spec in catalogue:
        badge = known.get(spec.slug)
        if badge is not None and badge.origin not in (origin, *before) and badge.is_offered:
            taken.append(spec.slug)
            continue
        if badge is None:
            badge = Badge(slug=spec.slug)
            session.add(badge)
        badge.name, badge.description, badge.icon_url = spec.name, spec.description, spec.icon_url
        badge.criteria_json, badge.origin, badge.is_offered = dict(spec.criteria), origin, True
    slugs = {spec.slug for spec in catalogue}
    for badge in known.values():
        if badge.origin == origin and badge.slug not in slugs:
            badge.is_offered = False
    return taken


async def withdraw_badges(session: AsyncSession, origin: str) -> None:
    """Offer no badge of an origin any more; who has one keeps it."""
    await session.execute(update(Badge).where(Badge.origin == origin).values(is_offered=False))


def criterion_of(badge: Badge) -> Criterion:
    """Return what earns a badge; what is stored was parsed before."""
    return _parsed(json.dumps(badge.criteria_json, sort_keys=True))


@lru_cache(PARSED)
def _parsed(criteria: str) -> Criterion:
    return parse_criteria(json.loads(criteria))


def words_of(badge: Badge) -> str:
    """Return what a badge is for: the author's words, or else those of the criteria."""
    return badge.description or in_words(criterion_of(badge))


def progress_towards(badge: Badge, history: History) -> BadgeProgress:
    """Return how far a history leads towards a badge."""
    return progress_of(criterion_of(badge), history)


async def find_missing(session: AsyncSession, user_id: UUID) -> list[Badge]:
    """Return the badges that are offered and that the learner does not have."""
    given = select(UserBadge.badge_id).where(UserBadge.user_id == user_id)
    query = select(Badge).where(Badge.is_offered, Badge.id.not_in(given)).order_by(Badge.slug)
    return list(await session.scalars(query))


async def award_badges(session: AsyncSession, user_id: UUID, now: datetime) -> list[Badge]:
    """Give the learner every badge that is earned and not yet given; return the new ones."""
    missing = await find_missing(session, user_id)
    if not missing:
        return []
    earned = earned_of(missing, await read_history(session, user_id))
    session.add_all(UserBadge(user_id=user_id, badge_id=badge.id, earned_at=now) for badge in earned)
    return earned


async def award_badges_of(session: AsyncSession, histories: Mapping[UUID, History], now: datetime) -> None:
    """Give many learners what their histories earn, as `award_badges` does for one."""
    offered = list(await session.scalars(select(Badge).where(Badge.is_offered).order_by(Badge.slug)))
    given: defaultdict[UUID, set[UUID]] = defaultdict(set)
    query = select(UserBadge.user_id, UserBadge.badge_id).where(UserBadge.user_id.in_(histories))
    for user_id, badge_id in await session.execute(query):
        given[user_id].add(badge_id)
    session.add_all(
        UserBadge(user_id=user_id, badge_id=badge.id, earned_at=now)
        for user_id, history in histories.items()
        for badge in earned_of([badge for badge in offered if badge.id not in given[user_id]], history)
    )


def earned_of(badges: Iterable[Badge], history: History) -> list[Badge]:
    """Return the badges that a history earns."""
    return [badge for badge in badges if progress_towards(badge, history).is_met]
