"""Redis as the second witness of a server's lease: each server keeps a mark there that ends with its lease.

A mark that is missing means that its server is gone, unless Redis itself lost it. A Redis that was restarted, or one
that took its place, has another run id. So this is asked along with the marks, and a Redis is believed when it has been
the same for as long as a lease lasts: whoever lives has left it a mark by then.
"""

from collections.abc import Callable, Collection
from time import monotonic
from typing import Any
from uuid import UUID

from nexus_server.store.redis import RedisStore

PREFIX = "nexus:server:"


class RedisWitness:
    """The marks of a site, as one of its servers leaves and reads them."""

    def __init__(self, store: RedisStore, lease_s: float, now: Callable[[], float] = monotonic) -> None:
        """Leave marks that end after `lease_s` seconds."""
        self._store = store
        self._lease_s = lease_s
        self._now = now
        #: which Redis answers, and since when it is known
        self._known = ("", 0.0)

    async def sign(self, server_id: UUID) -> None:
        """Leave the mark of a server that lives.

        Raises:
            RedisUnavailableError: Redis does not answer; the mark may be left all the same.
        """
        await self._store.call(lambda redis: redis.set(_key(server_id), "1", px=round(self._lease_s * 1000)))

    async def gone(self, server_ids: Collection[UUID]) -> set[UUID]:
        """Return those that surely have had no mark for as long as their lease lasts; nobody, where that is not sure.

        Raises:
            RedisUnavailableError: Redis does not answer.
        """
        if not server_ids:
            return set()
        asked_at, ids = self._now(), list(server_ids)

        async def ask(redis: Any) -> list[Any]:
            pipeline = redis.pipeline(transaction=False)  # by one connection, so all are answers of one process
            found: list[Any] = await pipeline.info("server").mget([_key(each) for each in ids]).execute()
            return found

        server, marks = await self._store.call(ask)
        if server["run_id"] != self._known[0]:
            self._known = (server["run_id"], self._now())
        if asked_at - self._known[1] < self._lease_s:
            return set()
        return {each for each, mark in zip(ids, marks, strict=True) if mark is None}

    async def watch(self) -> None:
        """Learn which Redis answers, so that it is believed in time.

        Raises:
            RedisUnavailableError: Redis does not answer.
        """
        await self.gone([UUID(int=0)])


def _key(server_id: UUID) -> str:
    return f"{PREFIX}{server_id}"
