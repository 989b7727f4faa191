"""Hints in the database: reserve one within the day's limit, settle its text, rate it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.tutor import Hint as Row
from nexus_server.tutor.daily_limit import day_of, lock_learner
from nexus_server.tutor.errors import HintLimitError, HintNotFoundError
from nexus_server.tutor.hints.types import GivenHint, HintRequest
from nexus_server.tutor.models.none import AUTHOR, STATIC
from nexus_server.tutor.rules.rule import MAX_LEVEL, Explanation
from nexus_server.tutor.settings import TutorSettings


@dataclass(frozen=True, slots=True)
class Reserved:
    """A hint that is stored and counted; its text may still be bettered by the model."""

    hint: GivenHint
    is_final: bool


class HintLedger:
    """The rows of `hints`. A reserved hint always has a text: should everything else fail, the rules' one stands."""

    def __init__(self, database: Database, clock: Clock, settings: TutorSettings) -> None:
        """Keep hints in `database`."""
        self._database = database
        self._clock = clock
        self._settings = settings

    async def reserve(self, learner: Learner, request: HintRequest, explanation: Explanation, source: str) -> Reserved:
        """Choose the level, and count and store the hint; texts of `source` that exist already are shared.

        Raises:
            HintLimitError: the learner has had today's hints.
        """
        now = self._clock.now()
        start, end = day_of(now, learner.timezone)
        if request.level is not None and (given := await self._given_before(learner, request, explanation, now)):
            return given
        async with self._database.transaction() as session:
            await lock_learner(session, learner)
            level = await self._level(session, learner, request, now)
            remaining = self._settings.hints_per_day - await self._given(session, learner, start)
            if own := await self._own(session, learner, request, level, now):
                return Reserved(_shape(own, explanation, remaining, cached=True), is_final=True)
            if remaining <= 0:
                raise HintLimitError(retry_after_s=(end - now).total_seconds(), limit=self._settings.hints_per_day)
            shared = await _shared(session, request, level, source)
            row = _row(learner, request, explanation, level, now)
            if shared is not None:
                row.text, row.source, row.cached = shared.text, shared.source, True
            session.add(row)
            await session.flush()
            return Reserved(_shape(row, explanation, remaining - 1, cached=row.cached), is_final=row.cached)

    async def _given_before(
        self, learner: Learner, request: HintRequest, explanation: Explanation, now: datetime
    ) -> Reserved | None:
        """Return a level that the learner has had already: reading it again writes nothing."""
        start, _ = day_of(now, learner.timezone)
        async with self._database.reading() as session:
            own = await self._own(session, learner, request, request.level or 1, now)
            if own is None:
                return None
            remaining = self._settings.hints_per_day - await self._given(session, learner, start)
            return Reserved(_shape(own, explanation, remaining, cached=True), is_final=True)

    async def texts_of_models(self, learner: Learner, node_id: UUID | None) -> list[str]:
        """Return what models told the learner about a node lately: parts of one conversation."""
        since = self._clock.now() - timedelta(hours=self._settings.escalation_hours)
        place = Row.node_id == node_id if node_id else Row.node_id.is_(None)
        query = select(Row.text).where(
            Row.user_id == learner.id, place, Row.source.not_in((STATIC, AUTHOR)), Row.created_at >= since
        )
        async with self._database.reading() as session:
            return list((await session.scalars(query.order_by(Row.created_at))).all())

    async def settle(self, hint: GivenHint, usage: Mapping[str, object]) -> None:
        """Store the text that the learner was shown in the end, and what it took (tokens, or why there is none)."""
        async with self._database.transaction() as session:
            await session.execute(
                update(Row).where(Row.id == hint.id).values(text=hint.text, source=hint.source, usage=dict(usage))
            )

    async def rate(self, learner: Learner, hint_id: UUID, *, helpful: bool, comment: str | None) -> None:
        """Store what the learner thinks of a hint.

        Raises:
            HintNotFoundError: there is no such hint, or it is somebody else's.
        """
        async with self._database.transaction() as session:
            row = await session.scalar(select(Row).where(Row.id == hint_id, Row.user_id == learner.id))
            if row is None:
                raise HintNotFoundError
            row.helpful, row.comment = helpful, comment

    async def _given(self, session: AsyncSession, learner: Learner, since: datetime) -> int:
        query = select(func.count()).select_from(Row).where(Row.user_id == learner.id, Row.created_at >= since)
        return (await session.execute(query)).scalar_one()

    async def _level(self, session: AsyncSession, learner: Learner, request: HintRequest, now: datetime) -> int:
        query = select(func.max(Row.level)).where(
            Row.user_id == learner.id,
            Row.error_key == request.error_key,
            Row.created_at >= now - timedelta(hours=self._settings.escalation_hours),
        )
        deepest = (await session.execute(query)).scalar_one() or 0
        following = min(max(deepest, int(request.knows_first)) + 1, MAX_LEVEL)
        return following if request.level is None else max(1, min(request.level, following))

    async def _own(
        self, session: AsyncSession, learner: Learner, request: HintRequest, level: int, now: datetime
    ) -> Row | None:
        query = (
            select(Row)
            .where(
                Row.user_id == learner.id,
                Row.fingerprint == request.fingerprint,
                Row.level == level,
                Row.created_at >= now - timedelta(hours=self._settings.escalation_hours),
            )
            .order_by(Row.created_at.desc())
            .limit(1)
        )
        return await session.scalar(query)


async def _shared(session: AsyncSession, request: HintRequest, level: int, source: str) -> Row | None:
    """Return a text that a model wrote for an equal request, unless somebody found it unhelpful."""
    if source == STATIC:
        return None
    query = (
        select(Row)
        .where(
            Row.fingerprint == request.fingerprint,
            Row.level == level,
            Row.source == source,
            Row.helpful.is_not(False),
        )
        .order_by(Row.created_at.desc())
        .limit(1)
    )
    return await session.scalar(query)


def _row(learner: Learner, request: HintRequest, explanation: Explanation, level: int, now: datetime) -> Row:
    return Row(
        user_id=learner.id,
        node_id=request.node_id,
        fingerprint=request.fingerprint,
        error_key=request.error_key,
        level=level,
        text=explanation.at(level),
        concept=explanation.concept,
        source=AUTHOR if level <= explanation.authored else STATIC,
        cached=False,
        ename=request.failure.ename[:120],
        created_at=now,
    )


def _shape(row: Row, explanation: Explanation, remaining: int, *, cached: bool) -> GivenHint:
    return GivenHint(
        id=row.id,
        level=row.level,
        text=row.text,
        concept=row.concept,
        source=row.source,
        cached=cached,
        remaining_today=max(0, remaining),
        question=explanation.question,
        line_refs=explanation.line_refs(row.text),
        is_general=explanation.is_general,
    )
