"""How often somebody may do something: moving windows, in Redis when it is there, else in this process."""

import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from traitlets import Dict, Unicode, default

from nexus_server.errors import RateLimitedError
from nexus_server.phrases import phrase
from nexus_server.settings import FrozenConfigurable
from nexus_server.store.redis import RedisStore, RedisUnavailableError

T = TypeVar("T")

#: what is limited, and per what it is counted
DEFAULTS = {
    "login_failures": "10 per 15 minutes",  # per account, from browsers that never logged in to it
    "login_failures_device": "10 per 15 minutes",  # per account and browser that logged in to it before
    "login_failures_address": "600 per 15 minutes",  # per address: a school's NAT holds 500 learners
    "sign_on": "1500 per 15 minutes",  # per address: single sign-on, both ways
    "register": "600 per hour",  # per address, for the same reason
    "password_reset": "5 per hour",  # per account
    "password_reset_address": "600 per hour",  # per address
    "verify_email": "5 per hour",  # per account
    "change_password": "10 per hour",  # per account, wrong ones
    "profile": "60 per minute",  # per learner: changes, some of which every open tab hears of
    "join_cohort": "20 per hour",  # per learner: join codes are short
    "submissions": "20 per 10 minutes",  # per learner
    "playground": "30 per minute",  # per learner
    "hints": "20 per minute",  # per learner
    "help": "10 per hour",  # per learner: requests to people, of which only a few may wait at once
    "class_messages": "20 per hour",  # per instructor: each reaches a whole class
    "first_hints": "60 per minute",  # per learner: what is explained without a click, and not counted
    "chat": "20 per minute",  # per learner
    "forum_posts": "20 per 10 minutes",  # per learner
    "forum_edits": "60 per 10 minutes",  # per learner
    "export": "10 per hour",  # per learner
    "search": "30 per minute",  # per learner
}


class RateLimitSettings(FrozenConfigurable):
    """Limits by name."""

    limits = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="Limits that differ from the defaults, e.g. {'hints': '5 per minute'}; "
        "the environment's NEXUS_RATE_LIMITS (the same as JSON) wins.",
    ).tag(config=True)

    @default("limits")
    def _default_limits(self) -> Mapping[str, str]:
        limits: Mapping[str, str] = json.loads(os.environ.get("NEXUS_RATE_LIMITS") or "{}")
        return limits


class RateLimits:
    """Counts, and refuses what is too much."""

    def __init__(self, settings: RateLimitSettings, redis: RedisStore | None) -> None:
        """Read the limits.

        Raises:
            ValueError: a limit is unknown or cannot be read.
        """
        self._redis = redis
        self._items = _parse({**DEFAULTS, **settings.limits})
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._storage = redis.rate_limit_storage() if redis else None
        self._shared = MovingWindowRateLimiter(self._storage) if self._storage else None

    async def hit(self, name: str, *per: UUID | str) -> None:
        """Count one more, per learner, address or whatever identifies the caller.

        Raises:
            RateLimitedError: it is one too many; `retry_after_s` says when it is not.
        """
        if not await self._ask(name, per, count=True):
            raise await self._refusal(name, per)

    async def check(self, name: str, *per: UUID | str) -> None:
        """Refuse when one more would be too many, without counting.

        Raises:
            RateLimitedError: it would be.
        """
        if not await self._ask(name, per, count=False):
            raise await self._refusal(name, per)

    async def check_all(self, limits: Sequence[Sequence[str]]) -> None:
        """Like `check` for each of `limits` (the name, then per what it counts), in their order.

        Where nothing was counted yet, which is usual, all of them together are one question to Redis.

        Raises:
            RateLimitedError: one more would be too many.
        """
        if await self._nothing_counted(limits):
            return
        for name, *per in limits:
            await self.check(name, *per)

    async def _nothing_counted(self, limits: Sequence[Sequence[str]]) -> bool:
        if self._storage is None or self._redis is None:
            return False
        keys = [self._storage.bridge.prefixed_key(self._items[name].key_for(name, *per)) for name, *per in limits]
        with suppress(RedisUnavailableError):
            return await self._redis.count_keys(keys) == 0
        return False

    async def clear(self, name: str, *per: UUID | str) -> None:
        """Forget what was counted."""
        await self._count(lambda limiter: limiter.clear(self._items[name], *_keys(name, per)))

    async def _ask(self, name: str, per: tuple[UUID | str, ...], *, count: bool) -> bool:
        item, keys = self._items[name], _keys(name, per)
        return await self._count(lambda limiter: limiter.hit(item, *keys) if count else limiter.test(item, *keys))

    async def _refusal(self, name: str, per: tuple[UUID | str, ...]) -> RateLimitedError:
        item = self._items[name]
        stats = await self._count(lambda limiter: limiter.get_window_stats(item, *_keys(name, per)))
        wait_s = min(max(1.0, stats.reset_time - time.time()), float(item.get_expiry()))
        return RateLimitedError(
            phrase("Too many tries; wait {seconds} seconds.", seconds=round(wait_s)), retry_after_s=wait_s, limit=name
        )

    async def _count(self, work: Callable[[MovingWindowRateLimiter], Awaitable[T]]) -> T:
        shared = self._shared
        if shared is not None and self._redis is not None:
            # Without Redis each process counts for itself until it is back: weaker, but nobody is shut out.
            with suppress(RedisUnavailableError):
                return await self._redis.call(lambda _: work(shared))
        return await work(self._local)


def _keys(name: str, per: tuple[UUID | str, ...]) -> list[str]:
    return [name, *(str(part) for part in per)]


def _parse(limits: Mapping[str, str]) -> dict[str, RateLimitItem]:
    unknown = set(limits) - set(DEFAULTS)
    if unknown:
        raise ValueError(f"There is no rate limit called {', '.join(sorted(unknown))}.")
    return {name: parse(text) for name, text in limits.items()}
