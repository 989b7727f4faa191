"""Ranked scores in Redis: sorted sets with a marker beside each that says that the set is whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from nexus_server.store.redis import RedisStore


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member, its score, how many members score higher, and its position in the list (from 0)."""

    member: str
    score: int
    better: int
    position: int


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
            better = {int(score): await _count_better(redis, key, int(score)) for score in {row[1] for row in rows}}
            return [
                Ranked(str(member), int(score), better[int(score)], offset + index)
                for index, (member, score) in enumerate(rows)
            ]

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


async def _count_better(redis: Redis, key: str, score: int) -> int:
    return int(await redis.zcount(key, f"({score}", "+inf"))


def _marker(key: str) -> str:
    return f"{key}:whole"
