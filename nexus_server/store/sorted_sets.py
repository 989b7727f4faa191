"""Ranked scores in Redis: sorted sets with a marker beside each that says that the set is whole.

A set is filled from elsewhere while others go on writing to it: between `begin_filling` and `end_filling` each write is
kept beside the set, too, and wins over what the filler read. Whoever empties Redis meanwhile takes the filler's token
away, and nothing is put in place.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from nexus_server.store.redis import RedisStore

if TYPE_CHECKING:
    from redis.asyncio import Redis


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
#: one round trip instead of four: score, position, how many score higher; an empty list: not there; nil: not whole
_FIND = """
if redis.call('EXISTS', KEYS[2]) == 0 then return false end
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score then return {} end
return {score, redis.call('ZREVRANK', KEYS[1], ARGV[1]), redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf')}
"""
#: keys: set, filling, written; arguments: member, score (empty: take it off)
_PUT = """
if ARGV[2] == '' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HSET', KEYS[3], ARGV[1], ARGV[2]) end
"""
#: keys: set, filling, written, marker, the new set; arguments: the filler's token, seconds to live (0: for ever)
_END = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then redis.call('DEL', KEYS[5]) return 0 end
if redis.call('EXISTS', KEYS[5]) == 1 then redis.call('RENAME', KEYS[5], KEYS[1]) redis.call('PERSIST', KEYS[1])
else redis.call('DEL', KEYS[1]) end
local written = redis.call('HGETALL', KEYS[3])
for i = 1, #written, 2 do
  if written[i + 1] == '' then redis.call('ZREM', KEYS[1], written[i])
  else redis.call('ZADD', KEYS[1], written[i + 1], written[i]) end
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], '1')
if tonumber(ARGV[2]) > 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) redis.call('EXPIRE', KEYS[4], ARGV[2]) end
return 1
"""
#: seconds that a filler has
FILLING_S = 120
#: members that are written at once
CHUNK = 1000


class SetNotFilledError(LookupError):
    """A set was never filled, or Redis was emptied since."""


class SortedSets:
    """Sorted sets by key; equal scores are listed by member, descending.

    Every method raises `RedisUnavailableError` when Redis is away.
    """

    def __init__(self, store: RedisStore) -> None:
        """Keep the sets in `store`."""
        self._store = store

    async def put(self, key: str, member: str, score: int) -> None:
        """Set an absolute score."""
        await self._store.call(lambda redis: _run(redis, _PUT, _names(key), [member, score]))

    async def remove(self, key: str, member: str) -> None:
        """Take a member off."""
        await self._store.call(lambda redis: _run(redis, _PUT, _names(key), [member, ""]))

    async def size(self, key: str) -> int:
        """Return how many members there are."""
        return int(await self._store.call(lambda redis: redis.zcard(key)))

    async def page(self, key: str, *, limit: int, offset: int) -> Sequence[Ranked]:
        """Return members from the top."""

        async def read(redis: "Redis") -> Sequence[Ranked]:
            rows = await redis.zrevrange(key, offset, offset + limit - 1, withscores=True)
            better = await _count_better(redis, key, int(rows[0][1])) if rows and offset else 0
            return _ranked(rows, offset, better)

        return await self._store.call(read)

    async def around(self, key: str, member: str, *, span: int) -> Window | None:
        """Return the members within `span` of one (from the top, where it is not there); None: the set is not whole."""

        async def read(redis: "Redis") -> Window | None:
            found = await _run(redis, _AROUND, [key, _marker(key)], [member, span])
            if found is None:
                return None
            total, offset, better, flat = found
            rows = list(zip(flat[::2], map(float, flat[1::2]), strict=True))
            ranked = _ranked(rows, int(offset), int(better))
            return Window(ranked, int(total), next((row for row in ranked if row.member == member), None))

        return await self._store.call(read)

    async def find(self, key: str, member: str) -> Ranked | None:
        """Return where a member stands, or None.

        Raises:
            SetNotFilledError: the set is to be filled first.
        """

        async def read(redis: "Redis") -> Ranked | None:
            found = await _run(redis, _FIND, [key, _marker(key)], [member])
            if found is None:
                raise SetNotFilledError
            if not found:
                return None
            score, position, better = found
            return Ranked(member, int(float(score)), int(better), int(position))

        return await self._store.call(read)

    async def is_whole(self, key: str) -> bool:
        """Return whether the set was filled and never emptied since."""
        return bool(await self._store.call(lambda redis: redis.exists(_marker(key))))

    async def distrust(self, keys: Sequence[str]) -> None:
        """Take the marks away: each set is to be filled anew before it is read."""
        await self._store.call(lambda redis: redis.delete(*(_marker(key) for key in keys)))

    async def begin_filling(self, key: str) -> str:
        """Keep what is written from now on, until the token that this returns is given to `end_filling`."""
        token = secrets.token_hex(8)

        async def write(redis: "Redis") -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.delete(_written(key))
                pipe.set(_filling(key), token, ex=FILLING_S)
                await pipe.execute()

        await self._store.call(write)
        return token

    async def end_filling(self, key: str, token: str, scores: Mapping[str, int], *, ttl_s: int | None) -> bool:
        """Put a whole new set in place at once, and mark it whole.

        False: somebody else began to fill it, or Redis was emptied; nothing was put in place.
        """
        made = f"{key}:filled:{token}"

        async def write(redis: "Redis") -> bool:
            rows = list(scores.items())
            for start in range(0, len(rows), CHUNK):
                await redis.zadd(made, dict(rows[start : start + CHUNK]))
                await redis.expire(made, FILLING_S)
            return bool(await _run(redis, _END, [*_names(key), _marker(key), made], [token, ttl_s or 0]))

        return await self._store.call(write)


def _ranked(rows: Sequence[tuple[str, float]], offset: int, better: int) -> list[Ranked]:
    """Rank rows from `offset` on; `better` members score higher than the first of them."""
    ranked: list[Ranked] = []
    for position, (member, score) in enumerate(rows, start=offset):
        if ranked and int(score) != ranked[-1].score:
            better = position  # everybody before scores higher
        ranked.append(Ranked(str(member), int(score), better, position))
    return ranked


async def _count_better(redis: "Redis", key: str, score: int) -> int:
    return int(await redis.zcount(key, f"({score}", "+inf"))


def _marker(key: str) -> str:
    return f"{key}:whole"


def _filling(key: str) -> str:
    return f"{key}:filling"


def _written(key: str) -> str:
    return f"{key}:written"


def _names(key: str) -> list[str]:
    return [key, _filling(key), _written(key)]


async def _run(redis: "Redis", script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
    """Run a script by its digest; its text is sent the first time, and after Redis was restarted."""
    from redis.exceptions import NoScriptError  # noqa: PLC0415  the store's maker has it imported

    client: Any = redis  # its types speak of the synchronous client
    digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
    try:
        return await client.evalsha(digest, len(keys), *keys, *arguments)
    except NoScriptError:
        return await client.eval(script, len(keys), *keys, *arguments)
