"""Each part that works in the background is killed once: the site says so, tells its staff, and the part goes on."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select
from traitlets.config import Config

from nexus_server import part_watch
from nexus_server.composition import open_services
from nexus_server.readiness import broken_parts, dependencies, is_ready
from nexus_server.services import ProcessRole, Services
from nexus_server.store.models.accounts import Notification, User
from nexus_server.tasks import Part, PartState, parts

pytestmark = pytest.mark.docker

PACKAGE = Path(part_watch.__file__).parent
TIMEOUT_S = 120
#: in place of the product's, after which a step that never returns counts as one that works
SETTLED_S = 0.5

#: on SQLite without Redis, without a mail server and without a right to mount
ALWAYS = {
    "activity",
    "content-watch",
    "engine-watch",
    "exam-keeper",
    "forum-digest",
    "grading-queue",
    "grading-slot",
    "grading-sweeper",
    "kernel-forecast",
    "kernel-images",
    "kernel-reaper",
    "loop-lag",
    "metrics",
    "part-watch",
    "session-watch",
}
ON_POSTGRES = {"event-relay", "events-postgres", "events-redis", "heartbeat", "mail", "server-metrics"}
#: a grading's own, which comes and goes with it; see the tests of submissions
PASSING = {"grading-lease"}
#: needs Jupyter's kernel manager, which is not here; see the tests of deleted accounts
IN_JUPYTER = {"erasure-sweep"}
#: begun where the server joins Jupyter's managers; see the tests of deleted accounts
OF_THE_SERVER = {"erasure-sweep"}
#: of servers that share learners by an object store; see the tests of object workspaces
CARRYING = {"workspace-uploads"}
#: of servers that share learners, begun where Jupyter's managers are; see the tests of servers that are cut off
SHARING = {"kernel-freezing", "heartbeat-redis"}
#: where there is no right to mount there is no pool
AS_ROOT = {"kernel-pool"}


def config(database_url: str, data_dir: Path, content_dir: Path, redis_url: str) -> Config:
    return Config(
        NexusSettings={
            "data_dir": str(data_dir),
            "database_url": database_url,
            "redis_url": redis_url,
            "content_dir": str(content_dir),
        },
        SandboxSettings={"workspace_quota": False, "pool_size": 0},
        ContentSettings={"reload_s": 0.05},
        GradingQueueSettings={"sweep_s": 0.05, "concurrency": 1},
        MailSettings={"smtp_host": "127.0.0.1" if redis_url else "", "smtp_port": 1},
    )


async def opened(services: Services) -> AsyncIterator[Services]:
    await services.start()
    try:
        yield services
    finally:
        await services.close()
        services.kernels.close()


@pytest.fixture
async def small_site(sqlite_url: str, tmp_path: Path, content_dir: Path) -> AsyncIterator[Services]:
    async for services in opened(
        open_services(config(sqlite_url, tmp_path / "data", content_dir, ""), role=ProcessRole.SERVER)
    ):
        yield services


@pytest.fixture
async def large_site(postgres_url: str, redis_url: str, tmp_path: Path, content_dir: Path) -> AsyncIterator[Services]:
    found = config(postgres_url, tmp_path / "data", content_dir, redis_url)
    async for services in opened(open_services(found, role=ProcessRole.SERVER)):
        yield services


async def until_works(part: Part) -> None:
    while part.state not in (PartState.OK, PartState.WAITING):
        await asyncio.sleep(0.02)  # it goes on by itself; there is no event for it


def failures_of(name: str) -> float:
    return REGISTRY.get_sample_value("nexus_background_failures_total", {"part": name}) or 0.0


async def kill(part: Part) -> None:
    """End a part's task, then let its first step after that fail; each time the site names the part, and it goes on."""
    step, before = part._step, failures_of(part.name)
    has_failed = asyncio.Event()

    async def fail() -> None:
        part._step = step
        has_failed.set()
        raise LookupError(part.name)

    part._step, part._delay_s, part._retry_s = fail, 0.0, 0.05
    part.task.cancel()
    await asyncio.wait({part.task})
    assert broken_parts() == {part.name: "stopped"}
    await has_failed.wait()
    await asyncio.sleep(0)
    assert broken_parts() == {part.name: "failing"}
    part._settled_s = SETTLED_S
    await until_works(part)
    assert part.name not in broken_parts()
    assert failures_of(part.name) >= before + 2


