"""Learners' files that an object store carries between servers: moto's S3 server, and what can go wrong with it."""

import asyncio
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import obstore
import pytest
from obstore.store import S3Store
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from nexus_server.files.errors import StorageFullError
from nexus_server.health.site_checks import look_at_store
from nexus_server.kernels.limits import MIB
from nexus_server.kernels.storage.mounts import mount_tmpfs, unmount
from nexus_server.kernels.storage.workspaces import WorkspaceUnavailableError
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.build import KEY_ID, SECRET, open_bucket
from nexus_server.servers.workspaces.errors import (
    StaleFenceError,
    StoredFileDamagedError,
    StoreUnavailableError,
    StoreUnfitError,
)
from nexus_server.servers.workspaces.settings import ObjectStoreSettings
from nexus_server.servers.workspaces.uploads import WorkspaceUploads
from tests.plugins.carried_files import CarryingServer
from tests.plugins.object_stores import make_bucket, running_object_store

NAME = "school"

OpenBucket = Callable[..., Bucket]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_object_store() as address:
        yield address


@pytest.fixture
def bucket_at(monkeypatch: pytest.MonkeyPatch) -> OpenBucket:
    """Open a bucket as the settings of a site do."""
    monkeypatch.setenv(KEY_ID, "key")
    monkeypatch.setenv(SECRET, "secret")

    def opened(endpoint: str, **differs: object) -> Bucket:
        return open_bucket(ObjectStoreSettings(bucket=NAME, endpoint=endpoint, **differs))

    return opened


