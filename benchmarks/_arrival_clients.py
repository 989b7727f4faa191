"""Learners in a process of their own: what they send is no load of the benchmark's, and its CPU is shown.

    python -m benchmarks._arrival_clients < JOB

The job is one line of JSON (`Job`). The process says `ready` when everybody stands where they begin, reads the moment
of the begin (seconds since the epoch) from its input, and prints one line of JSON (`Report`) at the end.
"""

import asyncio
import contextlib
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from benchmarks._kernels_servers import API, NO_TLS, PASSWORD, REQUEST_TIMEOUT_S, User

if TYPE_CHECKING:
    from benchmarks._kernels_tab import Tab

NOTE, LAB = "welcome", "first-steps"
#: cells that a learner runs after the first, and seconds of thought before each
CELLS, THOUGHT_S = 5, 5.0
#: seconds between two looks at a submission, and after which a grade counts as lost
LOOK_S, LOST_S = 2.0, 900.0


@dataclass(frozen=True)
class Job:
    """What this process plays."""

    url: str
    #: `arrival` or `lesson`
    section: str
    emails: list[str]
    #: seconds from the begin to each learner's
    begins_s: list[float]
    grades: bool = True


@dataclass
class Report:
    """What its learners saw."""

    #: seconds from the click on the lab to the first result
    first_s: list[float] = field(default_factory=list)
    #: seconds from handing in to the grade
    grade_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    #: CPU seconds of this process
    cpu_s: float = 0.0


class Learner:
    """Somebody with a browser."""

    def __init__(self, url: str, email: str) -> None:
        self._url, self._email = url, email
        self._client = httpx.AsyncClient(base_url=url, timeout=REQUEST_TIMEOUT_S, verify=NO_TLS)
        self._nodes: dict[str, str] = {}
        self._events: ClientConnection | None = None
        self._tab: Tab | None = None
        self._path = ""

    async def log_in(self) -> None:
        """Log in, and look at the start page, whose tab hears events."""
        reply = await self._post("/auth/login", {"email": self._email, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {reply['access_token']}"}
        self._client.cookies.clear()
        self._client.headers.update(headers)
        for path in ("/me", "/roadmaps"):
            await self._get(path)
        found = await self._get("/roadmaps/python-foundations")
        self._nodes = {node["slug"]: node["id"] for node in found["nodes"]}
        address = f"{self._url.replace('http', 'ws', 1)}{API}/events"
        self._events = await connect(address, additional_headers=headers, compression=None, proxy=None, max_queue=None)

    async def read_note(self) -> None:
        """Open the note before the lab."""
        await self._get(f"/nodes/{self._nodes[NOTE]}")
        await self._post(f"/nodes/{self._nodes[NOTE]}/open")

    async def finish_note(self) -> None:
        """Say that the note is read."""
        await self._post(f"/nodes/{self._nodes[NOTE]}/complete")

    async def open_lab(self) -> float:
        """Open the lab; return the seconds until the first result."""
        begun = time.perf_counter()
        lab = await self._post(f"/nodes/{self._nodes[LAB]}/open")
        self._path = lab["path"]
        body = {"path": self._path, "name": self._path.rsplit("/", 1)[-1], "type": "notebook"}
        reply = await self._client.post("/api/sessions", json={**body, "kernel": {"name": lab["kernel_name"]}})
        kernel_id = reply.raise_for_status().json()["kernel"]["id"]
        user = User(self._url, dict(self._client.headers), lab["kernel_name"])
        self._tab = await user.open_tab(kernel_id)
        await self._tab.add()
        return time.perf_counter() - begun

    async def work(self) -> None:
        """Run cells, thinking before each, then all tests of the lab as *Check* does."""
        assert self._tab is not None
        for number in range(CELLS):
            await asyncio.sleep(THOUGHT_S)
            await self._tab.run(f"sum(range({1000 * number}))")
        reply = await self._client.get(f"/api/contents/{self._path}")
        for cell in reply.raise_for_status().json()["content"]["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code":
                with contextlib.suppress(RuntimeError):  # nothing was solved, so the tests fail
                    await self._tab.run(cell["source"])

    async def hand_in(self) -> float:
        """Hand the lab in; return the seconds until its grade."""
        begun = time.perf_counter()
        receipt = await self._post(f"/nodes/{self._nodes[LAB]}/submissions")
        while time.perf_counter() - begun < LOST_S:
            found = await self._get(f"/submissions/{receipt['id']}")
            if found["status"] == "failed":
                raise RuntimeError(f"Grading failed: {found['reason']}")
            if found["status"] == "graded":
                return time.perf_counter() - begun
            await asyncio.sleep(LOOK_S)
        raise TimeoutError("No grade came.")

    async def leave(self) -> None:
        """Close the browser."""
        for opened in (self._tab, self._events):
            if opened is not None:
                with contextlib.suppress(OSError):
                    await opened.close()
        await self._client.aclose()

    async def _post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        reply = await self._client.post(f"{API}{path}", json=body)
        found: dict[str, Any] = reply.raise_for_status().json()
        return found

    async def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self._client.get(f"{API}{path}")).raise_for_status().json()
        return found


async def arrive(learner: Learner, report: Report, job: Job) -> None:
    """Log in, open the lab, work, and hand in."""
    await learner.log_in()
    report.first_s.append(await learner.open_lab())
    if job.grades:
        await learner.work()
        report.grade_s.append(await learner.hand_in())


async def begin_lesson(learner: Learner, report: Report, _job: Job) -> None:
    """Go on from the note to the lab."""
    await learner.finish_note()
    report.first_s.append(await learner.open_lab())


SECTIONS: dict[str, Callable[[Learner, Report, Job], Awaitable[None]]] = {"arrival": arrive, "lesson": begin_lesson}


async def prepare(learners: list[Learner], section: str) -> None:
    """Bring everybody to where they are when the section begins, a few at a time."""
    few = asyncio.Semaphore(2)

    async def one(learner: Learner) -> None:
        async with few:
            await learner.log_in()
            await learner.read_note()

    if section == "lesson":
        await asyncio.gather(*(one(learner) for learner in learners))


async def play(job: Job) -> Report:
    """Play the learners; return what they saw."""
    report = Report()
    learners = [Learner(job.url, email) for email in job.emails]
    await prepare(learners, job.section)
    print("ready", flush=True)
    begin_at = float(await asyncio.to_thread(sys.stdin.readline))

    async def one(learner: Learner, late_s: float) -> None:
        await asyncio.sleep(max(0.0, begin_at + late_s - time.time()))
        try:
            await SECTIONS[job.section](learner, report, job)
        except Exception as exc:  # noqa: BLE001  whatever it is, it is one learner's, and is counted
            report.failures.append(repr(exc)[:300])

    await asyncio.gather(*(one(*each) for each in zip(learners, job.begins_s, strict=True)))
    await asyncio.gather(*(learner.leave() for learner in learners))
    used = resource.getrusage(resource.RUSAGE_SELF)
    report.cpu_s = round(used.ru_utime + used.ru_stime, 2)
    return report


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(play(Job(**json.loads(sys.stdin.readline())))))), flush=True)
