"""This server's custody of the workspaces of learners who are at home here. A `Custody` of the kernels."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from nexus_server.servers.errors import LeaseLostError, NotHomeError
from nexus_server.servers.homes import Homes
from nexus_server.servers.workspaces.errors import FilesLeftError, StaleFenceError
from nexus_server.servers.workspaces.store import WorkspaceStore

log = structlog.get_logger()

#: workspaces that are let go at the same time
LET_GO_AT_ONCE = 8


class HomeCustody:
    """Takes each workspace under the number of its home, and lets nobody save under another one."""

    def __init__(self, homes: Homes, store: WorkspaceStore) -> None:
        """Take from `store` what `homes` says is this server's."""
        self._homes = homes
        self._store = store
        #: under which number each workspace was taken
        self._taken: dict[UUID, int] = {}
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def admit(self, owner: UUID) -> None:
        """Let the learner's home alone open their files.

        Raises:
            NotHomeError: they are at home elsewhere.
            NoServerError, LeaseLostError: that cannot be said now.
        """
        await self._homes.require_here(owner)

    async def receive(self, owner: UUID, files: Path) -> None:
        """Take the workspace, unless it was taken under the present number.

        Raises:
            NotHomeError, LeaseLostError: it is not this server's to take.
            UnavailableError: the store cannot give it now.
        """
        if self._taken.get(owner) == self._number_of(owner):
            return
        async with self._turn_of(owner):
            number = self._number_of(owner)
            if self._taken.get(owner) == number:
                return
            try:
                await self._store.take(owner, number, files)
            except StaleFenceError as stale:
                number = await self._homes.overtake(owner, stale.newest)
                await self._store.take(owner, number, files)
            self._taken[owner] = number

    @contextmanager
    def writing(self, owner: UUID) -> Iterator[None]:
        """Save under the number of the learner's home.

        Raises:
            LeaseLostError: this server lost touch with its site.
            NotHomeError: another server has the files by now.
        """
        number = self._number_of(owner)
        if self._taken.get(owner) != number:
            raise NotHomeError
        try:
            with self._store.writing(owner, number):
                yield
        except StaleFenceError:
            log.warning("stale_save_refused", user_id=str(owner), fence=number)
            self._taken.pop(owner, None)
            self._homes.release(owner)
            raise NotHomeError from None

    async def let_go(self, owner: UUID) -> None:
        """Save nothing more of a learner who moves, and hand on all that was saved.

        Raises:
            UnavailableError: not all of it could be handed on; the learner is to stay.
        """
        async with self._turn_of(owner):
            number = self._taken.pop(owner, None)
            if number is None:
                return
            try:
                await self._store.let_go(owner)
            except BaseException:  # cancelled, too: it is still this server's
                self._taken[owner] = number
                raise

    async def let_all_go(self, within_s: float) -> None:
        """Do so for everybody, as far as `within_s` seconds go.

        Raises:
            UnavailableError: some could not be handed on; this is to be called again.
        """
        try:
            async with asyncio.timeout(within_s):
                await self._let_all_go()
        except TimeoutError:
            raise FilesLeftError from None

    async def _let_all_go(self) -> None:
        turns = asyncio.Semaphore(LET_GO_AT_ONCE)

        async def let_one_go(owner: UUID) -> None:
            async with turns:
                await self.let_go(owner)

        done = await asyncio.gather(*(let_one_go(owner) for owner in list(self._taken)), return_exceptions=True)
        for failed in (each for each in done if isinstance(each, BaseException)):
            raise failed

    async def erase(self, owner: UUID) -> None:
        """Forget files that are kept elsewhere."""
        self._taken.pop(owner, None)
        await self._store.erase(owner)

    def _number_of(self, owner: UUID) -> int:
        number = self._homes.fence_of(owner)
        if number is None:
            raise LeaseLostError
        return number

    def _turn_of(self, owner: UUID) -> asyncio.Lock:
        """Return what makes those who take one workspace take turns; it is forgotten when nobody waits."""
        turn = self._turns.get(owner)
        if turn is None:
            turn = self._turns[owner] = asyncio.Lock()
        return turn
