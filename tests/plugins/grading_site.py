"""A site whose grading is watched from outside: its processes, its database, its learners' event sockets."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import nbformat
import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from websockets.sync.client import ClientConnection, connect

from tests.plugins.content import lab_notebook, write_content
from tests.plugins.kernel_talk import headers_of
from tests.plugins.kernels import docker
from tests.plugins.nexus_processes import ForkedNexus
from tests.plugins.server import LiveServer

#: for a busy machine; everything here takes seconds
TIMEOUT_S = 150.0

NEXT_NODE = "  - {slug: after, type: note, title: After, points: 1, file: notes/hello.md, requires: {all: [lab]}}\n"


def write_site_content(root: Path) -> Path:
    """Write the small roadmap with a node that the lab unlocks, and return the content directory."""
    write_content(root)
    roadmap = root / "tiny" / "roadmap.yaml"
    roadmap.write_text(roadmap.read_text() + NEXT_NODE)
    return root


#: seconds that a slow answer takes, so that a test can look at it while it is graded
SLOW_S = 3
#: file that a slow answer makes in its container when it begins
AT_WORK = "/tmp/at-work"


def right_answer(note: str, *, slow: bool = False) -> dict[str, Any]:
    """Return a notebook that earns full marks; `note` makes its bytes its own."""
    notebook = nbformat.reads(lab_notebook(), as_version=4)
    wait = f"import time\nopen({AT_WORK!r}, 'w').close()\ntime.sleep({SLOW_S})\n" if slow else ""
    notebook.cells[1].source = f"# {note}\n{wait}def double(x):\n    return 2 * x"
    return dict(notebook)


def until(holds: Callable[[], Any], what: str) -> Any:
    """Wait until something outside of this process is so, and return what `holds` returned."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.02)  # nothing to await: other processes get there
    raise AssertionError(f"{what}: not within {TIMEOUT_S:.0f} s")


def is_over(submission: Mapping[str, Any]) -> bool:
    """Whether a submission's grading came to an end."""
    return submission["status"] in ("graded", "failed")


def wait_until_graded(client: httpx.Client, path: str) -> dict[str, Any]:
    """Ask for a submission, as a program without an event socket does, until it is graded, and return it."""

    def look() -> dict[str, Any] | None:
        state: dict[str, Any] = client.get(path).raise_for_status().json()
        return state if is_over(state) else None

    found: dict[str, Any] = until(look, f"{path} is graded")
    return found


#: claims, news that nobody heard, and heartbeats of workers that have a job become an hour older
HOUR_PASSES = (
    "UPDATE submissions SET claimed_until = claimed_until - interval '1 hour' WHERE status = 'running'",
    "UPDATE submissions SET untold_since = untold_since - interval '1 hour'",
    """UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'
    WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')""",
)


@dataclass
class Watch:
    """Looks into a site's database, past the site."""

    url: str

    def __post_init__(self) -> None:
        address = make_url(self.url)
        driver = "sqlite" if address.get_backend_name() == "sqlite" else "postgresql+psycopg"
        self.engine = create_engine(address.set(drivername=driver))

    def scalar(self, query: str, **values: Any) -> Any:
        """Return a query's one value."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query), values)

    def holder(self) -> str:
        """Return the worker's name of the one submission that is being graded; empty when there is none."""
        return str(self.scalar("SELECT claimed_by FROM submissions WHERE status = 'running'") or "")

    def is_anything_running(self) -> bool:
        """Whether a submission is being graded now."""
        return bool(self.scalar("SELECT count(*) FROM submissions WHERE status = 'running'"))

    @contextmanager
    def no_grade_can_be_written(self) -> Iterator[None]:
        """Hold what writing a grade needs: SQLite's one writer's place, or the submissions' rows."""
        with self.engine.connect() as connection:
            self._lock(connection)
            yield
            connection.rollback()

    @contextmanager
    def table_held(self, table: str) -> Iterator[None]:
        """Let nobody write to a table (PostgreSQL); who tries waits until the end, in the middle of a transaction."""
        with self.engine.connect() as connection:
            connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
            yield
            connection.rollback()

    def somebody_waits_for(self, table: str) -> bool:
        """Whether a transaction wants to write to a held table."""
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)"
        return bool(self.scalar(query, table=table))

    def let_an_hour_pass(self) -> None:
        """Let an hour go by for what somebody has in hand, so that nobody waits until the dead are known to be dead.

        PostgreSQL only. A worker that lives and has nothing in hand notices nothing.
        """
        with self.engine.begin() as connection:
            for statement in HOUR_PASSES:
                connection.execute(text(statement))

    def remove_everybody(self) -> None:
        """Remove all people with all that is theirs, for the next test of a site that several share."""
        with self.engine.begin() as connection:
            connection.execute(text("DELETE FROM users"))

    def _lock(self, connection: Connection) -> None:
        if self.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT id FROM submissions FOR UPDATE"))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


