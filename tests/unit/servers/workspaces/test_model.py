"""Random crashes, partitions and hand-overs: never two writers, and no more is lost than is promised."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from obstore.store import MemoryStore

from nexus_server.errors import UnavailableError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.errors import StaleFenceError, StoreUnavailableError
from nexus_server.servers.workspaces.shared_directory import SharedDirectory
from tests.plugins.carried_files import CarryingServer

SERVERS, STEPS = 3, 40
ADA = uuid4()
#: a memory's file system where there is one: what is proven here is no disk's doing
MEMORY = Path("/dev/shm")

servers = st.integers(0, SERVERS - 1)
names = st.sampled_from(["a.txt", "b.txt", "lab/c.txt"])


class Site(RuleBasedStateMachine):
    """The learner's home as the database has it: its number grows whenever it is given to another server."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.runner = asyncio.Runner()
        self.fence = 0
        self.home = 0
        #: under which number each server took the files; it may not know yet that it is nobody's home
        self.taken: dict[int, int] = {}
        self.saves = 0

    def teardown(self) -> None:
        self.runner.close()
        shutil.rmtree(self.root)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def next_data(self) -> bytes:
        self.saves += 1
        return b"x" * self.saves  # the length is new too, so that no clock matters


class SharedSite(Site):
    """Servers that share a directory."""

    @initialize()
    def begin(self) -> None:
        self.stores = [SharedDirectory(self.root / "learners", held_s=0.0) for _ in range(SERVERS)]
        (self.root / "work" / "lab").mkdir(parents=True)
        self.saved: dict[str, bytes] = {}
        self.give(0)

    @rule(server=servers)
    def give(self, server: int) -> None:
        """The home moves, or its server is gone; whoever had it does not hear of it."""
        self.home, self.fence = server, self.fence + 1
        self.run(self.stores[server].take(ADA, self.fence, self.root / "work"))
        self.taken[server] = self.fence

    @rule(server=servers, name=names)
    def save(self, server: int, name: str) -> None:
        """A server that still takes itself for the home saves."""
        number, data = self.taken.get(server, 0), self.next_data()
        files = ConfinedDirectory(
            self.root / "work", max_file_bytes=1000, writing=lambda: self.stores[server].writing(ADA, number)
        )
        try:
            files.write(name, data)
        except StaleFenceError:
            assert number < self.fence
        else:
            assert number == self.fence, "one server writes at a time"
            self.saved[name] = data

    @rule(server=servers, behind=st.integers(1, 3))
    def take_late(self, server: int, behind: int) -> None:
        """A request for the files that was under way when the home moved arrives."""
        number = self.fence - behind
        if number > 0:
            with pytest.raises(StaleFenceError):
                self.run(self.stores[server].take(ADA, number, self.root / "work"))

    @rule(server=servers)
    def crash(self, server: int) -> None:
        self.stores[server] = SharedDirectory(self.root / "learners", held_s=0.0)

    @rule()
    def nothing_is_lost(self) -> None:
        for name, data in self.saved.items():
            assert (self.root / "work" / name).read_bytes() == data


