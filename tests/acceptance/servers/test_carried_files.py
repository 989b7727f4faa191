"""Two servers without a shared directory: files follow their learners by an object store, with a quota on each disk."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import obstore
import pytest
from obstore.store import S3Store

from nexus_server.servers.workspaces.build import KEY_ID, SECRET
from tests.acceptance.servers.conftest import NAMES, Settled, SharedSite, running_site, settings_of, share
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.object_stores import make_bucket, running_object_store
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]

BUCKET = "school"


@dataclass(frozen=True)
class Stored:
    """The bucket of the site."""

    endpoint: str
    bucket: S3Store

    def has(self, learner: Settled, name: str) -> bool:
        """Whether a learner's manifest names a file."""
        try:
            found = obstore.get(self.bucket, f"workspaces/{learner.user_id}/manifest.json").bytes()
        except FileNotFoundError:
            return False
        return f"work/{name}" in json.loads(bytes(found))["files"]


@pytest.fixture(scope="module")
def stored() -> Iterator[Stored]:
    with running_object_store() as endpoint:
        yield Stored(endpoint, make_bucket(endpoint, BUCKET))


@pytest.fixture(scope="module")
def site(
    stored: Stored,
    start_server: StartServer,
    fresh_postgres: Callable[[], str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SharedSite]:
    def settings(name: str) -> dict[str, dict[str, Any]]:
        return {
            **settings_of(name),
            "SandboxSettings": {"workspace_quota": True},
            "ObjectStoreSettings": {"bucket": BUCKET, "endpoint": stored.endpoint, "upload_s": 0.5},
        }

    shared, folders = tmp_path_factory.mktemp("shared"), {name: tmp_path_factory.mktemp(name) for name in NAMES}
    places = {name: share(folder / "data", shared, ("keys",)) for name, folder in folders.items()}
    databases = {"NEXUS_DATABASE_URL": fresh_postgres(), "NEXUS_REDIS_URL": redis_url.removesuffix("/0") + "/4"}
    variables = {**databases, KEY_ID: "key", SECRET: "secret"}
    with running_site(start_server, folders, places, variables, settings) as site:
        yield site


@pytest.fixture
def ada(site: SharedSite) -> Iterator[Settled]:
    with closing(site.servers["one"].learner("ada")) as learner:
        yield site.settle(learner)


def save(learner: Settled, client: httpx.Client, name: str) -> None:
    body = {"type": "file", "format": "text", "content": f"in {name}"}
    client.put(f"/api/contents/{name}", json=body).raise_for_status()


def test_files_of_a_drained_server_and_of_one_that_died(site: SharedSite, ada: Settled, stored: Stored) -> None:
    with closing(ada.client(ada.home)) as client:
        save(ada, client, "saved.txt")
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.home.url, kernel_id, ada.bearer) as talk:
            talk.text_of("open('by-kernel.txt', 'w').write('42')")
        until(lambda: stored.has(ada, "by-kernel.txt"), "a kernel's file is stored")
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
        save(ada, client, "last.txt")
    drained = run_nexus(
        "servers", "drain", ada.name, "--data", str(ada.home.data_dir), environment=site.environment(ada.name)
    )
    assert drained.returncode == 0, drained.stderr
    assert ada.home.process.wait(120) == 0
    with closing(ada.client(ada.other)) as client:
        until(lambda: client.get("/api/contents/").status_code == 200, "the learner is at home elsewhere")
        assert {file["name"] for file in client.get("/api/contents/").json()["content"]} == {
            "saved.txt", "by-kernel.txt", "last.txt"
        }  # fmt: skip
        assert client.get("/files/last.txt").text == "in last.txt"
        assert client.get("/nexus/api/v1/me/notifications").json()["items"] == []
        save(ada, client, "later.txt")
        until(lambda: stored.has(ada, "later.txt"), "a file is stored")
    site.servers[ada.name] = back = site.start(ada.name)
    ada.other.process.kill()
    with closing(ada.client(back)) as client:
        until(lambda: client.get("/api/contents/").status_code == 200, "the learner is at home elsewhere")
        assert client.get("/files/later.txt").text == "in later.txt"
        (told,) = client.get("/nexus/api/v1/me/notifications").json()["items"]
    assert told["type"] == "files.restored"
    (other,) = set(NAMES) - {ada.name}
    site.servers[other] = site.start(other)