class EventTalk:
    """A tab's event socket; keeps what it heard."""

    def __init__(self, server: LiveServer, learner: httpx.Client) -> None:
        """Connect, and wait for the server's hello."""
        address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
        self._stack = ExitStack()
        self._socket: ClientConnection = self._stack.enter_context(
            connect(address, additional_headers=headers_of(learner), open_timeout=TIMEOUT_S, proxy=None)
        )
        self.heard: list[Mapping[str, Any]] = []
        self.hear_until(lambda event: event["type"] == "hello")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._stack.close()

    def hear_until(self, wanted: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
        """Read on until an event is `wanted`, and return it."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            event: Mapping[str, Any] = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            self.heard.append(event)
            if wanted(event):
                return event

    def hear_all(self, kinds: set[str]) -> None:
        """Read on until an event of every kind was heard."""
        while missing := kinds - {event["type"] for event in self.heard}:
            self.hear_until(lambda event, missing=missing: event["type"] in missing)  # type: ignore[misc]


@dataclass
class LiveWorker:
    """A `nexus worker` process."""

    process: ForkedNexus
    log: Path

    def name(self) -> str:
        """Return what it calls itself, as it says when it starts."""
        (name,) = re.findall(r"grading_worker_started .*\bworker=([0-9a-f]{32})\b", self.log.read_text())
        return str(name)

    def holds(self, holder: str) -> bool:
        """Whether a claim's `holder` is this worker."""
        return holder.startswith(f"{self.name()}:")

    def graded(self) -> int:
        """Return how many submissions it graded."""
        return self.log.read_text().count("submission_graded")

    def pause(self) -> None:
        """Let it stand still, as on a machine that sleeps."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Wake it up."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


StartWorker = Callable[..., LiveWorker]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Start workers that are ready to grade; all are ended with the test."""
    started: list[LiveWorker] = []

    def start(data_dir: Path, **environment: str) -> LiveWorker:
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("wb") as sink:
            env = {**os.environ, "NEXUS_DATA_DIR": str(data_dir), **environment}
            process = ForkedNexus(["worker"], env=env, stdout=sink)
        worker = LiveWorker(process, log)
        started.append(worker)
        until(lambda: "at once; Ctrl-C stops" in log.read_text() or process.poll() is not None, "the worker starts")
        assert process.poll() is None, log.read_text()
        return worker

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait(30)


def lab_of(learner: httpx.Client) -> str:
    """Complete what the lab requires, and return the lab's id."""
    nodes = {node["slug"]: node["id"] for node in learner.get("/roadmaps/tiny").raise_for_status().json()["nodes"]}
    learner.post(f"/nodes/{nodes['hello']}/complete").raise_for_status()
    return str(nodes["lab"])


def submit(learner: httpx.Client, lab: str, note: str) -> str:
    """Hand in a right answer that takes a while, and return the submission's id."""
    reply = learner.post(f"/nodes/{lab}/submissions", json={"notebook": right_answer(note, slow=True)})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


def lock_of(worker: LiveWorker, data_dir: Path) -> str:
    """The lock file of a worker, which its containers carry as a label."""
    (lock,) = (data_dir / "run").glob(f"p{worker.process.pid}-*.lock")
    return str(lock)


def is_at_work(container: str) -> bool:
    """Whether a slow answer runs in a container; one that is not up yet, or ended since, is not at work."""
    command = ["docker", "exec", container, "test", "-e", AT_WORK]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def containers_of(lock: str) -> list[str]:
    """Return the ids of the containers whose owner's lock file is `lock`."""
    return docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}").split()
