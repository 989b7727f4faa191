"""An object store that speaks S3, as far as workspaces need it. All of `obstore` is here."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from nexus_server.phrases import phrase
from nexus_server.servers.workspaces.errors import (
    ObjectChangedError,
    StoreUnavailableError,
    StoreUnfitError,
)

if TYPE_CHECKING:
    from obstore.store import ObjectStore

log = structlog.get_logger()

PROBE = "probes"


class Bucket:
    """Objects by key. What was written is read by everybody from then on, as S3 and its like promise."""

    def __init__(self, store: "ObjectStore", *, timeout_s: float) -> None:
        """Give each call `timeout_s` seconds."""
        self._store = store
        self._timeout_s = timeout_s
        self._is_proven = False

    async def find(self, key: str) -> tuple[bytes, str] | None:
        """Return an object's bytes and its tag, which changes with them; None: there is none.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        import obstore  # noqa: PLC0415  an optional package
        from obstore.exceptions import NotFoundError  # noqa: PLC0415  as above

        async with self._asking():
            try:
                found = await obstore.get_async(self._store, key)
                data = bytes(await found.bytes_async())
            except (NotFoundError, FileNotFoundError):
                return None
            return data, found.meta["e_tag"] or ""

    async def put(self, key: str, data: bytes) -> None:
        """Write an object, whatever is there.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        import obstore  # noqa: PLC0415  as above

        async with self._asking():
            await obstore.put_async(self._store, key, data, use_multipart=False)

    async def replace(self, key: str, data: bytes, tag: str | None) -> str:
        """Write an object in place of the one with this tag, None: of none; return the new tag.

        Raises:
            ObjectChangedError: another one is there.
            StoreUnavailableError: the store does not answer; the object may be written all the same.
        """
        import obstore  # noqa: PLC0415  as above
        from obstore.exceptions import AlreadyExistsError, NotFoundError, PreconditionError  # noqa: PLC0415  as above

        async with self._asking():
            try:
                done = await obstore.put_async(
                    self._store, key, data, use_multipart=False, mode="create" if tag is None else {"e_tag": tag}
                )
            except (AlreadyExistsError, PreconditionError):
                raise ObjectChangedError from None
            except (NotFoundError, FileNotFoundError):
                if tag is None:  # the bucket itself is missing
                    raise
                raise ObjectChangedError from None
            return done["e_tag"] or ""

    async def list(self, prefix: str) -> list[str]:
        """Return the keys below a prefix.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        import obstore  # noqa: PLC0415  as above

        async with self._asking():
            return [meta["path"] async for chunk in obstore.list(self._store, prefix) for meta in chunk]

    async def delete(self, keys: Collection[str]) -> None:
        """Delete objects, as far as they are there.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        import obstore  # noqa: PLC0415  as above

        if keys:
            async with self._asking():
                await obstore.delete_async(self._store, sorted(keys))

    async def prove(self) -> None:
        """See once that the store refuses what it is to refuse: without that two servers could write one workspace.

        Raises:
            StoreUnfitError: it does not.
            StoreUnavailableError: it does not answer.
        """
        if self._is_proven:
            return
        key = f"{PROBE}/{uuid4()}"
        try:
            first = await self.replace(key, b"1", None)
            await self.replace(key, b"2", first)
            for tag in (None, first):
                try:
                    await self.replace(key, b"3", tag)
                except ObjectChangedError:
                    continue
                raise StoreUnfitError
        finally:
            with suppress(StoreUnavailableError):
                await self.delete([key])
        self._is_proven = True

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        from obstore.exceptions import BaseError  # noqa: PLC0415  as above

        try:
            async with asyncio.timeout(self._timeout_s):
                yield
        except TimeoutError as error:
            raise StoreUnavailableError(
                phrase(
                    "The store of learners' files took longer than {seconds} s. Try again in a moment.",
                    seconds=round(self._timeout_s, 1),
                )
            ) from error
        except (BaseError, OSError) as error:
            log.warning("store_refused", error=str(error).partition("\n")[0])
            raise StoreUnavailableError from error
