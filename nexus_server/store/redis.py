"""Redis, which speeds things up and never holds the only copy of anything: every caller has another way without it.

Its client is imported by who opens one: most sites have none, and start sooner.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from nexus_server.errors import InvalidError, UnavailableError

if TYPE_CHECKING:
    from limits.aio.storage import RedisStorage
    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub

log = structlog.get_logger()

T = TypeVar("T")

CONNECT_TIMEOUT_S = 0.5
COMMAND_TIMEOUT_S = 1.0
#: seconds for which Redis is left alone after it failed, so that not every request waits for a time-out
PAUSE_S = 1.0
MAX_CONNECTIONS = 50


class RedisUnavailableError(UnavailableError):
    """Redis does not answer right now."""

    code = "redis_unavailable"


class BadRedisUrlError(InvalidError):
    """NEXUS_REDIS_URL must be redis://HOST:PORT/NUMBER, rediss://… or unix://…."""

    code = "bad_redis_url"


class RedisStore:
    """A client that fails fast and says once that Redis is gone, and once that it is back.

    `call` gives commands: ``await store.call(lambda redis: redis.zadd(key, {member: score}))``.
    """

    def __init__(self, url: str) -> None:
        """Prepare the connections; none is opened before the first command."""
        from redis.asyncio import ConnectionPool, Redis  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415

        self._failures = (RedisError, OSError)
        self._pool: ConnectionPool = ConnectionPool.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=COMMAND_TIMEOUT_S,
            max_connections=MAX_CONNECTIONS,
        )
        self._redis = Redis(connection_pool=self._pool)
        self._is_down = False
        self._paused_until = 0.0

    @property
    def is_down(self) -> bool:
        """Whether the last command failed."""
        return self._is_down

    async def call(self, command: "Callable[[Redis], Awaitable[T]]") -> T:
        """Run a command and return its result.

        Raises:
            RedisUnavailableError: Redis does not answer, or did not a moment ago.
        """
        if time.monotonic() < self._paused_until:
            raise RedisUnavailableError
        try:
            result = await command(self._redis)
        except self._failures as exc:
            self._went_down(exc)
            raise RedisUnavailableError from exc
        if self._is_down:
            self._is_down = False
            log.warning("redis_answers_again")
        return result

    async def count_keys(self, keys: Sequence[str]) -> int:
        """Return how many of `keys` exist.

        Raises:
            RedisUnavailableError: Redis does not answer.
        """
        return int(await self.call(lambda redis: redis.exists(*keys)))

    async def ping(self) -> None:
        """Read something, successfully.

        Raises:
            RedisUnavailableError: Redis cannot even do that.
        """
        await self.call(lambda redis: redis.exists("nexus:ping"))

    def subscriber(self) -> "PubSub":
        """Return a connection of its own to listen on; the caller closes it."""
        return self._redis.pubsub()

    def rate_limit_storage(self) -> "RedisStorage":
        """Return a storage for the `limits` library on these connections; use it inside `call`."""
        from limits.aio.storage import RedisStorage  # noqa: PLC0415

        options: dict[str, Any] = {"connection_pool": self._pool}
        return RedisStorage("async+redis://", implementation="redispy", **options)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()
        await self._pool.disconnect()

    def _went_down(self, cause: Exception) -> None:
        self._paused_until = time.monotonic() + PAUSE_S
        if not self._is_down:
            self._is_down = True
            log.warning("redis_does_not_answer", cause=str(cause), effect="working without it")


def open_redis(url: str) -> RedisStore | None:
    """Return a store for `url`, or None when the site has no Redis (an empty URL).

    Raises:
        BadRedisUrlError: it is no URL of a Redis.
    """
    try:
        return RedisStore(url) if url else None
    except ValueError:
        raise BadRedisUrlError from None  # the text of the cause may hold the password
