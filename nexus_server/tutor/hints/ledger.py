"""Hints in the database: reserve one within the day's limit, settle its text, rate it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.languages import translate
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.tutor import Hint as Row
from nexus_server.tutor.daily_limit import day_of, lock_learner
from nexus_server.tutor.errors import HintLimitError, HintNotFoundError
from nexus_server.tutor.hints.types import GivenHint, HintRequest
from nexus_server.tutor.models.none import AUTHOR, STATIC
from nexus_server.tutor.rules.rule import MAX_LEVEL, Explanation
from nexus_server.tutor.settings import TutorSettings

#: the first level that opens by time or by another attempt; the ones before it are there at once
WAITED_FOR_FROM = 3


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

    async def reserve(
        self, learner: Learner, request: HintRequest, explanation: Explanation, source: str, level_wait_s: float
    ) -> Reserved:
        """Choose the level, and count and store the hint; texts of `source` that exist already are shared.

        A level that has not opened yet is not given: the last one is, again.

        Raises:
            HintLimitError: the learner has had today's hints.
        """
        now = self._clock.now()
        start, end = day_of(now, learner.timezone)
        wait = timedelta(seconds=level_wait_s)
        if request.level is not None and (given := await self._given_before(learner, request, explanation, now, wait)):
            return given
        async with self._database.transaction() as session:
            await lock_learner(session, learner)
            deepest = await self._deepest(session, learner, request, now)
            level = _level(request, deepest, now, wait)
            remaining = self._settings.hints_per_day - await self._given(session, learner, start)
            if own := await self._own(session, learner, request, level, now):
                opens_at = _opens_at(request, deepest, wait) if deepest and level >= deepest.level else None
                return Reserved(_shape(own, explanation, remaining, now, opens_at, cached=True), is_final=True)
            if remaining <= 0:
                raise HintLimitError(retry_after_s=(end - now).total_seconds(), limit=self._settings.hints_per_day)
            shared = await _shared(session, request, level, source)
            row = _row(learner, request, explanation, level, now)
            if shared is not None:
                row.text, row.source, row.cached = shared.text, shared.source, True
            session.add(row)
            await session.flush()
            opens_at = _opens_at(request, row, wait)
            return Reserved(
                _shape(row, explanation, remaining - 1, now, opens_at, cached=row.cached), is_final=row.cached
            )

    async def _given_before(
        self, learner: Learner, request: HintRequest, explanation: Explanation, now: datetime, wait: timedelta
    ) -> Reserved | None:
        """Return a level that the learner has had already: reading it again writes nothing."""
        start, _ = day_of(now, learner.timezone)
        async with self._database.reading() as session:
            own = await self._own(session, learner, request, request.level or 1, now)
            if own is None:
                return None
            remaining = self._settings.hints_per_day - await self._given(session, learner, start)
            deepest = await self._deepest(session, learner, request, now)
            opens_at = _opens_at(request, deepest, wait) if deepest and own.level >= deepest.level else None
            return Reserved(_shape(own, explanation, remaining, now, opens_at, cached=True), is_final=True)

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

    async def _deepest(
        self, session: AsyncSession, learner: Learner, request: HintRequest, now: datetime
    ) -> Row | None:
        """Return the deepest hint that the learner had for this error, the latest of its level."""
        query = select(Row).where(
            Row.user_id == learner.id,
            Row.error_key == request.error_key,
            Row.created_at >= now - timedelta(hours=self._settings.escalation_hours),
        )
        return await session.scalar(query.order_by(Row.level.desc(), Row.created_at.desc()).limit(1))

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


def _level(request: HintRequest, deepest: Row | None, now: datetime, wait: timedelta) -> int:
    """Return the level to give: the wanted one, the next one if it is open, or else the deepest again."""
    had = deepest.level if deepest else 0
    following = min(max(had, int(request.knows_first)) + 1, MAX_LEVEL)
    opens_at = _opens_at(request, deepest, wait) if deepest else None
    if opens_at is not None and now < opens_at:
        following = had
    return following if request.level is None else max(1, min(request.level, following))


def _opens_at(request: HintRequest, deepest: Row, wait: timedelta) -> datetime | None:
    """Return when the level after `deepest` opens. After another attempt, and up to the second level, it is open."""
    is_last, is_early = deepest.level >= MAX_LEVEL, deepest.level + 1 < WAITED_FOR_FROM
    if is_last or is_early or deepest.fingerprint != request.fingerprint:
        return None
    return deepest.created_at + wait


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


def _shape(
    row: Row, explanation: Explanation, remaining: int, now: datetime, opens_at: datetime | None, *, cached: bool
) -> GivenHint:
    return GivenHint(
        id=row.id,
        level=row.level,
        text=row.text,
        concept=translate(row.concept, explanation.reader),
        source=row.source,
        cached=cached,
        remaining_today=max(0, remaining),
        next_level_opens_at=opens_at if opens_at is not None and opens_at > now else None,
        next_level_in_s=max(0.0, (opens_at - now).total_seconds()) if opens_at is not None else 0.0,
        question=explanation.question,
        line_refs=explanation.line_refs(row.text),
        is_general=explanation.is_general,
    )
