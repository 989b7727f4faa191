"""The leaderboard as Redis sorted sets, with the queries behind it whenever Redis is away or was emptied.

Keys are ``nexus:all_time_xp`` and ``nexus:weekly_xp:<ISO week>``: a new week is a new key. Scores are absolute, so
writing twice changes nothing. A set that is not marked whole (a flush, an eviction, the first start) is made anew from
SQL before it is read.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from nexus_server.gamify.leaderboard import KEPT_WEEKS, Board, Neighbours, Place, Scores
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.store.redis import RedisUnavailableError
from nexus_server.store.sorted_sets import Ranked, SetNotFilledError, SortedSets

T = TypeVar("T")

WEEKLY_TTL_S = KEPT_WEEKS * 7 * 24 * 3600
CHUNK = 1000


class RedisLeaderboard:
    """Ranks by sorted sets; falls back to SQL rather than fail."""

    def __init__(self, sets: SortedSets, sql: SqlLeaderboard) -> None:
        """Keep scores in `sets`, made from and backed by `sql`."""
        self._sets = sets
        self._sql = sql
        #: weeks whose sets missed a write while Redis was away
        self._stale: set[str] = set()

    async def put(self, scores: Scores) -> bool:
        """Store absolute scores in both boards; what Redis misses while away is made up for by the next reader."""
        member = str(scores.user_id)
        rows = ((Board.WEEKLY_XP, scores.weekly_xp), (Board.ALL_TIME_XP, scores.all_time_xp))
        try:
            for board, xp in rows:
                key = _key(board, scores.week)
                if scores.listed and xp > 0:
                    await self._sets.put(key, member, xp)
                else:
                    await self._sets.remove(key, member)
        except RedisUnavailableError:
            self._stale.add(scores.week)
            return False
        return True

    async def renew(self, week: str) -> None:
        """Let the next reader fill both boards from the database."""
        self._stale.add(week)
        with suppress(RedisUnavailableError):
            await self._make_up()

    async def page(self, board: Board, week: str, *, limit: int, offset: int) -> Sequence[Place]:
        """Return places from the top."""

        async def read(key: str) -> Sequence[Place]:
            return [_place(row) for row in await self._sets.page(key, limit=limit, offset=offset)]

        return await self._read(board, week, read, lambda: self._sql.page(board, week, limit=limit, offset=offset))

    async def top(self, board: Board, week: str, user_id: UUID, *, limit: int, offset: int) -> Neighbours:
        """Return a page from the top and the learner's own place."""
        places = await self.page(board, week, limit=limit, offset=offset)
        found = await self.find_place(board, week, user_id)
        return Neighbours(places, await self.total(board, week), found[0] if found else None)

    async def total(self, board: Board, week: str) -> int:
        """Return how many learners are listed."""
        return await self._read(board, week, self._sets.size, lambda: self._sql.total(board, week))

    async def find_place(self, board: Board, week: str, user_id: UUID) -> tuple[Place, int] | None:
        """Return a learner's place and position, in one round trip, or None."""
        key = _key(board, week)
        try:
            await self._make_up()
            found = await self._find_filled(board, week, key, str(user_id))
        except (RedisUnavailableError, SetNotFilledError):
            return await self._sql.find_place(board, week, user_id)
        return (_place(found), found.position) if found else None

    async def _find_filled(self, board: Board, week: str, key: str, member: str) -> Ranked | None:
        try:
            return await self._sets.find(key, member)
        except SetNotFilledError:
            await self._fill(board, week)
            return await self._sets.find(key, member)

    async def around(self, board: Board, week: str, user_id: UUID, *, span: int) -> Neighbours:
        """Return the learner's neighbours, in one round trip."""
        key, member = _key(board, week), str(user_id)
        try:
            await self._make_up()
            window = await self._sets.around(key, member, span=span)
            if window is None and await self._fill(board, week):
                window = await self._sets.around(key, member, span=span)
        except RedisUnavailableError:
            window = None
        if window is None:  # away, or emptied again at once
            return await self._sql.around(board, week, user_id, span=span)
        mine = _place(window.mine) if window.mine else None
        return Neighbours([_place(row) for row in window.rows], window.total, mine)

    async def _make_up(self) -> None:
        """Take the marks of the sets that missed a write."""
        for stale in list(self._stale):
            await self._sets.distrust([_key(each, stale) for each in Board])
            self._stale.discard(stale)

    async def _read(
        self, board: Board, week: str, read: Callable[[str], Awaitable[T]], otherwise: Callable[[], Awaitable[T]]
    ) -> T:
        key = _key(board, week)
        try:
            await self._make_up()
            if await self._sets.is_whole(key) or await self._fill(board, week):
                return await read(key)
        except RedisUnavailableError:
            pass  # the queries answer, too
        return await otherwise()

    async def _fill(self, board: Board, week: str) -> bool:
        """Fill a set from SQL; False: somebody else does, or Redis was emptied meanwhile."""
        token = await self._sets.begin_filling(_key(board, week))
        scores: dict[str, int] = {}
        while places := await self._sql.page(board, week, limit=CHUNK, offset=len(scores)):
            scores |= {str(place.user_id): place.xp for place in places}
        ttl_s = WEEKLY_TTL_S if board is Board.WEEKLY_XP else None
        return await self._sets.end_filling(_key(board, week), token, scores, ttl_s=ttl_s)


def _key(board: Board, week: str) -> str:
    return f"nexus:{board.value}:{week}" if board is Board.WEEKLY_XP else f"nexus:{board.value}"


def _place(row: Ranked) -> Place:
    return Place(row.better + 1, UUID(row.member), row.score)
