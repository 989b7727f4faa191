"""Servers of a site are killed and cut off again and again: no acknowledged save is lost, and nobody has two homes."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest

from tests.acceptance.servers.conftest import NAMES, Settled
from tests.acceptance.servers.cuttable import CuttableSite, is_ready, running_cuttable_site
from tests.plugins.grading_site import until
from tests.plugins.kernels import docker
from tests.plugins.server import StartServer

CRASHES = int(os.environ.get("NEXUS_LONG_CRASHES", "50"))
SEED = int(os.environ.get("NEXUS_LONG_SEED", "1"))
#: how long a save may take before its learner gives up on it
PATIENCE_S = 3.0
FAULTS = ("kill", "stop", "all", "postgres", "redis", "site")

pytestmark = [
    pytest.mark.long,
    pytest.mark.docker,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.timeout(120 + 90 * CRASHES),
]


@dataclass
class Worker:
    """A learner who saves one file after the other, by whichever server answers, and keeps a kernel."""

    settled: Settled
    acknowledged: list[str] = field(default_factory=list)
    tries: int = 0

    def save(self, url: str) -> bool:
        self.tries += 1
        name = f"{self.tries}.txt"
        body = {"type": "file", "format": "text", "content": f"content of {name}"}
        try:
            reply = httpx.put(f"{url}/api/contents/{name}", json=body, headers=self.settled.bearer, timeout=PATIENCE_S)
        except httpx.TransportError:
            return False
        assert reply.status_code in {200, 201, 401, 503}, reply.text
        if not reply.is_success:
            return False
        self.acknowledged.append(name)
        return True

    def keep_kernel(self, url: str) -> None:
        with httpx.Client(base_url=url, headers=self.settled.bearer, timeout=60) as client:
            if not client.get("/api/kernels").raise_for_status().json():
                client.post("/api/kernels").raise_for_status()

    def running(self) -> list[str]:
        """Return the containers that work for the learner."""
        owner = f"label=nexus.owner={self.settled.user_id}"
        return docker("ps", "-q", "--filter", owner, "--filter", "status=running").split()

    def lost(self, url: str) -> list[str]:
        """Return what was acknowledged and is not there."""
        with httpx.Client(base_url=url, headers=self.settled.bearer, timeout=60) as client:
            return [name for name in self.acknowledged if client.get(f"/files/{name}").text != f"content of {name}"]


@pytest.fixture
def cuttable(
    start_server: StartServer,
    fresh_postgres: Callable[[], str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[CuttableSite]:
    with running_cuttable_site(start_server, fresh_postgres(), redis_url, tmp_path_factory.mktemp) as site:
        yield site


def inflict(cuttable: CuttableSite, fault: str, name: str) -> None:
    process = cuttable.site.servers[name].process
    if fault == "kill":
        process.kill()
        process.wait(60)
    elif fault == "stop":
        process.terminate()
        process.wait(120)
    else:
        names = NAMES if fault == "site" else (name,)
        lines = [
            line
            for kind, each in (("postgres", cuttable.postgres), ("redis", cuttable.redis))
            for line in (each[one] for one in names)
            if fault in {kind, "all", "site"}
        ]
        for line in lines:
            line.cut()


def repair(cuttable: CuttableSite, fault: str, name: str) -> None:
    cuttable.mend()
    if fault in {"kill", "stop"}:
        cuttable.site.servers[name] = cuttable.site.start(name)
    for each in NAMES:
        until(partial(is_ready, cuttable.site.servers[each].url), "each server works again")


def goes_on(cuttable: CuttableSite, worker: Worker, where: str) -> None:
    for name in NAMES:
        url = cuttable.site.servers[name].url
        until(partial(worker.save, url), f"a learner goes on by either server; {where}")
        assert worker.lost(url) == [], where
    until(lambda: len(worker.running()) <= 1, f"one kernel at most works; {where}")


def test_servers_are_killed_and_cut_off(cuttable: CuttableSite) -> None:
    chance = random.Random(SEED)  # noqa: S311  chosen, not secret
    with ExitStack() as stack:
        learners = [
            stack.enter_context(closing(cuttable.site.servers["one"].learner(f"learner-{number}")))
            for number in range(3)
        ]
        workers = [Worker(cuttable.site.settle(learner)) for learner in learners]
        for crash in range(CRASHES):
            fault, name = chance.choice(FAULTS), chance.choice(NAMES)
            urls = {each: cuttable.site.servers[each].url for each in NAMES}
            for worker in workers:
                worker.keep_kernel(urls[name])
            inflict(cuttable, fault, name)
            for _ in range(chance.randint(1, 6)):
                for worker in workers:
                    worker.save(urls[chance.choice(NAMES)])
            repair(cuttable, fault, name)
            where = f"crash {crash}: {fault} of {name}, seed {SEED}"
            for worker in workers:
                goes_on(cuttable, worker, where)
    assert min(len(worker.acknowledged) for worker in workers) >= 2 * CRASHES