class FaultyBucket(Bucket):
    """A store that servers lose touch with, and whose answers get lost."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store, timeout_s=60)
        self.is_cut = False
        #: whether the next manifest is written, with an answer that gets lost, or not even that; None: all is well
        self.next_is_written: bool | None = None
        #: objects that are found yet before the store is out of reach; None: all
        self.finds_left: int | None = None

    async def find(self, key: str) -> tuple[bytes, str] | None:
        if self.finds_left is not None:
            self.is_cut |= self.finds_left == 0
            self.finds_left -= 1
        self._reach()
        return await super().find(key)

    async def put(self, key: str, data: bytes) -> None:
        self._reach()
        await super().put(key, data)

    async def replace(self, key: str, data: bytes, tag: str | None) -> str:
        self._reach()
        if self.next_is_written is None or key.startswith("probes/"):
            return await super().replace(key, data, tag)
        if self.next_is_written:
            await super().replace(key, data, tag)
        self.is_cut, self.next_is_written = True, None
        raise StoreUnavailableError

    async def list(self, prefix: str) -> list[str]:
        self._reach()
        return await super().list(prefix)

    def _reach(self) -> None:
        if self.is_cut:
            raise StoreUnavailableError


class CarriedSite(Site):
    """Servers with disks of their own and an object store."""

    @initialize()
    def begin(self) -> None:
        store = MemoryStore()
        self.buckets = [FaultyBucket(store) for _ in range(SERVERS)]
        self.servers = [
            CarryingServer(self.root / str(each), bucket, fresh=timedelta(0))
            for each, bucket in enumerate(self.buckets)
        ]
        #: what the home has acknowledged
        self.saved: dict[str, bytes] = {}
        #: what the next home may find: as it was at the last upload, or at one of those after it that were not answered
        self.stored: list[dict[str, bytes]] = [{}]
        #: who had the files last, by the store
        self.last_holder: int | None = None
        #: whether the home was somebody else's meanwhile, who may have reached the store
        self.was_away = False
        self.is_taken = False
        self.give(0)

    @rule(server=servers)
    def give(self, server: int) -> None:
        """The home's server is gone, or cut off; another one is the home."""
        self.home, self.fence, self.is_taken = server, self.fence + 1, False
        self.was_away |= server != self.last_holder
        self.take()

    @rule(server=servers, finds=st.integers(1, 4), is_crash=st.booleans(), goes_on=st.booleans())
    def lose_restore(self, server: int, finds: int, is_crash: bool, goes_on: bool) -> None:  # noqa: FBT001  drawn
        """The next home loses the store, or its power, in the middle of fetching the files."""
        bucket = self.buckets[server]
        bucket.finds_left = finds
        self.give(server)
        bucket.finds_left = None
        if is_crash:
            self.crash(server)
        if goes_on:
            self.mend(server)
            self.take()

    @rule()
    def take(self) -> None:
        """The home needs the files: at first, after a crash of its own, or when the store was away."""
        server = self.servers[self.home]
        try:
            self.run(server.take(ADA, self.fence))
        except StoreUnavailableError:
            self.is_taken = False
            return
        self.taken[self.home] = self.fence
        found = server.contents(ADA)
        if not self.was_away:
            assert found == self.saved, "a server that comes back has all that was saved"
        else:
            assert found in [*self.stored, self.saved], "another server has what was stored last"
            assert self.last_holder == self.home or found in self.stored
            if self.last_holder != self.home or found != self.saved:
                self.saved, self.stored = found, [found]
        self.last_holder, self.is_taken, self.was_away = self.home, True, False

    @precondition(lambda self: self.is_taken)
    @rule(name=names)
    def save(self, name: str) -> None:
        data, server = self.next_data(), self.servers[self.home]
        (server.files(ADA) / "lab").mkdir(exist_ok=True)
        try:
            server.save(ADA, self.fence, name, data)
        except StaleFenceError:
            self.is_taken = False  # its upload met an answer that was lost: it takes the files again
            return
        self.saved = {**self.saved, name: data}

    @precondition(lambda self: self.is_taken)
    @rule(name=names)
    def remove(self, name: str) -> None:
        """A kernel removes a file, without asking anybody."""
        (self.servers[self.home].files(ADA) / name).unlink(missing_ok=True)
        self.saved = {kept: data for kept, data in self.saved.items() if kept != name}

    @rule(server=servers)
    def upload(self, server: int) -> None:
        """A few seconds have passed; perhaps the server does not know that it is nobody's home any more."""
        is_holder = server == self.last_holder and ADA in self.servers[server].workspaces.owners
        try:
            self.run(self.servers[server].workspaces.upload(ADA, is_paced=False))
        except StaleFenceError:
            assert self.was_away or not is_holder, "nobody takes the files from the home"
        except StoreUnavailableError:
            if is_holder:
                self.stored = [*self.stored, self.saved]
        else:
            if is_holder:  # it still is, as long as no other home has reached the store
                self.stored = [self.saved]

    @rule(server=servers, data=st.sampled_from([b"", b"-"]))
    def save_late(self, server: int, data: bytes) -> None:
        """A server that lost the files and does not know it saves on its own disk."""
        number = self.taken.get(server, 0)
        if number < self.fence:
            try:
                self.servers[server].save(ADA, number, "a.txt", data)
            except UnavailableError:
                return
            if server == self.last_holder:
                self.saved = {**self.saved, "a.txt": data}

    @rule(server=servers)
    def hand_on(self, server: int) -> None:
        """The learner moves: the home lets the files go, if it can."""
        before, self_home = self.saved, self.home
        if not self.is_taken:
            return
        try:
            self.run(self.servers[self_home].workspaces.let_go(ADA))
        except StoreUnavailableError:
            self.stored = [*self.stored, before]
            return
        self.stored = [before]
        self.give(server)

    @rule(server=servers)
    def crash(self, server: int) -> None:
        self.servers[server].start()
        if server == self.home:
            self.is_taken = False

    @rule(server=servers)
    def cut(self, server: int) -> None:
        self.buckets[server].is_cut = True

    @rule(server=servers, is_written=st.booleans())
    def lose_next_manifest(self, server: int, is_written: bool) -> None:  # noqa: FBT001  drawn
        self.buckets[server].next_is_written = is_written

    @rule(is_written=st.booleans())
    def upload_without_an_answer(self, is_written: bool) -> None:  # noqa: FBT001  drawn
        """The store is away for the moment in which the home writes its manifest."""
        self.lose_next_manifest(self.home, is_written)
        self.upload(self.home)
        self.mend(self.home)

    @rule(server=servers)
    def mend(self, server: int) -> None:
        self.buckets[server].is_cut, self.buckets[server].next_is_written = False, None


@pytest.mark.parametrize("runs", [30, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize("site", [SharedSite, CarriedSite])
def test_one_writer_and_nothing_lost(site: type[Site], runs: int) -> None:
    run_state_machine_as_test(site, settings=settings(max_examples=runs, stateful_step_count=STEPS))


@pytest.mark.parametrize("is_written", [True, False])
async def test_what_a_lost_manifest_named_is_stored_next_time(tmp_path: Path, *, is_written: bool) -> None:
    store = MemoryStore()
    bucket = FaultyBucket(store)
    one, two = (
        CarryingServer(tmp_path / name, each, fresh=timedelta(0))
        for name, each in (("1", bucket), ("2", FaultyBucket(store)))
    )
    await one.take(ADA, 1)
    for data in (b"1", b"22"):
        one.save(ADA, 1, "a.txt", data)
        bucket.next_is_written = None if data == b"1" else is_written
        if data == b"1":
            await one.workspaces.upload(ADA)
    with pytest.raises(StoreUnavailableError):
        await one.workspaces.upload(ADA)
    bucket.is_cut = False
    for _ in range(2):
        with suppress(StoreUnavailableError):  # the first may find its own manifest
            await one.workspaces.upload(ADA)
    await two.take(ADA, 2)
    assert two.contents(ADA) == {"a.txt": b"22"}
