"""The leaderboard as queries: the embedded default, and the truth that Redis is rebuilt from."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from nexus_server.gamify.leaderboard import Board, Place, Scores
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import XpEntry


class SqlLeaderboard:
    """Ranks by asking the ledger and the users' totals."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def put(self, scores: Scores) -> None:
        """Do nothing: the recorder has written the scores in its own transaction."""

    async def page(self, board: Board, week: str, *, limit: int, offset: int) -> Sequence[Place]:
        """Return places from the top."""
        scores = _scores(board, week).subquery()
        rank = func.rank().over(order_by=scores.c.xp.desc())
        query = select(rank, scores.c.id, scores.c.xp).order_by(scores.c.xp.desc(), scores.c.id.desc())
        async with self._database.transaction() as session:
            rows = await session.execute(query.limit(limit).offset(offset))
            return [Place(rank, user_id, int(xp)) for rank, user_id, xp in rows]

    async def total(self, board: Board, week: str) -> int:
        """Return how many learners are listed."""
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(_scores(board, week).subquery())) or 0

    async def find_place(self, board: Board, week: str, user_id: UUID) -> tuple[Place, int] | None:
        """Return a learner's place and position, or None."""
        scores = _scores(board, week).subquery()
        async with self._database.transaction() as session:
            xp = await session.scalar(select(scores.c.xp).where(scores.c.id == user_id))
            if xp is None:
                return None
            above = select(func.count()).select_from(scores).where(scores.c.xp > xp)
            level = select(func.count()).select_from(scores).where(scores.c.xp == xp, scores.c.id > user_id)
            better = await session.scalar(above) or 0
            before = await session.scalar(level) or 0
        return Place(better + 1, user_id, int(xp)), better + before


def _scores(board: Board, week: str) -> Select[UUID, int]:
    listed = (User.disabled_at.is_(None), User.leaderboard_opt_out.is_(False))
    if board is Board.ALL_TIME_XP:
        return select(User.id, User.xp.label("xp")).where(User.xp > 0, *listed)
    total = func.sum(XpEntry.amount).label("xp")
    return (
        select(User.id, total)
        .join(XpEntry, XpEntry.user_id == User.id)
        .where(XpEntry.iso_week == week, *listed)
        .group_by(User.id)
        .having(total > 0)
    )
