"""Redis pub/sub: messages between processes where the site has a Redis."""

from collections.abc import Callable
from contextlib import aclosing

from nexus_server.store.redis import RedisStore, RedisUnavailableError

CHANNEL = "nexus:events"
#: seconds for which one read waits
READ_S = 30.0


class RedisChannel:
    """Carries texts to every process on the same Redis."""

    name = "events-redis"
    max_bytes = 1_000_000

    def __init__(self, store: RedisStore) -> None:
        """Send and listen through `store`."""
        self._store = store

    async def send(self, text: str) -> None:
        """Send to whoever listens.

        Raises:
            RedisUnavailableError: Redis does not answer.
        """
        await self._store.call(lambda redis: redis.publish(CHANNEL, text))

    async def listen(self, hear: Callable[[str], None], *, on_ready: Callable[[], None]) -> None:
        """Give everything that is sent to `hear` until cancelled.

        Raises:
            RedisUnavailableError: the connection broke.
        """
        from redis.exceptions import RedisError  # noqa: PLC0415  the store's maker has it imported

        try:
            await self._listen(hear, on_ready)
        except (RedisError, OSError) as exc:
            raise RedisUnavailableError(f"Messages are not heard: {exc}") from exc

    async def _listen(self, hear: Callable[[str], None], on_ready: Callable[[], None]) -> None:
        async with aclosing(self._store.subscriber()) as subscriber:
            await subscriber.subscribe(CHANNEL)
            while True:
                message = await subscriber.get_message(timeout=READ_S)
                if message is None:
                    await subscriber.ping()
                elif message["type"] == "subscribe":
                    on_ready()
                elif message["type"] == "message":
                    hear(message["data"])