@pytest.fixture
def s3(endpoint: str) -> Iterator[S3Store]:
    """What an administrator has, with an empty bucket."""
    store = make_bucket(endpoint, NAME)
    yield store
    obstore.delete(store, keys_of(store))
    httpx.delete(f"{endpoint}/{NAME}").raise_for_status()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte."""
    made = tmp_path / "small"
    made.mkdir()
    mount_tmpfs(made, "size=512k,mode=700")
    yield made
    unmount(made)


def keys_of(s3: S3Store) -> list[str]:
    return [meta["path"] for meta in obstore.list(s3).collect()]


@pytest.fixture
def bucket(bucket_at: OpenBucket, endpoint: str, s3: S3Store) -> Bucket:
    return bucket_at(endpoint)


@pytest.fixture
def ada() -> UUID:
    return uuid4()


async def test_files_follow_a_learner_and_come_back(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    await one.take(ada, 1)
    (one.files(ada) / "lab" / "empty").mkdir(parents=True)
    one.save(ada, 1, "lab/work.ipynb", b"{}")
    one.save(ada, 1, "old.txt", b"old")
    (one.disk / "learners" / str(ada) / "trusted").write_bytes(b"kept by the server")
    await one.workspaces.let_go(ada)
    with pytest.raises(StaleFenceError):
        one.save(ada, 1, "late.txt", b"late")
    await two.take(ada, 2)
    assert two.contents(ada) == {"lab/work.ipynb": b"{}", "old.txt": b"old"}
    assert (two.files(ada) / "lab" / "empty").is_dir()
    assert (two.disk / "learners" / str(ada) / "trusted").read_bytes() == b"kept by the server"
    modified = [(server.files(ada) / "old.txt").stat().st_mtime for server in (one, two)]
    assert modified[0] == pytest.approx(modified[1], abs=1e-5), "a page that is open is not told that it changed"
    (two.files(ada) / "old.txt").unlink()
    two.save(ada, 2, "lab/work.ipynb", b"{1}")
    await two.workspaces.let_go(ada)
    await one.take(ada, 3)
    assert one.contents(ada) == two.contents(ada) == {"lab/work.ipynb": b"{1}"}
    assert one.told == two.told == [], "nothing was lost"


async def test_what_did_not_change_costs_nothing(bucket: Bucket, ada: UUID, tmp_path: Path, s3: S3Store) -> None:
    one = CarryingServer(tmp_path, bucket)
    await one.take(ada, 1)
    one.save(ada, 1, "work.txt", b"1")
    await one.workspaces.upload(ada)
    before = keys_of(s3)
    await one.workspaces.upload(ada)
    assert keys_of(s3) == before
    one.save(ada, 1, "work.txt", b"2")
    await one.workspaces.upload(ada)
    assert len(keys_of(s3)) == len(before), "what no manifest names is deleted"
    assert keys_of(s3) != before


async def test_a_server_that_was_lost_uploads_no_more_and_the_learner_hears_of_it(
    bucket: Bucket, ada: UUID, tmp_path: Path
) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    await one.take(ada, 1)
    one.save(ada, 1, "work.txt", b"stored")
    await one.workspaces.upload(ada)
    one.save(ada, 1, "work.txt", b"of the last seconds")
    await two.take(ada, 2)
    assert two.contents(ada) == {"work.txt": b"stored"}
    ((told, stored_at),) = two.told
    assert told == ada
    with pytest.raises(StaleFenceError) as refused:
        await one.workspaces.upload(ada)
    assert refused.value.newest == 2
    with pytest.raises(StaleFenceError):
        one.save(ada, 1, "work.txt", b"late")
    with pytest.raises(StaleFenceError):
        await one.take(ada, 1)
    await two.workspaces.let_go(ada)
    three = CarryingServer(tmp_path / "3", bucket)
    await three.take(ada, 3)
    assert three.contents(ada) == {"work.txt": b"stored"}
    assert stored_at.tzinfo is not None


async def test_two_servers_that_take_at_once(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    servers = [CarryingServer(tmp_path / str(number), bucket) for number in range(4)]
    await asyncio.gather(*(each.take(ada, number) for number, each in enumerate(servers, 1)), return_exceptions=True)
    writers = 0
    for number, each in enumerate(servers, 1):
        try:
            each.save(ada, number, "work.txt", b"")
            await each.workspaces.upload(ada)
        except StaleFenceError:
            continue
        writers += 1
    assert writers == 1


async def test_what_a_disk_had_before_the_store_is_kept(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    (one.files(ada) / "work.txt").write_bytes(b"of one")
    (two.files(ada) / "work.txt").write_bytes(b"of two")
    await one.take(ada, 1)
    await one.workspaces.let_go(ada)
    await two.take(ada, 2)
    found = two.contents(ada)
    assert found.pop("work.txt") == b"of one"
    ((name, data),) = found.items()
    assert re.fullmatch(r"set-aside-[\d-]{17}/work.txt", name)
    assert data == b"of two"
    await two.workspaces.let_go(ada)
    await one.take(ada, 3)
    assert set(one.contents(ada)) == {"work.txt", name}


async def test_links_and_pipes_lead_nowhere(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"secret")
    await one.take(ada, 1)
    (one.files(ada) / "link.txt").symlink_to(secret)
    one.save(ada, 1, "work.txt", b"work")
    one.save(ada, 1, "lab.txt", b"lab")
    await one.workspaces.let_go(ada)
    (two.files(ada) / "work.txt").symlink_to(secret)
    await two.take(ada, 2)
    assert two.contents(ada) == {"lab.txt": b"lab", "work.txt": b"work"}
    assert secret.read_bytes() == b"secret"


async def test_a_store_that_lies(bucket: Bucket, ada: UUID, tmp_path: Path, s3: S3Store) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    await one.take(ada, 1)
    one.save(ada, 1, "work.txt", b"work")
    await one.workspaces.let_go(ada)
    (key,) = (key for key in keys_of(s3) if not key.endswith("manifest.json"))
    obstore.put(s3, key, b"lies")
    with pytest.raises(StoredFileDamagedError) as damaged:
        await two.take(ada, 2)
    assert damaged.value.details == {"file": "work/work.txt"}
    obstore.put(s3, key, b"work")
    await two.take(ada, 2)
    assert two.contents(ada) == {"work.txt": b"work"}
    await two.workspaces.let_go(ada)
    (manifest,) = (key for key in keys_of(s3) if key.endswith("manifest.json"))
    obstore.put(s3, manifest, b"{}{")
    with pytest.raises(StoredFileDamagedError):
        await one.take(ada, 3)


async def test_the_doctor_looks_at_the_store(bucket_at: OpenBucket, endpoint: str, s3: S3Store) -> None:
    bucket_at(endpoint)  # its keys
    there, gone = (ObjectStoreSettings(bucket=name, endpoint=endpoint) for name in (NAME, "nothing"))
    assert (await look_at_store(there, has_keys=True)).status == "ok"
    assert keys_of(s3) == [], "it left nothing"
    assert (await look_at_store(gone, has_keys=True)).status == "failure"
    assert (await look_at_store(there, has_keys=False)).status == "warning"


async def test_a_store_that_is_slow(bucket_at: OpenBucket, ada: UUID, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = bucket_at(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.2)
        with pytest.raises(StoreUnavailableError, match=r"longer than|does not answer"):
            await CarryingServer(tmp_path, slow).take(ada, 1)


async def test_a_store_without_conditions_is_not_used(bucket_at: OpenBucket, ada: UUID, tmp_path: Path) -> None:
    class Careless(RequestHandler):
        def put(self) -> None:
            self.set_header("ETag", '"same"')

        def post(self) -> None:
            self.finish("<DeleteResult></DeleteResult>")

        def delete(self) -> None:
            self.set_status(204)

    server = HTTPServer(Application([(".*", Careless)]))
    (listening,) = bind_sockets(0, "127.0.0.1")
    server.add_socket(listening)
    careless = bucket_at(f"http://127.0.0.1:{listening.getsockname()[1]}")
    with pytest.raises(StoreUnfitError, match="If-Match"):
        await CarryingServer(tmp_path, careless).take(ada, 1)
    server.stop()
    await server.close_all_connections()


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted by root")
async def test_a_disk_that_is_full(bucket: Bucket, ada: UUID, tmp_path: Path, small_disk: Path) -> None:
    one, two = CarryingServer(tmp_path, bucket), CarryingServer(small_disk, bucket)
    await two.take(ada, 1)
    await two.workspaces.let_go(ada)
    await one.take(ada, 2)
    one.save(ada, 2, "work.bin", b"x" * (MIB - 1000))
    await one.workspaces.let_go(ada)
    with pytest.raises(StorageFullError):
        await two.take(ada, 3)
    await one.take(ada, 4)
    assert len(one.contents(ada)["work.bin"]) == MIB - 1000


async def test_uploads_go_on_beside_one_that_fails(bucket: Bucket, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    learners = [uuid4() for _ in range(3)]
    for each in learners:
        await one.take(each, 1)
        one.save(each, 1, "work.txt", b"work")
    await two.take(learners[0], 2)
    await WorkspaceUploads(one.workspaces, every_s=60, patience_s=60).upload_all()
    assert sorted(one.workspaces.owners) == sorted(learners[1:])
    for each in learners[1:]:
        await two.take(each, 2)
        assert two.contents(each) == {"work.txt": b"work"}


async def test_a_learner_who_is_gone_leaves_nothing(bucket: Bucket, ada: UUID, tmp_path: Path, s3: S3Store) -> None:
    one = CarryingServer(tmp_path, bucket)
    await one.take(ada, 1)
    one.save(ada, 1, "work.txt", b"work")
    await one.workspaces.upload(ada)
    await one.workspaces.erase(ada)
    assert keys_of(s3) == []
    await one.workspaces.upload(ada)
    assert keys_of(s3) == []


async def test_a_place_where_a_mount_was_is_no_empty_workspace(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    looks = iter([True, True, True, False])  # it is unmounted while the files are looked at
    one.is_there = lambda: next(looks, False)
    await one.take(ada, 1)
    one.save(ada, 1, "work.txt", b"work")
    await one.workspaces.upload(ada)
    (one.files(ada) / "work.txt").unlink()
    for _ in range(2):
        with pytest.raises(WorkspaceUnavailableError):
            await one.workspaces.upload(ada)
    shutil.rmtree(one.files(ada))
    one.is_there = lambda: True
    await two.take(ada, 2)
    assert two.contents(ada) == {"work.txt": b"work"}
    shutil.rmtree(two.files(ada))
    with pytest.raises(WorkspaceUnavailableError):
        await two.workspaces.upload(ada)


async def test_a_folder_that_became_a_link_is_where_it_is(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    await one.take(ada, 1)
    folder = one.files(ada) / "lab"
    folder.mkdir()
    one.save(ada, 1, "lab/work.txt", b"work")
    await one.workspaces.upload(ada)
    folder.rename(one.files(ada) / ".lab")
    folder.symlink_to(".lab")  # a name that is not followed
    (one.files(ada) / "other.txt").touch()
    await one.workspaces.let_go(ada)
    await two.take(ada, 2)
    assert set(two.contents(ada)) == {".lab/work.txt", "other.txt"}


async def test_who_rewrites_large_files_is_stored_less_often(bucket: Bucket, ada: UUID, tmp_path: Path) -> None:
    one, two = CarryingServer(tmp_path / "1", bucket), CarryingServer(tmp_path / "2", bucket)
    uploads = WorkspaceUploads(one.workspaces, every_s=60, patience_s=60)
    one.now = lambda: 0.0
    await one.take(ada, 1)
    one.save(ada, 1, "large.bin", b"1" * (MIB // 2))
    await uploads.upload_all()
    one.save(ada, 1, "large.bin", b"2" * (MIB // 2))
    one.now = lambda: 0.2
    await uploads.upload_all()
    await two.take(ada, 2)
    assert two.contents(ada)["large.bin"][:1] == b"1", "the learner rests"
    one.now = lambda: 0.3
    await two.workspaces.let_go(ada)
    await one.take(ada, 3)
    one.save(ada, 3, "large.bin", b"3" * (MIB // 2))
    await uploads.upload_all()
    one.save(ada, 3, "large.bin", b"4" * (MIB // 2))
    await uploads.upload_all(is_last=True)
    await two.take(ada, 4)
    assert two.contents(ada)["large.bin"][:1] == b"4"