async def assert_each_is_begun_again(expected: set[str]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        for name in sorted(expected):
            # The queue brings slots of its own when it begins again.
            running = {part.name: part for part in parts()}
            assert set(running) == expected
            await kill(running[name])
            assert running[name] in parts()


@pytest.mark.usefixtures("small_site")
async def test_each_part_of_a_small_site_is_killed_once() -> None:
    await assert_each_is_begun_again(ALWAYS | (AS_ROOT if os.geteuid() == 0 else set()))


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.usefixtures("large_site")
async def test_each_part_of_a_large_site_is_killed_once() -> None:
    # There the jobs' own library serves the slots.
    await assert_each_is_begun_again(
        (ALWAYS | ON_POSTGRES | (AS_ROOT if os.geteuid() == 0 else set())) - {"grading-slot"}
    )


def test_the_table_names_every_part_of_the_code() -> None:
    """A part that is added needs a row above."""
    texts = [path.read_text() for path in PACKAGE.rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'forever\(\s*"([\w-]+)"', text)}
    channels = {name for text in texts for name in re.findall(r'^    name = "(events-[\w-]+)"', text, re.MULTILINE)}
    assert (
        named | channels == ALWAYS | ON_POSTGRES | AS_ROOT | PASSING | OF_THE_SERVER | IN_JUPYTER | CARRYING | SHARING
    )


def test_nothing_else_of_the_code_repeats_itself_in_a_task() -> None:
    """`while True` in a task of its own dies silently; whoever begins a task here awaits it, or uses `once`."""
    begun = re.compile(r"create_task\(|ensure_future\(|TaskGroup\(")
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if begun.search(path.read_text())}
    assert found == {
        "app.py",  # the opening, which the start awaits
        "grading/sandboxes/prestarted.py",  # kernels that are started ahead: whoever takes one awaits it
        "grading/sandboxes/template.py",  # a command to a template, carried through
        "submissions/worker.py",  # a grading beside its lease
        "kernels/docker/backend.py",  # a start that is undone when nobody waits for it
        "kernels/pool.py",  # kernels that are started side by side, which the pool's own part awaits
        "kernels/launcher.py",  # a start beside a look at the container
        "events/relay.py",  # who waits for the channels, for a while
        "tasks.py",
        "playground/service.py",  # the answers to a program's questions, for as long as it runs
        "jupyter/passing/passed_on.py",  # the two ways of a socket, for as long as it is open
        "jupyter/limits/wall_clock.py",  # a question to a kernel, for a while
        "jupyter/kernels/kernel.py",  # a question to each open tab, for a while
    }


async def test_staff_are_told_once_that_a_part_stopped(small_site: Services) -> None:
    people = [
        User(email=f"{role}@example.org", display_name=role, role=role) for role in ("student", "instructor", "admin")
    ]
    async with small_site.database.transaction() as session:
        session.add_all(people)
    watch = part_watch.PartWatch(small_site.notifications)
    part = next(part for part in parts() if part.name == "metrics")
    assert is_ready({**await dependencies(small_site), "engine": "ok"})
    await watch.look()
    part._retry_s = 60
    part.task.cancel()
    await asyncio.wait({part.task})
    found = await dependencies(small_site)
    assert found["metrics"] == "stopped"
    assert not is_ready(found)
    await watch.look()
    await watch.look()
    async with small_site.database.reading() as session:
        rows = list(await session.scalars(select(Notification)))
    assert {row.user_id for row in rows} == {people[1].id, people[2].id}
    assert {(row.type, row.payload["part"], row.payload["state"]) for row in rows} == {
        ("part.stopped", "metrics", "stopped")
    }
    assert len(rows) == 2
    assert "“metrics”" in rows[0].payload["message"]


async def test_staff_hear_of_a_part_that_fails_again_and_again_but_not_of_one_failure(small_site: Services) -> None:
    async with small_site.database.transaction() as session:
        session.add(User(email="admin@example.org", display_name="Admin", role="admin"))
    part = next(part for part in parts() if part.name == "session-watch")

    async def fail() -> None:
        raise LookupError

    part._step = fail
    watch = part_watch.PartWatch(small_site.notifications)
    told: list[int] = []
    async with asyncio.timeout(TIMEOUT_S):
        while not told or not told[-1]:
            await asyncio.sleep(0.05)  # it fails by itself, after pauses that grow
            await watch.look()
            async with small_site.database.reading() as session:
                told.append(len(list(await session.scalars(select(Notification)))))
            assert told[-1] == 0 or part.failures >= part_watch.MANY_FAILURES
