"""Two servers of one site, as processes: what one ends is over on the other, for requests and open WebSockets."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import PASSWORD, LiveServer, StartServer, config_dir
from tests.security.people import log_in_admin

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]

PATIENCE_S = 60.0
LOGIN_ENDED, POLICY_VIOLATION = 4401, 1008
#: one route of ours that is answered from memory for a while, one that is not, and one of Jupyter's
ROUTES = ("/nexus/api/v1/me", "/nexus/api/v1/me/sessions", "/api/kernels")


@dataclass
class Pair:
    """Two servers that share a database and signing keys, and the site's administrator on the first."""

    here: LiveServer
    there: LiveServer
    admin: httpx.Client
    #: environment of a further server of the site
    site: dict[str, str]

    def learner(self) -> httpx.Client:
        """Return a learner's client of the first server, whose token opens the other one too."""
        return self.here.learner("ada")


@pytest.fixture(
    scope="module",
    params=[pytest.param("postgres", marks=pytest.mark.long), pytest.param("redis", marks=pytest.mark.redis)],
)
def pair(
    request: pytest.FixtureRequest,
    start_server: StartServer,
    fresh_postgres: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    redis_url = request.getfixturevalue("redis_url").removesuffix("/0") + "/2" if request.param == "redis" else ""
    soon = config_dir(tmp_path_factory.mktemp("config"), {"ServerSettings": {"heartbeat_s": 0.5, "lease_s": 3}})
    site = {"NEXUS_DATABASE_URL": fresh_postgres(), "NEXUS_REDIS_URL": redis_url, "JUPYTER_CONFIG_DIR": soon}
    # Two machines have no files in common, Jupyter's own neither.
    homes = [str(tmp_path_factory.mktemp("runtime")) for _ in range(2)]
    here = start_server(JUPYTER_RUNTIME_DIR=homes[0], **site)
    keys = here.data_dir / "keys"
    shared = {
        "NEXUS_JWT_KEYS": (keys / "jwt.json").read_text(),
        "NEXUS_COOKIE_KEY": (keys / "cookies.key").read_text(),
    }
    there = start_server(JUPYTER_RUNTIME_DIR=homes[1], **shared, **site)
    with closing(log_in_admin(here)) as admin:
        yield Pair(here, there, admin, {**shared, **site})
    for server in (here, there):  # before their database is dropped
        server.process.terminate()
        assert server.process.wait(120) == 0


@dataclass
class Lab:
    """A notebook that a learner has open on one server, with a kernel that knows something."""

    server: LiveServer
    headers: dict[str, str]
    session: dict[str, Any]

    @classmethod
    def open(cls, server: LiveServer, headers: dict[str, str]) -> "Lab":
        body = {"path": "lab.ipynb", "type": "notebook", "name": "lab", "kernel": {"name": "nexus-python"}}
        session = httpx.post(f"{server.url}/api/sessions", json=body, headers=headers, timeout=60).raise_for_status()
        return cls(server, headers, session.json())

    def run(self, code: str) -> str | None:
        with KernelTalk(self.server.url, self.session["kernel"]["id"], self.headers) as kernel:
            return kernel.text_of(code)

    def is_listed_alone(self) -> bool:
        """Whether its server shows this session and no other."""
        found = httpx.get(f"{self.server.url}/api/sessions", headers=self.headers, timeout=60).raise_for_status()
        return [session["id"] for session in found.json()] == [self.session["id"]]


@dataclass
class Tabs:
    """What a learner has open on the other server."""

    server: LiveServer
    headers: dict[str, str]
    events: ClientConnection
    kernel: KernelTalk

    def statuses(self) -> set[int]:
        """Return what requests are answered there."""
        return {httpx.get(self.server.url + path, headers=self.headers, timeout=60).status_code for path in ROUTES}

    def wait_until_closed(self) -> None:
        """Read both sockets to their end, which must be the end of the login."""
        for receive, code in ((self.events_receive, LOGIN_ENDED), (self.kernel.receive, POLICY_VIOLATION)):
            with pytest.raises(ConnectionClosed) as closed:
                deque(iter(receive, None), maxlen=0)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == code

    def events_receive(self) -> str | bytes:
        return self.events.recv(timeout=PATIENCE_S)


@pytest.fixture
def tabs(pair: Pair) -> Iterator[tuple[httpx.Client, Tabs]]:
    """A learner of the first server who works on the other one."""
    with closing(pair.learner()) as learner:
        headers, url = headers_of(learner), pair.there.url
        kernel_id = httpx.post(f"{url}/api/kernels", headers=headers, timeout=60).raise_for_status().json()["id"]
        address = url.replace("http", "ws", 1) + "/nexus/api/v1/events"
        with (
            connect(address, additional_headers=headers, open_timeout=PATIENCE_S, proxy=None) as events,
            KernelTalk(url, kernel_id, headers) as kernel,
        ):
            assert kernel.text_of("1 + 1") == "2"
            yield learner, Tabs(pair.there, headers, events, kernel)


def log_out(_pair: Pair, learner: httpx.Client) -> None:
    learner.post("/auth/logout").raise_for_status()


def log_out_everywhere(_pair: Pair, learner: httpx.Client) -> None:
    learner.post("/auth/logout-all").raise_for_status()


def disable(pair: Pair, learner: httpx.Client) -> None:
    user_id = learner.get("/me").json()["id"]
    pair.admin.patch(f"/admin/users/{user_id}", json={"disabled": True}).raise_for_status()


def change_the_password_elsewhere(pair: Pair, learner: httpx.Client) -> None:
    with pair.here.client() as elsewhere:
        login = {"email": learner.get("/me").json()["email"], "password": PASSWORD}
        elsewhere.post("/auth/login", json=login).raise_for_status()
        body = {"current_password": PASSWORD, "new_password": "another-horse-77-staple"}
        xsrf = {"X-XSRFToken": elsewhere.cookies["_xsrf"]}
        elsewhere.post("/me/password", json=body, headers=xsrf).raise_for_status()


def delete(_pair: Pair, learner: httpx.Client) -> None:
    learner.delete("/me").raise_for_status()


@pytest.mark.parametrize(
    "end", [log_out, log_out_everywhere, disable, change_the_password_elsewhere, delete], ids=lambda end: end.__name__
)
def test_what_one_server_ends_is_over_on_the_other(
    pair: Pair,
    tabs: tuple[httpx.Client, Tabs],
    end: Callable[[Pair, httpx.Client], None],
) -> None:
    """How long that may take is bounded by two settings (`test_revocation.py`); what it took is logged."""
    learner, there = tabs
    assert there.statuses() == {200}, "and the login is remembered there now"
    end(pair, learner)
    ended = time.monotonic()
    there.wait_until_closed()
    log.info("sockets_s: %s", round(time.monotonic() - ended, 2))
    until(lambda: there.statuses() <= {401, 403}, "no request gets in")
    log.info("requests_s: %s", round(time.monotonic() - ended, 2))
    with pytest.raises(InvalidStatus):
        KernelTalk(pair.there.url, "00000000-0000-4000-8000-000000000000", there.headers)


def test_a_changed_role_is_felt_on_the_other(pair: Pair, tabs: tuple[httpx.Client, Tabs]) -> None:
    learner, there = tabs
    user_id = learner.get("/me").json()["id"]
    classes = f"{pair.there.url}/nexus/api/v1/teaching/cohorts"

    def status() -> int:
        return httpx.get(classes, headers=there.headers, timeout=60).status_code

    assert status() == 403
    for role, wanted in (("instructor", 200), ("student", 403)):
        pair.admin.patch(f"/admin/users/{user_id}", json={"role": role}).raise_for_status()
        changed = time.monotonic()
        until(lambda wanted=wanted: status() == wanted, f"they are {role} there too")  # type: ignore[misc]
        log.info("%s: %s", role, round(time.monotonic() - changed, 2))
    assert there.kernel.text_of("2 + 2") == "4", "whoever may still come in is not thrown out"


def test_a_browser_that_one_server_knows_is_known_to_the_other(pair: Pair) -> None:
    with closing(pair.here.learner("ada")) as ada:
        email = ada.get("/me").json()["email"]
    with pair.here.client() as browser, pair.there.client() as stranger:
        login = {"email": email, "password": PASSWORD}
        browser.post("/auth/login", json=login).raise_for_status()
        for _ in range(10):
            assert stranger.post("/auth/login", json={**login, "password": "wrong-password-1"}).status_code == 401
        assert stranger.post("/auth/login", json=login).status_code == 429
        device = {"Cookie": f"nexus_device={browser.cookies['nexus_device']}"}
        assert stranger.post("/auth/login", json=login, headers=device).status_code == 200


def test_what_a_server_holds_outlives_the_others(
    pair: Pair, start_server: StartServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same document is open on two servers; a third comes, is killed, comes again and stops."""
    with closing(pair.learner()) as learner:
        labs = [Lab.open(server, headers_of(learner)) for server in (pair.here, pair.there)]
        for number, lab in enumerate(labs):
            lab.run(f"kept = {number}")
        site = {**pair.site, "JUPYTER_RUNTIME_DIR": str(tmp_path_factory.mktemp("runtime"))}
        third = start_server(**site)
        until(lambda: servers(pair.admin) == ["ready"] * 3, "the third one has entered")
        third.process.kill()
        third.process.wait(60)
        until(lambda: sorted(servers(pair.admin)) == ["gone", "ready", "ready"], "it was missed")
        third = start_server(third.data_dir, **site)
        until(lambda: servers(pair.admin) == ["ready"] * 3, "it is one and the same server")
        third.process.terminate()
        assert third.process.wait(120) == 0
        assert sorted(servers(pair.admin)) == ["gone", "ready", "ready"]
        for number, lab in enumerate(labs):
            assert lab.run("kept") == str(number)
            assert lab.is_listed_alone()


def servers(admin: httpx.Client) -> list[str]:
    """Return the servers' states."""
    return [server["state"] for server in admin.get("/admin/servers").raise_for_status().json()["items"]]
