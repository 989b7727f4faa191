"""Ranked scores in Redis: sorted sets with a marker beside each that says that the set is whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from nexus_server.store.redis import RedisStore


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member, its score, how many members score higher, and its position in the list (from 0)."""

    member: str
    score: int
    better: int
    position: int


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a set around a member, how many members there are, and the member itself (None: it is not there)."""

    rows: Sequence[Ranked]
    total: int
    mine: Ranked | None


#: one round trip instead of three: total, offset of the first row, how many score higher, rows; nil: not whole
_AROUND = """
if redis.call('EXISTS', KEYS[2]) == 0 then return false end
local span = tonumber(ARGV[2])
local centre = redis.call('ZREVRANK', KEYS[1], ARGV[1]) or span
local offset = math.max(0, centre - span)
local rows = redis.call('ZREVRANGE', KEYS[1], offset, centre + span, 'WITHSCORES')
local better = 0
if offset > 0 and #rows > 0 then better = redis.call('ZCOUNT', KEYS[1], '(' .. rows[2], '+inf') end
return {redis.call('ZCARD', KEYS[1]), offset, better, rows}
"""
_AROUND_SHA = sha1(_AROUND.encode(), usedforsecurity=False).hexdigest()


class SortedSets:
    """Sorted sets by key; equal scores are listed by member, descending.

    Every method raises `RedisUnavailableError` when Redis is away.
    """

    def __init__(self, store: RedisStore) -> None:
        """Keep the sets in `store`."""
        self._store = store

    async def put(self, key: str, member: str, score: int) -> None:
        """Set an absolute score."""
        await self._store.call(lambda redis: redis.zadd(key, {member: score}))

    async def remove(self, key: str, member: str) -> None:
        """Take a member off."""
        await self._store.call(lambda redis: redis.zrem(key, member))

    async def size(self, key: str) -> int:
        """Return how many members there are."""
        return int(await self._store.call(lambda redis: redis.zcard(key)))

    async def page(self, key: str, *, limit: int, offset: int) -> Sequence[Ranked]:
        """Return members from the top."""

        async def read(redis: Redis) -> Sequence[Ranked]:
            rows = await redis.zrevrange(key, offset, offset + limit - 1, withscores=True)
            better = await _count_better(redis, key, int(rows[0][1])) if rows and offset else 0
            return _ranked(rows, offset, better)

        return await self._store.call(read)

    async def around(self, key: str, member: str, *, span: int) -> Window | None:
        """Return the members within `span` of one (from the top, where it is not there); None: the set is not whole."""

        async def read(redis: Redis) -> Window | None:
            found = await _run_around(redis, key, member, span)
            if found is None:
                return None
            total, offset, better, flat = found
            rows = list(zip(flat[::2], map(float, flat[1::2]), strict=True))
            ranked = _ranked(rows, int(offset), int(better))
            return Window(ranked, int(total), next((row for row in ranked if row.member == member), None))

        return await self._store.call(read)

    async def find(self, key: str, member: str) -> Ranked | None:
        """Return where a member stands, or None."""

        async def read(redis: Redis) -> Ranked | None:
            score = await redis.zscore(key, member)
            position = await redis.zrevrank(key, member)
            if score is None or position is None:
                return None
            return Ranked(member, int(score), await _count_better(redis, key, int(score)), int(position))

        return await self._store.call(read)

    async def is_whole(self, key: str) -> bool:
        """Return whether the set was filled and never emptied since."""
        return bool(await self._store.call(lambda redis: redis.exists(_marker(key))))

    async def distrust(self, keys: Sequence[str]) -> None:
        """Take the marks away: each set is to be filled anew before it is read."""
        await self._store.call(lambda redis: redis.delete(*(_marker(key) for key in keys)))

    async def replace(self, key: str, scores: Mapping[str, int], *, ttl_s: int | None) -> None:
        """Put a whole new set in place at once, and mark it whole."""

        async def write(redis: Redis) -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.delete(key)
                if scores:
                    pipe.zadd(key, dict(scores))
                pipe.set(_marker(key), "1")
                if ttl_s is not None:
                    pipe.expire(key, ttl_s)
                    pipe.expire(_marker(key), ttl_s)
                await pipe.execute()

        await self._store.call(write)


def _ranked(rows: Sequence[tuple[str, float]], offset: int, better: int) -> list[Ranked]:
    """Rank rows from `offset` on; `better` members score higher than the first of them."""
    ranked: list[Ranked] = []
    for position, (member, score) in enumerate(rows, start=offset):
        if ranked and int(score) != ranked[-1].score:
            better = position  # everybody before scores higher
        ranked.append(Ranked(str(member), int(score), better, position))
    return ranked


async def _count_better(redis: Redis, key: str, score: int) -> int:
    return int(await redis.zcount(key, f"({score}", "+inf"))


def _marker(key: str) -> str:
    return f"{key}:whole"


async def _run_around(redis: Redis, key: str, member: str, span: int) -> list[Any] | None:
    client: Any = redis  # its types speak of the synchronous client
    arguments = (2, key, _marker(key), member, str(span))
    try:
        found: list[Any] | None = await client.evalsha(_AROUND_SHA, *arguments)
    except NoScriptError:  # the first time, or since Redis was restarted
        found = await client.eval(_AROUND, *arguments)
    return found
