"""The leaderboard as queries: the embedded default, and the truth that Redis is rebuilt from."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, BindParameter, Integer, Row, Select, bindparam, func, or_, select

from nexus_server.gamify.board_names import BOARD_NAME
from nexus_server.gamify.groups import LISTED, BoardGroup
from nexus_server.gamify.leaderboard import Board, BoardName, Neighbours, Place, Scores
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import XpEntry


class SqlLeaderboard:
    """Ranks by asking the ledger and the users' totals."""

    def __init__(self, database: Database, group: BoardGroup | None = None) -> None:
        """Read from `database`; with a group only its members are listed."""
        self._database = database
        self._group = group

    async def put(self, scores: Scores) -> bool:  # noqa: ARG002  there is no copy
        """Do nothing: the recorder has written the scores in its own transaction."""
        return False

    async def renew(self, week: str) -> None:
        """Do nothing: what was written is what is read."""

    async def page(self, board: Board, week: str, *, limit: int, offset: int) -> Sequence[Place]:
        """Return places from the top."""
        scores = _scores(board, week, self._group).subquery()
        rank = func.rank().over(order_by=scores.c.xp.desc())
        query = select(rank, scores.c.id, scores.c.xp).order_by(scores.c.xp.desc(), scores.c.id.desc())
        async with self._database.reading() as session:
            rows = await session.execute(query.limit(limit).offset(offset))
            return [Place(rank, user_id, int(xp)) for rank, user_id, xp in rows]

    async def total(self, board: Board, week: str) -> int:
        """Return how many learners are listed."""
        async with self._database.reading() as session:
            scores = _scores(board, week, self._group).subquery()
            return await session.scalar(select(func.count()).select_from(scores)) or 0

    async def find_place(self, board: Board, week: str, user_id: UUID) -> tuple[Place, int] | None:
        """Return a learner's place and position, or None."""
        scores = _scores(board, week, self._group).subquery()
        async with self._database.reading() as session:
            xp = await session.scalar(select(scores.c.xp).where(scores.c.id == user_id))
            if xp is None:
                return None
            above = select(func.count()).select_from(scores).where(scores.c.xp > xp)
            level = select(func.count()).select_from(scores).where(scores.c.xp == xp, scores.c.id > user_id)
            better = await session.scalar(above) or 0
            before = await session.scalar(level) or 0
        return Place(better + 1, user_id, int(xp)), better + before

    async def top(self, board: Board, week: str, user_id: UUID, *, limit: int, offset: int) -> Neighbours:
        """Return a page from the top and the learner's own place, by one statement."""
        page = range(offset + 1, offset + limit + 1)
        arguments = {"user_id": user_id, "first": page.start, "last": page.stop - 1, "week": week}
        statement = _TOP[board] if self._group is None else _top(board, self._group)
        rows = await self._database.read(lambda connection: connection.execute(statement, arguments).all())
        if not rows and offset:  # behind the end, for somebody who is not listed
            return Neighbours([], await self.total(board, week), None, {})
        return _neighbours(rows, user_id, page)

    async def around(self, board: Board, week: str, user_id: UUID, *, span: int) -> Neighbours:
        """Return the learner's neighbours, by one statement."""
        arguments = {"user_id": user_id, "span": span, "week": week}
        statement = _AROUND[board] if self._group is None else _around(board, self._group)
        rows = await self._database.read(lambda connection: connection.execute(statement, arguments).all())
        return _neighbours(rows, user_id)


def _neighbours(rows: Sequence[Row[Any]], user_id: UUID, page: range | None = None) -> Neighbours:
    """Make them of rows of `_named`; of those outside of `page` only the learner's own place is taken."""
    places = [(row.position, Place(row.rank, row.id, int(row.xp))) for row in rows]
    mine = next((place for _, place in places if place.user_id == user_id), None)
    names = {row.id: BoardName(row.display_name, row.shown_id) for row in rows}
    listed = [place for position, place in places if page is None or position in page]
    return Neighbours(listed, rows[0].total if rows else 0, mine, names)


def _placed(board: Board, group: BoardGroup | None) -> CTE:
    """Return every place of a board, with the parameter week."""
    scores = _scores(board, bindparam("week"), group).cte("scores")
    order = scores.c.xp.desc()
    return select(
        scores.c.id,
        scores.c.xp,
        func.rank().over(order_by=order).label("rank"),
        func.row_number().over(order_by=(order, scores.c.id.desc())).label("position"),
        func.count().over().label("total"),
    ).cte("placed")


def _named(placed: CTE) -> Select[Any]:
    """Return the statement of places with names, in order."""
    return (
        select(placed.c.rank, placed.c.id, placed.c.xp, placed.c.total, placed.c.position, *BOARD_NAME)
        .join(User, User.id == placed.c.id)
        .order_by(placed.c.position)
    )


def _around(board: Board, group: BoardGroup | None = None) -> Select[Any]:
    """Return the statement of `around`, with the parameters user_id, span and week."""
    placed, span = _placed(board, group), bindparam("span", type_=Integer)
    mine = select(placed.c.position).where(placed.c.id == bindparam("user_id")).scalar_subquery()
    centre = func.coalesce(mine, span + 1)
    return _named(placed).where(placed.c.position.between(centre - span, centre + span))


def _top(board: Board, group: BoardGroup | None = None) -> Select[Any]:
    """Return the statement of `top`, with the parameters user_id, first, last and week."""
    placed = _placed(board, group)
    first, last = (bindparam(name, type_=Integer) for name in ("first", "last"))
    is_mine = placed.c.id == bindparam("user_id")
    return _named(placed).where(or_(placed.c.position.between(first, last), is_mine))


def _scores(board: Board, week: str | BindParameter[str], group: BoardGroup | None) -> Select[UUID, int]:
    listed = LISTED if group is None else (*LISTED, User.id.in_(group.members()))
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


#: made once: building a statement costs more than running it
_AROUND = {board: _around(board) for board in Board}
_TOP = {board: _top(board) for board in Board}
